"""Closing an account by its owner, resting after two years without use, the way back; and the owner's history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.history import WORDS
from openecf.central.accounts.models import Account
from openecf.central.accounts.services import closing
from openecf.central.billing.models import LedgerLine
from openecf.central.firms.models import Membership
from openecf.central.signon.models import SsoSession
from openecf.platform.audit.models import AuditLine
from tests.central.registrants import at_once, legacy, mailed
from tests.central.relying import PASSWORD, account, sign_in, signed_on

pytestmark = pytest.mark.django_db
NOW = timezone.now
PAGE = "/pscof/manage/deactivate"
MEANT = {"current": PASSWORD, "sure": "on"}
YEAR = timedelta(days=365)


def said(answer) -> str:
    return answer.content.decode()


# By the owner.


def test_an_owner_closes_the_account_and_is_out_everywhere():
    who = account()
    here, there = signed_on(who), signed_on(who)
    answer = here.post(PAGE, MEANT)
    assert "is deactivated" in said(answer) and who.number in said(answer)
    who.refresh_from_db()
    assert (who.is_active, who.closed_why) == (False, "owner") and who.closed_at is not None
    assert not SsoSession.objects.filter(account=who, ended_at=None).exists()
    assert there.get("/pscof/manage").status_code == 302
    assert "you deactivated it" in mailed(who.email)[-1].text
    assert AuditLine.objects.filter(act="account.closed", subject=str(who.id), by=str(who.id)).count() == 1


@pytest.mark.parametrize("typed", [{}, {"current": PASSWORD}, {"current": "wrong-wrong-wrong", "sure": "on"}])
def test_not_without_the_password_and_not_by_accident(typed):
    who = account()
    assert signed_on(who).post(PAGE, typed).status_code == 200
    who.refresh_from_db()
    assert who.is_active


def owes(who):
    LedgerLine.objects.create(payer=who, at=NOW(), kind="charge", cents=3010, reference="test", by="system")


def has_members(who):
    Account.objects.filter(id=who.id).update(type="paa")
    Membership.objects.create(firm=who, account=account("member-one"), joined_at=NOW(), billed_from=NOW())


def has_firm(who):
    firm = account("firm-one", type="paa")
    Membership.objects.create(firm=firm, account=who, joined_at=NOW(), billed_from=NOW())


@pytest.mark.parametrize(("hinder", "words"), [
    (owes, "Pay what this account owes"), (has_members, "pays for others"), (has_firm, "Leave the firm first"),
])  # fmt: skip
def test_what_stands_in_the_way_is_said_first_and_holds(hinder, words):
    who = account()
    browser = signed_on(who)
    hinder(who)
    assert words in said(browser.get(PAGE)) and 'type="password"' not in said(browser.get(PAGE))
    assert words in said(browser.post(PAGE, MEANT))
    who.refresh_from_db()
    assert who.is_active
    with pytest.raises((closing.OwesMoney, closing.FirmHasMembers, closing.FirmPays)):
        closing.deactivate(account=who, password=PASSWORD, at=NOW())


def test_a_legacy_account_upgrades_first():
    assert signed_on(legacy()).get(PAGE).headers["Location"] == "/pscof/upgrade"


# Signing in to a closed account.


@pytest.mark.parametrize(("why", "words"), [
    ("unused", "not used for two years"), ("owner", "deactivated by its owner"), ("merged", "merged into your account"),
])  # fmt: skip
def test_who_knows_the_password_is_told_what_to_do(why, words):
    who, kept = account(), account("kept-one")
    closing.close(account=who.id, why=why, by="system", at=NOW(), into=kept.id if why == "merged" else None)
    answer = sign_in(Client(), who.username)
    assert answer.status_code == 200 and words in said(answer)
    assert (kept.number in said(answer)) is (why == "merged")
    assert not SsoSession.objects.filter(account=who).exists()


def test_who_does_not_know_it_hears_the_same_as_of_an_account_that_is_none():
    who = account()
    closing.close(account=who.id, why="owner", by="system", at=NOW())
    pages = [said(sign_in(Client(), name, "wrong-wrong-wrong")) for name in (who.username, "nobody-at-all")]
    assert all("Invalid username, password" in page and "deactivated" not in page for page in pages)


def test_a_forgotten_password_of_a_closed_account_brings_a_mail_that_says_so():
    from openecf.central.accounts import services

    who = account()
    closing.close(account=who.id, why="unused", by="system", at=NOW())
    services.request_reset(username=who.username, email=who.email, at=NOW(), address="203.0.113.9")
    assert "is closed" in mailed(who.email)[-1].subject and "/pscof/reset/" not in mailed(who.email)[-1].text


def test_links_mailed_before_open_nothing_afterwards():
    who = account()
    closing.send_reset(account=who.id, by="x", at=NOW())
    path = mailed(who.email)[-1].text.split("http://central.test")[1].split()[0]
    closing.close(account=who.id, why="owner", by="system", at=NOW())
    assert Client().get(path).status_code == 410 or "already used" in said(Client().get(path))


# Two years without use.


def used(who, days_ago: float, **more):
    Account.objects.filter(id=who.id).update(last_used_at=NOW() - timedelta(days=days_ago), **more)


@pytest.mark.parametrize(("days", "warned"), [(1, 0), (699, 0), (701, 1), (900, 1)])
def test_owners_are_warned_thirty_days_before(days, warned):
    who = account()
    used(who, days)
    assert closing.rest_unused(at=NOW()) == (warned, 0)
    assert len(mailed(who.email)) == warned
    assert closing.rest_unused(at=NOW()) == (0, 0), "once"


def test_who_was_warned_a_month_ago_and_did_not_come_rests():
    who = account()
    used(who, 701)
    closing.rest_unused(at=NOW())
    assert closing.rest_unused(at=NOW() + timedelta(days=29)) == (0, 0)
    assert closing.rest_unused(at=NOW() + timedelta(days=31)) == (0, 1)
    who.refresh_from_db()
    assert (who.is_active, who.closed_why) == (False, "unused")


def test_nobody_rests_without_thirty_days_of_warning_however_long_unused():
    who = account()
    used(who, 2000)
    assert closing.rest_unused(at=NOW()) == (1, 0)
    assert closing.rest_unused(at=NOW() + timedelta(days=31)) == (0, 1)


def test_who_signs_in_after_the_warning_does_not_rest_and_is_warned_anew_two_years_later():
    who = account()
    used(who, 701)
    closing.rest_unused(at=NOW())
    assert sign_in(Client(), who.username).status_code == 302
    assert closing.rest_unused(at=NOW() + timedelta(days=40)) == (0, 0)
    later = NOW() + timedelta(days=705)
    assert closing.rest_unused(at=later) == (1, 0)
    assert closing.rest_unused(at=later + timedelta(days=31)) == (0, 1)


def test_where_nobody_knows_when_it_was_used_the_two_years_begin_now():
    who = legacy()
    assert closing.rest_unused(at=NOW()) == (0, 0)
    who.refresh_from_db()
    assert who.is_active and NOW() - who.last_used_at < timedelta(minutes=1)


def test_a_firm_that_pays_for_somebody_is_used():
    firm = account("firm-one", type="paa")
    Membership.objects.create(firm=firm, account=account("member-one"), joined_at=NOW(), billed_from=NOW())
    used(firm, 3000)
    assert closing.rest_unused(at=NOW()) == (0, 0)


def test_a_sign_on_is_a_use_and_is_written_once_a_day():
    who = account()
    used(who, 700)
    sign_in(Client(), who.username)
    who.refresh_from_db()
    first = who.last_used_at
    assert NOW() - first < timedelta(minutes=1)
    sign_in(Client(), who.username)
    who.refresh_from_db()
    assert who.last_used_at == first


@pytest.mark.django_db(transaction=True)
def test_eight_sign_ons_at_once_after_a_long_rest_all_begin():
    who = account()
    for _ in range(5):
        used(who, 700)
        given = at_once([lambda: signed_on(who)] * 8)
        assert all(isinstance(one, Client) for one in given), given


@pytest.mark.django_db(transaction=True)
def test_of_eight_that_close_it_at_once_one_does():
    for n in range(10):
        who = account(f"closing-{n}")
        given = at_once([lambda who=who: closing.close(account=who.id, why="owner", by="x", at=NOW())] * 8)
        assert sorted(isinstance(one, closing.NotOpen) for one in given) == [False] + [True] * 7
        assert AuditLine.objects.filter(act="account.closed", subject=str(who.id)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_night_job_run_twice_at_once_mails_once():
    who = account()
    used(who, 701)
    at_once([lambda: closing.rest_unused(at=NOW())] * 4)
    assert len(mailed(who.email)) == 1


# History.


def test_the_owner_reads_what_was_done_and_by_whom_and_nobody_elses():
    who, other = account(), account("other-one", email="other@counsel.example")
    closing.unlock(account=who.id, by="system", at=NOW())
    closing.unlock(account=other.id, by="system", at=NOW() - YEAR)
    page = said(signed_on(who).get("/pscof/manage/history"))
    assert page.count("were forgiven") == 1 and "Signed in" in page and "the system" in page
    assert "<code>" not in page and str(who.id) not in page


def test_a_long_history_shows_the_newest_two_hundred():
    who = account()
    AuditLine.objects.bulk_create(
        AuditLine(at=NOW() - timedelta(hours=n + 1), act="account.address-updated", by=str(who.id), subject=str(who.id))
        for n in range(300)
    )
    page = said(signed_on(who).get("/pscof/manage/history"))
    assert page.count("The address was changed") == 199 and len(WORDS) > 40
