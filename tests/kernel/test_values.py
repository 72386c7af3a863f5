"""The kernel's rules, as tables."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from openecf.kernel import billing, case_numbers, courts, days, names, stamps, tokens
from openecf.kernel.doc_ids import DocId
from openecf.kernel.money import Money
from openecf.kernel.restriction import Restriction


@pytest.mark.parametrize(
    ("typed", "core", "full"),
    [
        ("1:24-cv-00012-ABC-DEF-1", "1:24-cv-00012", "1:24-cv-00012-ABC-DEF-1"),
        ("1:24-CV-12", "1:24-cv-00012", "1:24-cv-00012"),
        ("24cv12", "24-cv-00012", "24-cv-00012"),
        ("24 cv 12", "24-cv-00012", "24-cv-00012"),
        ("1:2024cv00012", "1:24-cv-00012", "1:24-cv-00012"),
        ("24-10001-LMI", "24-10001", "24-10001-LMI"),
        ("8-24-78585-abc", "8:24-78585", "8:24-78585-ABC"),
        ("24-1234", "24-1234", "24-1234"),
        ("98-00007", "98-00007", "98-00007"),
    ],
)
def test_case_numbers_as_people_type_them(typed, core, full):
    number = case_numbers.parse(typed)
    assert (number.core, number.full) == (core, full)


@pytest.mark.parametrize("typed", ["", "hello", "24", "24-", "1:24-cv-", "24-cv-12-; drop table"])
def test_what_is_no_case_number(typed):
    assert case_numbers.parse(typed) is None


@given(
    st.integers(1960, 2059), st.integers(1, 99999), st.sampled_from(["cv", "cr", "bk", "ap"]), st.sampled_from("0123")
)
def test_a_printed_number_reads_back(year, serial, kind, office):
    number = case_numbers.CaseNumber(year=year, serial=serial, type=kind, office=office, judge="ABC")
    assert case_numbers.parse(number.full) == number


@pytest.mark.parametrize(("text", "number"), [("MDL No. 2967", 2967), ("mdl 12", 12), ("24-1", None)])
def test_multidistrict_numbers(text, number):
    assert case_numbers.mdl_number(text) == number


@pytest.mark.parametrize(
    ("trigger", "count", "expected", "because"),
    [
        (date(2024, 6, 20), 14, date(2024, 7, 5), "the fourteenth day is Independence Day"),
        (date(2024, 6, 21), 14, date(2024, 7, 5), "an ordinary Friday"),
        (date(2024, 6, 22), 14, date(2024, 7, 8), "a Saturday rolls to Monday"),
        (date(2021, 12, 17), 14, date(2022, 1, 3), "New Year's Day 2022 is kept on Friday 31 December"),
        (date(2024, 11, 14), 14, date(2024, 11, 29), "Thanksgiving"),
        (date(2020, 6, 5), 14, date(2020, 6, 19), "Juneteenth was no federal holiday before 2021"),
    ],
)
def test_last_day(trigger, count, expected, because):
    assert days.last_day(trigger=trigger, days=count) == expected, because


def test_a_courts_own_closed_day_rolls_too():
    assert days.last_day(trigger=date(2024, 3, 1), days=4, closed=frozenset({date(2024, 3, 5)})) == date(2024, 3, 6)


def test_the_filing_day_ends_at_the_courts_midnight():
    at = datetime(2024, 1, 3, 4, 59, tzinfo=UTC)
    assert days.legal_day(at, "America/New_York") == date(2024, 1, 2)
    assert days.legal_day(at, "Pacific/Guam") == date(2024, 1, 3)


@pytest.mark.parametrize(
    ("pages", "capped", "cents"),
    [(1, True, 10), (30, True, 300), (31, True, 300), (400, True, 300), (400, False, 4000)],
)
def test_thirty_pages_cap_what_is_capped(pages, capped, cents):
    _, price = billing.schedule_on(date(2026, 1, 5)).charge(pages, capped=capped)
    assert price.cents == cents


@pytest.mark.parametrize(("size", "pages"), [(0, 1), (1, 1), (4320, 1), (4321, 2), (43200, 10)])
def test_4320_bytes_make_a_page(size, pages):
    assert billing.pages_of_text(size) == pages


@pytest.mark.parametrize(("text", "cents"), [("3.00", 300), ("0.10", 10), ("12", 1200)])
def test_money_is_whole_cents(text, cents):
    assert Money.of(text).cents == cents
    assert Money.of(str(Money(cents))) == Money(cents)


def test_money_refuses_a_fraction_of_a_cent():
    with pytest.raises(ValueError, match="whole number of cents"):
        Money.of("0.105")


def test_document_numbers_keep_the_court_and_drop_the_flag():
    assert DocId.parse("12312345678").stored == "12302345678"
    assert DocId.parse("12302345678").straight == "12312345678"
    for wrong in ("sho0_doc.pl", "123", "12322345678", ""):
        with pytest.raises(ValueError, match="not a document number"):
            DocId.parse(wrong)


def test_an_unknown_restriction_is_the_strictest():
    assert Restriction.of(99) is Restriction.CHAMBERS
    assert Restriction.of(0) is Restriction.PUBLIC


@pytest.mark.parametrize(
    ("court_id", "kind", "prefix", "sign_on"),
    [
        ("flsb", "bankruptcy", "050", "FLSBK"),
        ("nysd", "district", "127", "NYSDC"),
        ("ca11", "appellate", "011", "11CA"),
    ],
)
def test_the_national_directory(court_id, kind, prefix, sign_on):
    court = courts.court(court_id)
    assert (court.kind, court.prefix, court.sign_on_id) == (kind, prefix, sign_on)


def test_the_directory_has_every_federal_court_of_pacer():
    kinds = Counter(court.kind for court in courts.directory().values())
    assert len(courts.NATIONAL & courts.directory().keys()) == 3, "CIT, COFC and JPML are among the trial courts"
    assert (kinds["district"] - 3, kinds["bankruptcy"], kinds["appellate"]) == (94, 94, 12 + 2), (
        "12 circuits, CAFC, CAVC"
    )
    territories = {"gud", "gub", "nmid", "nmib", "prd", "prb", "vid", "vib"}
    assert territories <= courts.directory().keys()


@pytest.mark.parametrize("circuit", [1, 6, 8, 9, 10])
def test_a_bankruptcy_appellate_panel_sits_on_the_site_of_its_court_of_appeals(circuit):
    panel, court = courts.listed()[f"bap{circuit}"], courts.court(f"ca{circuit}")
    assert (panel.sign_on_id, panel.host, panel.prefix) == (f"{circuit:02d}BAP", court.host, court.prefix)
    assert panel.full_name == f"U.S. Bankruptcy Appellate Panel of the {court.name}"
    assert len(courts.listed()) == len(courts.directory()) + 5 == 210
    with pytest.raises(courts.NoSuchCourt):
        courts.court(panel.id)


@pytest.mark.parametrize(
    ("court_id", "name"),
    [
        ("cit", "United States Court of International Trade"),
        ("cofc", "United States Court of Federal Claims"),
        ("jpml", "United States Judicial Panel on Multidistrict Litigation"),
        ("cafc", "United States Court of Appeals for the Federal Circuit"),
        ("cavc", "United States Court of Appeals for Veterans Claims"),
        ("dcd", "U.S. District Court, District of Columbia"),
    ],
)
def test_courts_for_no_one_district_have_their_own_names(court_id, name):
    assert courts.court(court_id).full_name == name


def test_prefixes_name_one_court_each_but_for_the_two_that_share():
    owners: dict[str, list[str]] = {}
    for court in courts.directory().values():
        for prefix in court.prefixes:
            owners.setdefault(prefix, []).append(court.id)
    assert {p: c for p, c in owners.items() if len(c) > 1} == {"012": ["cadc", "cavc"]}


def test_a_tagged_address_is_the_same_mailbox():
    assert names.same_mailbox("Ada+court@Firm.example") == names.same_mailbox("ada@firm.EXAMPLE")


def test_tokens_are_long_and_distinct():
    made = {tokens.base62(128) for _ in range(50)}
    assert len(made) == 50 and all(len(t) == 128 and t.isalnum() for t in made)


FACTS = stamps.Stamped("flsb", "24-10001", 7, 3, 0, "ab" * 32, "2026-01-02T15:00:00Z", "cd" * 32)


def test_a_stamp_vouches_for_every_fact():
    key = Ed25519PrivateKey.generate()
    stamp = stamps.sign(FACTS, key)
    assert len(stamp) == 128
    assert stamps.holds(FACTS, stamp[:64] + "\n " + stamp[64:], key.public_key())
    for change in ({"sha256": "00" * 32}, {"case": "24-10002"}, {"part": 1}, {"filed_at": "2026-01-03T15:00:00Z"}):
        touched = stamps.Stamped(**{**vars(FACTS), **change})
        assert not stamps.holds(touched, stamp, key.public_key())
    assert not stamps.holds(FACTS, stamp, Ed25519PrivateKey.generate().public_key())
    assert not stamps.holds(FACTS, "junk", key.public_key())
