"""Guessing that spares each account: one password tried on everybody, a list of stolen ones from one network. Strangers with
that password, or of that network, wait; owners get in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openecf.central.accounts import rules, services
from openecf.central.accounts.models import Account, StrangerFailures
from openecf.central.accounts.services import NotSignedOn, check_password, remember_device
from openecf.central.accounts.services.patterns import fingerprint
from openecf.central.signon import services as signing
from openecf.platform import passwords
from openecf.platform.throttle.models import Counter
from tests.central.phones import app_of
from tests.central.registrants import NEW_PASSWORD, link_in, mailed
from tests.central.relying import PASSWORD, account, sign_in
from tests.central.test_passkeys import OPTIONS, SIGN_ON, key_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
HERE, NEIGHBOUR, ELSEWHERE = "198.51.100.7", "198.51.100.201", "192.0.2.9"
LISTED = 6
"""Thirty failures need six names: one name is tried five times from one network, then it waits."""
SECOND = timedelta(seconds=1)


def tries(username: str, password: str, *, address: str = ELSEWHERE, now: datetime = NOW, device: str = "") -> bool:
    try:
        check_password(username=username, password=password, now=now, address=address, device=device)
    except NotSignedOn:
        return False
    return True


def spray(password: str, *, names: int, each: int = 1, now: datetime = NOW) -> None:
    """One wrong password for that many names, each time from a network of its own."""
    for n in range(names):
        for again in range(each):
            tries(f"somebody-{n:03d}", password, address=f"203.{again}.{n}.1", now=now)


def stuff(*, failures: int, names: int, now: datetime = NOW) -> None:
    """That many different wrong passwords over so many names from one network."""
    for n in range(failures):
        tries(f"listed-{n % names:03d}", f"from the list {n}", address=f"198.51.100.{n}", now=now)


@pytest.fixture
def owner() -> Account:
    return account()


@pytest.mark.parametrize(
    ("names", "each", "later", "opens", "because"),
    [
        (rules.SPRAYED_NAMES - 1, 1, SECOND, True, "nineteen people who mistype alike are no attack"),
        (rules.SPRAYED_NAMES, 1, SECOND, False, "twenty are: who has it is refused in a browser of no account's"),
        (3, 12, SECOND, True, "the same few names over and over are other counters' matter"),
        (rules.SPRAYED_NAMES, 1, timedelta(minutes=59), False, "for the rest of the hour"),
        (rules.SPRAYED_NAMES, 1, rules.SPRAYED_WITHIN, True, "and no longer"),
    ],
)
def test_one_password_tried_on_everybody(owner, names, each, later, opens, because) -> None:
    spray(PASSWORD, names=names, each=each)
    assert tries(owner.username, PASSWORD, now=NOW + later) is opens, because


@pytest.mark.parametrize(
    ("failures", "names", "later", "address", "opens", "because"),
    [
        (rules.STUFFING_FAILURES - 1, LISTED, SECOND, HERE, True, "twenty-nine failures are an office"),
        (rules.STUFFING_FAILURES, LISTED, SECOND, HERE, False, "thirty over six names are a list"),
        (rules.STUFFING_FAILURES, LISTED, SECOND, NEIGHBOUR, False, "whichever address of the network"),
        (rules.STUFFING_FAILURES, LISTED, SECOND, ELSEWHERE, True, "other networks go on"),
        (rules.STUFFING_FAILURES, LISTED, timedelta(minutes=9), HERE, False, "for ten minutes"),
        (rules.STUFFING_FAILURES, LISTED, rules.STUFFING_WITHIN, HERE, True, "and no longer"),
    ],
)
def test_a_list_tried_from_one_network(owner, failures, names, later, address, opens, because) -> None:
    stuff(failures=failures, names=names)
    assert tries(owner.username, PASSWORD, address=address, now=NOW + later) is opens, because


def test_thirty_failures_over_four_names_are_no_list(owner) -> None:
    for n in range(rules.STUFFING_FAILURES):
        name = f"clerk-{n % (rules.STUFFING_NAMES - 1)}"
        # What one name may fail from one network is counted apart: here only the list's counter is looked at.
        Counter.objects.filter(key__startswith="name-network:").delete()
        StrangerFailures.objects.all().delete()
        tries(name, f"forgotten {n}", address=HERE)
    assert Counter.objects.get(key__startswith="stuffing:").n == rules.STUFFING_FAILURES
    assert tries(owner.username, PASSWORD, address=HERE, now=NOW + SECOND)


def test_a_window_that_is_over_begins_anew(owner) -> None:
    spray(PASSWORD, names=rules.SPRAYED_NAMES)
    later = NOW + rules.SPRAYED_WITHIN
    spray(PASSWORD, names=2, now=later)
    counter = Counter.objects.get(key__startswith="sprayed:")
    assert (counter.n, len(counter.seen)) == (2, 2) and tries(owner.username, PASSWORD, now=later)


def test_what_is_kept_of_names_has_an_end() -> None:
    spray("the same for all", names=rules.SPRAYED_NAMES - 1)
    for n in range(30):
        Counter.objects.filter(key__startswith="name-network:").delete()
        StrangerFailures.objects.all().delete()
        tries(f"further-{n}", "the same for all", address=f"203.9.{n}.1")
    counter = Counter.objects.get(key__startswith="sprayed:")
    assert (counter.n, len(counter.seen)) == (rules.SPRAYED_NAMES + 29, rules.SPRAYED_NAMES)


class TestTheOwnerGetsIn:
    """While her own password is sprayed, and her own network tries a list."""

    @pytest.fixture(autouse=True)
    def attacked(self, owner) -> None:
        self.owner = owner
        self.device = remember_device(account=owner, at=NOW - timedelta(days=3))
        spray(PASSWORD, names=rules.SPRAYED_NAMES)
        stuff(failures=rules.STUFFING_FAILURES, names=LISTED)

    def test_where_she_signed_on_before(self) -> None:
        assert not tries(self.owner.username, PASSWORD, address=HERE)
        assert tries(self.owner.username, PASSWORD, address=HERE, device=self.device)

    def test_with_a_browser_that_only_another_person_knows_she_is_a_stranger(self) -> None:
        other = remember_device(account=account("bea-other", email="bea@counsel.example"), at=NOW)
        assert not tries(self.owner.username, PASSWORD, device=other)

    def test_with_another_password_elsewhere(self) -> None:
        other = account("cy-other", email="cy@counsel.example", password=make_password(NEW_PASSWORD))
        assert tries(other.username, NEW_PASSWORD)


class TestTheOwnerGetsInByPages:
    @pytest.fixture(autouse=True)
    def attacked(self, owner) -> None:
        self.owner, self.key = owner, key_of(owner)
        for n in range(rules.SPRAYED_NAMES):
            sign_in(Client(REMOTE_ADDR=f"203.0.{n}.1"), f"somebody-{n}", PASSWORD)

    def test_she_is_refused_in_the_words_of_a_wrong_password(self) -> None:
        refused = sign_in(Client(REMOTE_ADDR=ELSEWHERE))
        wrong = sign_in(Client(REMOTE_ADDR=ELSEWHERE), password="a wrong password")
        assert refused.status_code == wrong.status_code == 200
        assert refused.context["refusal"] == wrong.context["refusal"] == NotSignedOn.said

    def test_with_her_passkey(self) -> None:
        browser = Client(REMOTE_ADDR=ELSEWHERE)
        assert browser.post(SIGN_ON, {"answer": self.key.shown(browser.post(OPTIONS).json())}).status_code == 302

    def test_through_her_mailbox(self) -> None:
        services.request_reset(
            username=self.owner.username, email=self.owner.email, address=ELSEWHERE, at=timezone.now()
        )
        browser = Client(REMOTE_ADDR=ELSEWHERE)
        browser.post(link_in(mailed(self.owner.email)[-1]), {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD})
        assert sign_in(browser, password=NEW_PASSWORD).status_code == 302


class TestNothingIsTold:
    def test_by_what_is_counted(self, owner) -> None:
        """A right password with a wrong code costs and counts as a wrong password does."""
        app_of(owner)
        with pytest.raises(NotSignedOn):
            check_password(
                username=owner.username, password=PASSWORD, now=NOW, address=HERE, second=lambda account: False
            )
        tries(owner.username, "wrong", address=HERE)
        assert Counter.objects.filter(key__startswith="sprayed:").count() == 2
        assert Counter.objects.get(key__startswith="stuffing:").n == 2

    def test_of_a_closed_account_to_who_sprays_its_password(self, owner) -> None:
        Account.objects.update(is_active=False, closed_why="owner", closed_at=NOW)
        spray(PASSWORD, names=rules.SPRAYED_NAMES)
        with pytest.raises(NotSignedOn) as refusal:
            check_password(username=owner.username, password=PASSWORD, now=NOW, address=HERE)
        assert refusal.type is NotSignedOn

    def test_by_hashes_and_statements(self, owner, monkeypatch) -> None:
        """A right password that is refused goes the way of a wrong one, and of one for a name that nobody has."""
        spray(PASSWORD, names=rules.SPRAYED_NAMES)
        hashed, verify = [], passwords.Argon2id.verify
        monkeypatch.setattr(
            passwords.Argon2id, "verify", lambda self, word, kept: hashed.append(word) or verify(self, word, kept)
        )
        seen = []
        for n, (name, password) in enumerate(
            [(owner.username, PASSWORD), (owner.username, "a wrong password"), ("nobody-here", PASSWORD)]
        ):
            hashed.clear()
            with CaptureQueriesContext(connection) as asked:
                assert not tries(name, password, address=f"198.18.{n}.1")
            words = [re.sub(r"'[^']*'|\d+", "?", one["sql"]) for one in asked.captured_queries]
            seen.append((words, len(hashed)))
        assert seen[0] == seen[1] == seen[2] and seen[0][1] == 1

    @pytest.mark.parametrize(
        ("one", "two", "same", "because"),
        [
            (("wrong", NOW), ("wrong", NOW + timedelta(hours=8)), True, "one password of one day"),
            (("wrong", NOW), ("wrong", NOW + timedelta(hours=9)), False, "another day has another key"),
            (("wrong", NOW), ("Wrong", NOW), False, "another password"),
            (("\uff41bc", NOW), ("abc", NOW), True, "the same characters of another keyboard"),
            (("\udc80", NOW), ("\udc80", NOW), True, "what is no text at all"),
        ],
    )
    def test_by_what_is_kept_of_a_password(self, one, two, same, because) -> None:
        assert (fingerprint(*one) == fingerprint(*two)) is same, because
        assert one[0] not in fingerprint(*one)

    def test_the_counters_hold_no_name_and_no_password(self) -> None:
        tries("somebody-here", "wrong-word")
        kept = " ".join(f"{row.key} {row.seen}" for row in Counter.objects.all())
        assert "somebody" not in kept and "wrong-word" not in kept


def test_a_program_of_the_network_waits_too_and_reads_the_same_words(owner) -> None:
    stuff(failures=rules.STUFFING_FAILURES, names=LISTED)
    asked = {"username": owner.username, "redaction_confirmed": True, "password": PASSWORD}
    with pytest.raises(NotSignedOn):
        signing.sign_on_program(**asked, address=HERE, at=NOW)
    assert signing.sign_on_program(**asked, address=ELSEWHERE, at=NOW).secret
