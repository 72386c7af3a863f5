"""A legacy account's upgrade: three steps, once for all courts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts import services
from openecf.central.accounts.models import Account, KnownDevice
from openecf.central.accounts.services import maintaining, remember_device, securing
from openecf.central.signon import queries
from openecf.central.signon.models import CourtSession, LogoutDelivery, Revocation, SsoSession
from openecf.platform.audit.models import AuditLine
from openecf.platform.throttle.models import Counter
from tests.central.registrants import (
    ADDRESS,
    NEW_PASSWORD,
    PERSON,
    SECURITY,
    at_once,
    errors,
    legacy,
    link_in,
    mailed,
    walk,
)
from tests.central.relying import PASSWORD, Court, account, court, goes_to, session_of, sign_in, signed_on, userinfo

__all__ = ["court"]
pytestmark = pytest.mark.django_db
OWN = {"first_name": "Walter", "last_name": "Brandy", "birth_date": "1961-05-07", "email": "walter@counsel.example",
       "email_again": "walter@counsel.example"}  # fmt: skip
NEW_NAME = {"username": "wbrandy-law"}


def may_search(browser: Client) -> bool:
    session = session_of(browser)
    return queries.may_search(queries.SignOn(session, session.account))


def test_the_whole_road_from_signing_in_to_searching():
    legacy()
    browser = Client()
    assert sign_in(browser, "oldone").headers["Location"] == "/pscof/manage"
    page = browser.get("/pscof/manage").content.decode()
    assert "Upgrade this account" in page and "Legacy PACER Account" in page and not may_search(browser)
    assert browser.get("/pscof/upgrade/person").content.decode().count('value="Walter"') == 1
    assert walk(browser, road="upgrade", person=OWN, security=NEW_NAME).headers["Location"] == "/pscof/upgrade"
    assert "Upgrade complete" in browser.get("/pscof/upgrade").content.decode()
    page = browser.get("/pscof/manage").content.decode()
    assert "Upgraded PACER Account" in page and "Legacy" not in page and may_search(browser)
    assert sign_in(Client(), "oldone").status_code == 200, "the old name is gone"
    assert sign_in(Client(), "wbrandy-law", PASSWORD).status_code == 200, "and the old password"
    assert sign_in(Client(), "wbrandy-law", NEW_PASSWORD).status_code == 302
    assert AuditLine.objects.filter(act="account.upgraded").count() == 1


@pytest.mark.parametrize("option", ["username", "password", "email", "billing-preferences", "person", "address"])
def test_every_option_leads_a_legacy_account_to_its_upgrade_and_changes_nothing(option):
    who = legacy()
    before = Account.objects.filter(id=who.id).values().get()
    for answer in (signed_on(who).get(f"/pscof/manage/{option}"),
                   signed_on(who).post(f"/pscof/manage/{option}", {"username": "wbrandy-law", "current": PASSWORD})):  # fmt: skip
        assert answer.status_code == 302 and answer.headers["Location"] == "/pscof/upgrade"
    after = Account.objects.filter(id=who.id).values().get()
    assert {name for name in after if after[name] != before[name]} <= {"last_used_at"}, "but that it was used"


def test_the_other_sign_ons_end_and_devices_are_strangers_again():
    who = legacy()
    here, elsewhere = signed_on(who), signed_on(who)
    remember_device(account=who, at=timezone.now())
    walk(here, road="upgrade", person=OWN, security=NEW_NAME)
    assert session_of(here) and not session_of(elsewhere)
    assert SsoSession.objects.exclude(ended_at=None).get().ended_why == "upgraded"
    assert not KnownDevice.objects.exists()


def test_a_court_that_knew_a_legacy_account_hears_of_the_upgrade_and_the_person_stays_signed_on(court: Court):
    who = legacy()
    here = signed_on(who)
    here.post("/csologin/told", {"appurl": "/"})
    before = court.ask().tokens(here)
    assert userinfo(before["access_token"]).json()["upgraded"] is False
    sid = CourtSession.objects.get().rp_sid
    walk(here, road="upgrade", person=OWN, security=NEW_NAME)
    assert LogoutDelivery.objects.get().rp_sid == sid == Revocation.objects.get().rp_sid
    assert session_of(here), "the sign-on itself goes on"
    after = court.ask().tokens(here)
    facts = userinfo(after["access_token"]).json()
    assert facts["upgraded"] is True and facts["may_search"] is True and facts["preferred_username"] == "wbrandy-law"
    assert CourtSession.objects.get().rp_sid != sid


def test_an_upgraded_filer_reads_the_redaction_notice_before_the_next_court(court: Court):
    who = legacy(type="attorney")
    here = signed_on(who)
    here.post("/csologin/told", {"appurl": "/"})
    court.ask().code(here)
    walk(here, road="upgrade", person=OWN, security=NEW_NAME)
    assert goes_to(court.ask().by(here)) == "/csologin/told"
    assert "Redaction agreement" in here.get("/csologin/told").content.decode()


def test_both_addresses_are_told_and_the_new_one_counts_once_it_is_proved():
    who = legacy()
    new = {"email": "w.brandy@new.example", "email_again": "w.brandy@new.example"}
    walk(signed_on(who), road="upgrade", person=OWN | new, security=NEW_NAME)
    told = mailed("walter@counsel.example")
    assert len(told) == 1 and set(told[0].recipients) == {"walter@counsel.example", "w.brandy@new.example"}
    who.refresh_from_db()
    assert who.email == "walter@counsel.example"
    Client().post(link_in(mailed("w.brandy@new.example")[-1]))
    who.refresh_from_db()
    assert (who.email, who.mailbox) == ("w.brandy@new.example", "w.brandy@new.example")


def test_a_known_birth_date_stays_whatever_is_sent():
    who = legacy()
    walk(signed_on(who), road="upgrade", person=OWN | {"birth_date": "1990-01-01"}, security=NEW_NAME)
    who.refresh_from_db()
    assert who.birth_date == date(1961, 5, 7)


def test_an_unknown_birth_date_is_asked_for():
    who = legacy(birth_date=None)
    browser = signed_on(who)
    assert (
        "date of birth"
        in errors(browser.post("/pscof/upgrade/person", PERSON | OWN | {"birth_date": ""}))["birth_date"]
    )
    walk(browser, road="upgrade", person=OWN | {"birth_date": "1962-02-03"}, security=NEW_NAME)
    who.refresh_from_db()
    assert who.birth_date == date(1962, 2, 3)


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"username": "oldone"}, "username", "8 to 45"),
        ({"username": "Taken-Name"}, "username", "is taken"),
        ({"password": "brandy brandy brandy", "password_again": "brandy brandy brandy"}, "password", "your name"),
        ({"password_again": "other"}, "password_again", "differ"),
    ],
)
def test_what_the_last_step_refuses(typed, field, words):
    account("taken-name", number="7000009")
    who = legacy()
    browser = signed_on(who)
    browser.post("/pscof/upgrade/person", PERSON | OWN)
    browser.post("/pscof/upgrade/address", ADDRESS)
    answer = browser.post("/pscof/upgrade/security", SECURITY | typed)
    assert words in errors(answer)[field]
    who.refresh_from_db()
    assert not who.is_upgraded and who.username == "oldone"


def test_who_signed_on_a_while_ago_types_the_password_so_far_once_more_and_guesses_have_an_end():
    who = legacy()
    browser = signed_on(who)
    SsoSession.objects.update(auth_time=timezone.now() - timedelta(minutes=16))
    browser.post("/pscof/upgrade/person", PERSON | OWN)
    browser.post("/pscof/upgrade/address", ADDRESS)
    assert "Current password" in browser.get("/pscof/upgrade/security").content.decode()
    for typed in ({}, *[{"current": f"guess {n}"} for n in range(10)], {"current": PASSWORD}):
        answer = browser.post("/pscof/upgrade/security", SECURITY | NEW_NAME | typed)
        assert errors(answer)["current"]
    who.refresh_from_db()
    assert not who.is_upgraded
    Counter.objects.all().delete()
    done = browser.post("/pscof/upgrade/security", SECURITY | NEW_NAME | {"current": PASSWORD})
    assert done.headers["Location"] == "/pscof/upgrade" and Account.objects.get(id=who.id).is_upgraded


def test_a_twin_of_another_account_is_warned_and_may_not_search_at_once():
    account("other-one", first_name="Walter", last_name="Brandy", birth_date=date(1961, 5, 7),
            email="walter@counsel.example", mailbox="walter@counsel.example")  # fmt: skip
    who = legacy()
    browser = signed_on(who)
    warned = browser.post("/pscof/upgrade/person", PERSON | OWN)
    assert "An account may already exist" in warned.content.decode()
    walk(browser, road="upgrade", person=OWN | {"continue": "1"}, security=NEW_NAME)
    who.refresh_from_db()
    assert who.is_upgraded and who.search_status == "inactive"


def test_steps_cannot_be_skipped_and_an_upgrade_is_done_once():
    who = legacy()
    browser = signed_on(who)
    assert browser.post("/pscof/upgrade/security", SECURITY).headers["Location"] == "/pscof/upgrade/person"
    walk(browser, road="upgrade", person=OWN, security=NEW_NAME)
    again = browser.post("/pscof/upgrade/security", SECURITY | {"username": "another-name"})
    assert again.headers["Location"] == "/pscof/upgrade"
    who.refresh_from_db()
    assert who.username == "wbrandy-law"


def test_a_legacy_administrative_account_upgrades_and_still_does_not_search():
    who = legacy(type="paa", birth_date=None)
    browser = signed_on(who)
    walk(browser, road="upgrade", person=OWN, security=NEW_NAME)
    who.refresh_from_db()
    assert who.is_upgraded and not may_search(browser)


@pytest.mark.django_db(transaction=True)
def test_of_six_last_steps_at_once_one_upgrades():
    who = legacy()
    browsers = [signed_on(who) for _ in range(6)]
    browsers[0].post("/pscof/upgrade/person", PERSON | OWN)
    browsers[0].post("/pscof/upgrade/address", ADDRESS)
    at_once([
        lambda n=n, browser=browser: browser.post("/pscof/upgrade/security", SECURITY | {"username": f"wbrandy-{n}"})
        for n, browser in enumerate(browsers)
    ])  # fmt: skip
    assert AuditLine.objects.filter(act="account.upgraded").count() == 1
    assert len([mail for mail in mailed() if "is upgraded" in mail.subject]) == 1
    who.refresh_from_db()
    assert who.username.startswith("wbrandy-") and who.is_upgraded


def test_an_upgrade_that_was_on_its_way_does_not_undo_the_owners_new_password():
    """It sets a password itself: whoever was signed in with the old one must not have the last word."""
    who = legacy()
    browser = signed_on(who)
    for step in ("person", "address"):
        browser.post(f"/pscof/upgrade/{step}", {"person": PERSON | OWN, "address": ADDRESS}[step])
    on_its_way = Account.objects.get(id=who.id)
    maintaining.set_password(
        account=who, new=NEW_PASSWORD, at=timezone.now(), address="192.0.2.1", act="account.password-reset"
    )
    with pytest.raises(services.DraftGone):
        securing.upgrade(
            account=on_its_way, username="thief-has-it", password="another quiet meadow", current="",
            signed_on_at=timezone.now(), session=None, at=timezone.now(),
        )  # fmt: skip
    who.refresh_from_db()
    assert who.upgraded_at is None and who.check_password(NEW_PASSWORD)
