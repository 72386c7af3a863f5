"""Guessing a password is slow, and nobody can lock the owner out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import make_password

from openecf.central.accounts import rules
from openecf.central.accounts.models import Account, AccountType, StrangerFailures
from openecf.central.accounts.services import NotSignedOn, check_password, remember_device
from openecf.kernel.tokens import digest
from openecf.platform.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PASSWORD = "walnut-ferry-overcast"


@pytest.fixture
def owner() -> Account:
    return Account.objects.create(
        number="7000001",
        username="Ada-Counsel",
        type=AccountType.ATTORNEY,
        last_name="Counsel",
        email="ada@counsel.example",
        created_at=NOW,
        upgraded_at=NOW,
        password=make_password(PASSWORD),
    )


def attempt(
    password: str,
    *,
    address: str = "198.51.100.7",
    now: datetime = NOW,
    username: str = "ada-counsel",
    device: str = "",
) -> bool:
    try:
        check_password(username=username, password=password, now=now, address=address, device=device)
    except NotSignedOn:
        return False
    return True


def test_a_password_is_hashed_at_the_cost_that_owasp_asks(full_cost):
    assert make_password(PASSWORD).startswith("argon2id-pepper1$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    ("typed", "password", "opens", "because"),
    [
        ("ada-counsel", PASSWORD, True, "letter case of a user name does not matter"),
        (" ADA-COUNSEL ", PASSWORD, True, "nor do spaces around it"),
        ("ada\uff0dcounsel", PASSWORD, True, "a full-width hyphen is the same character in normal form"),
        ("ada-counsel", PASSWORD.upper(), False, "letter case of a password matters"),
        ("ada-counsel", "", False, "nothing is no password"),
        ("ada-counsel", PASSWORD + "x" * 300, False, "longer than any password may be"),
        ("nobody-here", PASSWORD, False, "no such account"),
        ("", "", False, "nothing at all"),
    ],
)
def test_what_opens_an_account(owner: Account, typed: str, password: str, opens: bool, because: str) -> None:
    assert attempt(password, username=typed) is opens, because


def test_a_disabled_account_and_one_without_password_do_not_open(owner: Account) -> None:
    Account.objects.update(is_active=False)
    assert not attempt(PASSWORD)
    Account.objects.update(is_active=True, password="")
    assert not attempt("")


def test_every_refusal_reads_alike(owner: Account) -> None:
    said = set()
    for username, password in [("ada-counsel", "wrong"), ("nobody", "wrong"), *[("ada-counsel", "wrong")] * 9]:
        with pytest.raises(NotSignedOn) as refusal:
            check_password(username=username, password=password, now=NOW, address="198.51.100.7")
        said.add((str(refusal.value.said), refusal.value.code))
    assert said == {("Invalid username, password, or one-time passcode.", "not-signed-on")}


def test_one_network_waits_after_five_wrong_guesses(owner: Account) -> None:
    for _ in range(rules.NETWORK_ACCOUNT_BUDGET):
        assert not attempt("wrong")
    assert not attempt(PASSWORD), "the same network waits, even with the right password"
    assert not attempt(PASSWORD, address="198.51.100.200"), "and so do its neighbours in the /24"
    assert attempt(PASSWORD, address="203.0.113.9"), "another network does not"


def test_the_owner_on_a_known_device_gets_in_after_fifty_strangers_failed(owner: Account) -> None:
    device = remember_device(account=owner, at=NOW - timedelta(days=3))
    now = NOW
    for n in range(50):
        assert not attempt("wrong", address=f"203.0.{n}.1", now=now)
    assert not attempt(PASSWORD, address="192.0.2.1", now=now), "strangers wait together"
    assert attempt(PASSWORD, address="192.0.2.1", now=now, device=device), "the owner does not"
    assert attempt(PASSWORD, address="192.0.2.1", now=now), "and a success ends the strangers' wait"


def test_a_device_answers_for_itself(owner: Account) -> None:
    device = remember_device(account=owner, at=NOW)
    for _ in range(rules.KNOWN_DEVICE_BUDGET):
        assert not attempt("wrong", device=device)
    assert not attempt(PASSWORD, device=device)
    assert attempt(PASSWORD, device=device, now=NOW + timedelta(minutes=16))


def test_another_persons_device_is_a_strangers(owner: Account) -> None:
    other = Account.objects.create(
        number="7000002",
        username="someone-else",
        type=AccountType.ATTORNEY,
        last_name="Else",
        email="else@counsel.example",
        created_at=NOW,
    )
    device = remember_device(account=other, at=NOW)
    for n in range(rules.STRANGERS_BUDGET):
        assert not attempt("wrong", address=f"203.0.{n}.1", device=device)
    assert not attempt(PASSWORD, address="192.0.2.1", device=device)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (9, 0), (10, 30), (11, 60), (12, 120), (16, 1920), (17, 3600), (99, 3600)]
)
def test_how_long_strangers_wait(failures: int, seconds: int) -> None:
    assert rules.strangers_wait(failures) == timedelta(seconds=seconds)


def test_after_a_hundred_failures_in_a_row_no_stranger_gets_in(owner: Account) -> None:
    now = NOW
    for n in range(rules.STRANGERS_CLOSED):
        now += timedelta(hours=1, seconds=1)
        assert not attempt("wrong", address=f"203.0.{n}.1", now=now)
    assert not attempt(PASSWORD, now=now + timedelta(days=30))


@pytest.mark.parametrize(("name", "mails"), [("ada-counsel", 1), ("nobody", 0)])
def test_the_owner_is_told_once_that_strangers_are_shut_out(owner: Account, name: str, mails: int) -> None:
    StrangerFailures.objects.create(key=digest(name), n=rules.STRANGERS_CLOSED - 2, last_at=NOW - timedelta(days=2))
    now = NOW
    for n in range(4):
        now += timedelta(hours=1, seconds=1)
        attempt("wrong", username=name, address=f"203.0.{n}.1", now=now)
        sent = OutgoingMail.objects.filter(recipients=[owner.email]).count()
        assert sent == (mails if n > 0 else 0), f"at the hundredth wrong password, and at no other ({n})"


def test_a_name_that_nobody_has_costs_the_same_statements(owner: Account, django_assert_num_queries) -> None:
    for username in ("ada-counsel", "nobody"):
        attempt("wrong", username=username, address="192.0.2.1")
        with django_assert_num_queries(8):
            assert not attempt("wrong", username=username, address="192.0.2.1")
    assert StrangerFailures.objects.count() == 2


def test_statements_of_a_success(owner: Account, django_assert_num_queries) -> None:
    attempt(PASSWORD)
    with django_assert_num_queries(2):
        assert attempt(PASSWORD)
