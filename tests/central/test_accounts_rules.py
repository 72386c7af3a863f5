"""The pure rules of accounts: names, numbers, passwords, browsers."""

from __future__ import annotations

from datetime import date

import pytest

from openecf.central.accounts import blocklist, places, rules
from openecf.kernel.networks import network_of

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        (date(1980, 2, 29), ""),
        (TODAY, ""),
        (date(2026, 3, 3), "not come yet"),
        (date(1906, 1, 1), ""),
        (date(1905, 12, 31), "120 years"),
    ],
)
def test_birth_dates(day, fault):
    said = rules.birth_date_fault(day, today=TODAY)
    assert fault in said and bool(said) == bool(fault)


@pytest.mark.parametrize(
    "name", ["Nerys", "O'Hara", "van der Meer", "Núñez-Ruiz", "Đặng", "St. John", "李", "", "Mc Coy, Esq."]
)
def test_names_that_people_have(name):
    assert rules.name_fault(name) == ""


@pytest.mark.parametrize("name", ["<script>", "a@b", "R2", "''", "x\x00y", "Tab\tbed", "[none]", "a|b"])
def test_names_that_nobody_has(name):
    assert rules.name_fault(name)


@pytest.mark.parametrize(
    ("number", "country", "right"),
    [
        ("305-555-0100", "US", True),
        ("(305) 555.0100 ext. 12", "US", True),
        ("+1 305 555 0100 x7", "US", True),
        ("555-0100", "US", False),
        ("5550100", "HT", True),
        ("+509 2813 0000", "HT", True),
        ("12345", "HT", False),
        ("1" * 16, "US", False),
        ("305-555-CALL", "US", False),
        ("", "US", False),
    ],
)
def test_telephone_numbers(number, country, right):
    assert (rules.phone_fault(number, country=country) == "") is right


@pytest.mark.parametrize(
    ("code", "country", "right"),
    [("33101", "US", True), ("33101-0001", "US", True), ("3310", "US", False), ("33101-1", "US", False),
     ("K1A 0B1", "CA", True), ("K1A 0B1", "US", False)],
)  # fmt: skip
def test_postal_codes(code, country, right):
    assert (rules.zip_fault(code, country=country) == "") is right


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0",
         "Microsoft Edge, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/18.5 Safari/605.1.15", "Safari, Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1 Version/18.5 Mobile Safari/604.1",
         "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/138.0 Mobile Safari/537.36", "Chrome, Android"),
        ("python-requests/2.32", "python-requests/2.32"),
        ("Juriscraper (gzip) more words", "Juriscraper"),
        ("", ""),
    ],
)  # fmt: skip
def test_how_a_sign_on_is_named_to_its_owner(agent, name):
    assert rules.device_name(agent) == name


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("gravel tulip seventh moor", ""),
        ("пять слов на русском", ""),
        ("short but odd", "at least 15"),
        ("x" * 257, "at most 256"),
        ("passwordpassword", "many people use"),
        ("hd764nw5d7e1vb1", "many people use"),
        ("ZQJPHSYF6CTIFGU", "many people use"),
        ("2026 sevastopol 2027", "many people use"),
        ("qwertyuiopasdfgh", "many people use|neighbouring keys"),
        ("aaaaaaaaaaaaaaaaaaaa", "many people use|repeated"),
        ("pacer-cmecf-login-1", "about courts"),
        ("halloran-gravel-moor", "your name"),
        ("xxNHALLORANxx gravel", "your name"),
    ],
)
def test_passwords(password, fault):
    said = " ".join(rules.password_faults(password, own_words=("nhalloran-law", "Nerys", "Halloran")))
    assert any(words in said for words in fault.split("|")) and bool(said) == bool(fault), said


@pytest.mark.parametrize(
    ("password", "two_step", "level", "said"),
    [
        ("gravel tulip seventh moor", False, "strong", "strong password"),
        ("gravel tulip 7th", False, "good", "can be used"),
        ("gravel tulip", True, "good", "can be used"),
        ("gravel tulip", False, "weak", "at least 15"),
        ("gravel tuli", True, "weak", "at least 12"),
        ("melody sunshine 24", False, "good", "can be used"),
        ("nhalloran gravel tulip moor", False, "weak", "your name"),
        ("gravel-aaaaaaaaaaaaaaaaaaaaaaa-moor", False, "good", "can be used"),
        ("１２ gravel tulip 7th moor of", False, "strong", "strong"),
        ("", False, "weak", "at least 15"),
    ],
)
def test_what_is_told_while_a_password_is_chosen(password, two_step, level, said):
    found = rules.strength(password, own_words=("nhalloran-law", "Nerys", "Halloran"), two_step=two_step)
    assert found.level == level and said in found.said


@pytest.mark.parametrize("length", [12, 14])
def test_with_a_second_factor_a_password_may_be_shorter_but_no_worse(length):
    assert not rules.password_faults("gravel tulips xy"[:length], two_step=True)
    assert rules.password_faults("gravel tulips xy"[:length])
    assert rules.password_faults("qwertyuiopas"[:length], two_step=True), "a run of keys"
    assert rules.password_faults("sunshine2024", two_step=True), "one that many people use"
    assert not rules.long_enough_alone("gravel tulips xy"[:length])


def test_the_list_of_common_passwords_is_whole_and_in_order():
    text, starts = blocklist._lines()
    lines = text.split(b"\n")
    assert lines.pop() == b"" and len(lines) == len(starts) > 115_000
    assert lines == sorted(set(lines)) and all(line == line.strip() and len(line) >= 4 for line in lines)
    assert all(
        blocklist.stands_there(line.decode()) for line in [*lines[:50], *lines[-50:], *lines[:: len(lines) // 500]]
    )


@pytest.mark.parametrize(
    "text", ["", "!", "!!!", "zzzzzzzzzzzzzzzzzzzzz!", "walnut ferry", "123456\n1234567", "\udcff", "１２３"]
)
def test_what_no_list_of_passwords_has(text):
    assert not blocklist.stands_there(text)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:0:1234::7", "2001:db8:0:1200::/56"),
        ("not an address", "not an address"),
    ],
)
def test_the_network_that_failures_are_counted_by(address, network):
    assert network_of(address) == network


def test_every_state_but_the_armed_forces_has_counties():
    without = {state for state in places.states() if not places.counties_of(state)}
    assert without == {"AA", "AE", "AP"}
    every = [places.counties_of(state) for state in places.states()]
    assert sum(map(len, every)) > 3200 and all(names == sorted(set(names)) for names in every)
    assert max(len(name) for names in every for name in names) <= 60, "the column holds them"
