"""Shared accounts: declared at registration, or seen by their use; what the owner is told, and how it is settled."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from openecf.central.accounts.models import Account
from openecf.central.accounts.rules import declares_group
from openecf.central.accounts.services import closing
from openecf.central.signon import rules, services
from openecf.central.signon.models import Crowd
from openecf.central.signon.rules import Seat
from openecf.platform.audit.models import AuditLine
from tests.central.registrants import NEW_PASSWORD, begin, link_in, mailed, walk
from tests.central.relying import PASSWORD, account, court, sign_in, signed_on, userinfo

__all__ = ["court"]
LAPTOP, PHONE, DESK, OTHER = "Firefox on Linux", "Safari on iPhone", "Edge on Windows", "Chrome on Windows"
OFFICE, MOBILE, HOME, CITY = "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "100.64.9.0/24"


@pytest.mark.parametrize(
    ("seats", "crowd", "because"),
    [
        ([(OFFICE, LAPTOP)], False, "one person at work"),
        ([(OFFICE, LAPTOP), (MOBILE, PHONE)], False, "with a telephone"),
        ([(OFFICE, LAPTOP), (MOBILE, PHONE), (OFFICE, DESK)], False, "and a second computer on the desk"),
        ([(OFFICE, LAPTOP)] * 9, False, "signing on nine times is one place"),
        ([(OFFICE, LAPTOP), (MOBILE, PHONE), (HOME, LAPTOP)], True, "three networks at once"),
        ([(OFFICE, LAPTOP), (OFFICE, DESK), (OFFICE, OTHER), (OFFICE, PHONE)], True, "four browsers at once"),
        ([], False, "nobody"),
    ],
)
def test_what_is_more_than_one_person(seats, crowd, because):
    assert rules.is_crowd(Seat(*seat) for seat in seats) is crowd, because


TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("days_ago", "shared", "because"),
    [
        ((0,), False, "once may be a journey"),
        ((0, 0, 0), False, "one day is one day"),
        ((0, 9), False, "twice"),
        ((0, 9, 29), True, "three days within thirty"),
        ((0, 9, 30), False, "the third is too long ago"),
    ],
)
def test_when_an_account_appears_shared(days_ago, shared, because):
    days = [TODAY - timedelta(days=ago) for ago in days_ago]
    assert rules.appears_shared(days, today=TODAY) is shared, because


@pytest.mark.parametrize(
    ("account_type", "user_type", "group"),
    [
        ("search", "LAW FIRM", True), ("search", "LIBRARY", True), ("search", "INDIVIDUAL", False),
        ("search", "FEDERAL GOVERNMENT", False), ("attorney", "LAW FIRM", False), ("non-attorney", "COMPANY", False),
    ],
)  # fmt: skip
def test_who_registers_for_a_group(account_type, user_type, group):
    assert declares_group(account_type=account_type, user_type=user_type) is group


def sit(who: Account, *places: tuple[str, str], at) -> None:
    """Sign on from these addresses, with these browsers."""
    for address, browser in places:
        services.sign_on(username=who.username, password=PASSWORD, address=address, user_agent=browser, at=at)


CROWD = (("192.0.2.7", LAPTOP), ("198.51.100.7", PHONE), ("203.0.113.7", DESK))


@pytest.fixture
def crowded(db):
    """An account that was crowded on two days of late; and now."""
    who, now = account(), timezone.now()
    for ago in (3, 9):
        day = (now - timedelta(days=ago)).date()
        Crowd.objects.create(account=who, day=day, networks=3, seats=3, at=now - timedelta(days=ago))
    sit(who, *CROWD, at=now)
    return who, now


def test_the_third_day_marks_the_account_tells_its_owner_and_the_courts(crowded, court):
    who, now = crowded
    browser = signed_on(who)
    before = userinfo(court.ask().tokens(browser)["access_token"]).json()
    assert services.watch_sharing(at=now) == [who.id]
    after = userinfo(court.ask().tokens(browser)["access_token"]).json()
    assert (before["shared"], after["shared"]) == (False, True)
    assert [mail.subject for mail in mailed(who.email)] == ["Your PACER account appears to be shared"]
    assert AuditLine.objects.get(act="account.appears-shared").facts["networks"] == 3
    assert AuditLine.objects.filter(act="signon.courts-ask-again", subject=str(who.id)).exists(), (
        "at once, not tomorrow"
    )
    assert services.watch_sharing(at=now) == [], "and only once"


def test_a_day_is_counted_once_however_often_it_is_looked_at(db):
    who, now = account(), timezone.now()
    sit(who, *CROWD, at=now)
    for minutes in (0, 10, 20):
        services.watch_sharing(at=now + timedelta(minutes=minutes))
    assert Crowd.objects.filter(account=who).count() == 1
    who.refresh_from_db()
    assert not who.is_shared


@pytest.mark.parametrize(
    ("places", "ended", "later"),
    [(CROWD[:2], 0, 0), (CROWD, 1, 0), (CROWD, 0, 31)],
    ids=["two places", "one of three signed off", "half an hour later"],
)
def test_what_is_no_crowd(db, places, ended, later):
    who, now = account(), timezone.now()
    sit(who, *places, at=now)
    for session in list(who.sign_ons.all())[:ended]:
        services.sign_off(session=session, at=now)
    services.watch_sharing(at=now + timedelta(minutes=later))
    assert not Crowd.objects.exists()


def test_programs_are_no_crowd(db):
    who, now = account(), timezone.now()
    for address, name in CROWD:
        services.sign_on_program(
            username=who.username, password=PASSWORD, redaction_confirmed=True, address=address, user_agent=name, at=now
        )
    services.watch_sharing(at=now)
    assert not Crowd.objects.exists()


def test_a_new_password_settles_it_at_once(crowded):
    who, now = crowded
    services.watch_sharing(at=now)
    browser = signed_on(who)
    page = browser.get("/pscof/manage").content.decode()
    assert "This account appears to be shared" in page and "/pscof/manage/password" in page
    new = "gravel tulip seventh moor"
    browser.post("/pscof/manage/password", {"current": PASSWORD, "password": new, "password_again": new})
    who.refresh_from_db()
    assert not who.is_shared and not Crowd.objects.exists()
    assert who.sign_ons.filter(ended_at=None).count() == 1, "the others were signed off"
    assert "appears to be shared" not in browser.get("/pscof/manage").content.decode()


def test_the_service_center_settles_it(crowded):
    who, now = crowded
    services.watch_sharing(at=now)
    closing.mark_shared(account=who.id, shared=False, by="staff:1", at=now)
    who.refresh_from_db()
    assert not who.is_shared and not Crowd.objects.exists()
    assert AuditLine.objects.get(act="account.sharing-settled").by == "staff:1"
    assert not services.settle_sharing(account=who.id, why="again", by="staff:1", at=now), "nothing is left to settle"


def test_an_account_registered_for_a_group_says_so(db):
    browser = begin("search")
    walk(browser, person={"user_type": "LAW FIRM"}, security={"username": "front-desk-law"})
    browser.post(link_in(mailed()[-1]))
    made = Account.objects.get(username="front-desk-law")
    assert made.shared and made.is_shared
    sign_in(browser, "front-desk-law", NEW_PASSWORD)
    page = browser.get("/pscof/manage").content.decode()
    assert "This is a shared account" in page and "settles this at once" not in page
