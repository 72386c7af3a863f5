"""A second address for news of the account's security: how it is set, what goes there, and what never does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts import services
from openecf.central.accounts.models import Account, MailedLink
from openecf.central.accounts.services import closing, securing
from openecf.central.factors.services import telling
from openecf.platform.audit.models import AuditLine
from openecf.platform.mail.models import OutgoingMail
from tests.central.phones import set_up
from tests.central.registrants import NEW_PASSWORD, errors, legacy, link_in, mailed
from tests.central.relying import BROWSER, PASSWORD, SESSION_COOKIE, account, sign_in, signed_on

pytestmark = pytest.mark.django_db
PAGE = "/pscof/manage/second-email"
FIRST, SECOND = "ada@counsel.example", "ada@home.example"
SET = {"email": SECOND, "email_again": SECOND, "current": PASSWORD}


@pytest.fixture
def ada() -> Account:
    return account(second_email=SECOND, second_email_at=timezone.now() - timedelta(days=30))


def test_it_counts_once_its_mailbox_is_proved_and_both_are_told() -> None:
    who = account()
    browser = signed_on(who)
    assert "None: news" in browser.get("/pscof/manage").content.decode()
    assert browser.post(PAGE, SET).headers["Location"] == "/pscof/manage?done=second-email"
    asked, told = OutgoingMail.objects.order_by("id")
    assert (asked.recipients, told.recipients) == ([SECOND], [FIRST]) and "was asked for" in told.text
    link, reader = link_in(asked), Client()
    shown = reader.get(link)
    assert shown.status_code == 200 and SECOND in shown.content.decode()
    assert Account.objects.get().second_email == "", "who only opens links (a scanner does) changes nothing"
    assert "is set" in reader.post(link).content.decode()
    assert Account.objects.get().second_email == SECOND and reader.post(link).status_code == 410
    assert mailed()[-1].recipients == [FIRST, SECOND] and "was changed" in mailed()[-1].text
    assert SECOND in browser.get("/pscof/manage").content.decode()
    history = browser.get("/pscof/manage/history").content.decode()
    assert "A second e-mail address was asked for" in history and "The second e-mail address was changed" in history


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"current": "not it"}, "current", "not right"),
        ({"current": ""}, "current", "Type the password"),
        ({"email": FIRST, "email_again": FIRST}, "__all__", "same mailbox"),
        ({"email": "Ada+x@counsel.example", "email_again": "Ada+x@counsel.example"}, "__all__", "same mailbox"),
        ({"email_again": "other@home.example"}, "email_again", "differ"),
        ({"email": "ada", "email_again": "ada"}, "email", "no e-mail address"),
        ({"email": "a@b\n.example", "email_again": "a@b\n.example"}, "email", "no e-mail address"),
        ({"email": "", "email_again": ""}, "email", "Type the new"),
    ],
)
def test_what_is_no_second_address(typed: dict, field: str, words: str) -> None:
    answer = signed_on(account()).post(PAGE, SET | typed)
    assert answer.status_code == 200 and words in errors(answer)[field] and not mailed()


def test_a_new_password_makes_a_link_that_somebody_asked_for_worthless() -> None:
    who = account()
    signed_on(who).post(PAGE, SET)
    link = link_in(mailed(SECOND)[0])
    securing.change_password(
        account=who, current=PASSWORD, new=NEW_PASSWORD, session=None, at=timezone.now(), address="192.0.2.1"
    )
    assert Client().post(link).status_code == 410 and Account.objects.get().second_email == ""


def test_it_is_removed_with_the_password_and_both_hear_of_it(ada: Account) -> None:
    browser = signed_on(ada)
    assert "?remove=1" in browser.get(PAGE).content.decode()
    assert "not right" in errors(browser.post(f"{PAGE}?remove=1", {"current": "wrong"}))["current"]
    assert browser.post(f"{PAGE}?remove=1", {"current": PASSWORD}).status_code == 302
    assert Account.objects.get().second_email == "" and mailed()[-1].recipients == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("news", "act"),
    [
        ("its password was changed", lambda who, now: securing.change_password(
            account=who, current=PASSWORD, new=NEW_PASSWORD, session=None, at=now, address="192.0.2.1")),
        ("its user name was changed", lambda who, now: securing.change_username(
            account=who, password=PASSWORD, username="ada-other-name", at=now, address="192.0.2.1")),
        ("a new e-mail address was asked for", lambda who, now: services.ask_for_email(
            account=who, password=PASSWORD, email="new@counsel.example", at=now, address="192.0.2.1")),
        ("every sign-in was ended", lambda who, now: closing.end_sign_ons(account=who.id, by="desk", at=now)),
        ("the passkey", lambda who, now: telling.tell_of_copied_passkey(who, "Key", now)),
        ("wrong codes", lambda who, now: telling.tell_of_guesses(who, 10, now)),
    ],
)  # fmt: skip
def test_news_go_to_both(ada: Account, news: str, act) -> None:
    act(ada, timezone.now())
    [told] = [one for one in mailed(SECOND) if news in one.text]
    assert told.recipients == [FIRST, SECOND]


def test_of_two_step_sign_in_and_of_a_new_browser_both_hear(ada: Account) -> None:
    set_up(signed_on(ada))
    assert mailed(SECOND)[-1].recipients == [FIRST, SECOND] and "was added" in mailed(SECOND)[-1].text
    Account.objects.update(second_factor_since=None)
    sign_in(Client(headers=BROWSER, REMOTE_ADDR="203.0.113.9"))
    assert mailed(SECOND)[-1].recipients == [FIRST, SECOND] and "/pscof/not-me/" in mailed(SECOND)[-1].text


def test_nothing_that_opens_the_account_goes_to_the_second(ada: Account) -> None:
    now = timezone.now()
    services.request_reset(username=ada.username, email=FIRST, address="192.0.2.1", at=now)
    services.request_reset(username=ada.username, email=SECOND, address="192.0.2.1", at=now)
    telling.mail_code(ada, "12345678", now)
    assert [one.recipients for one in mailed()] == [[FIRST], [FIRST]]
    assert not [one for one in mailed(SECOND) if re.search(r"/pscof/reset/|\d{8}", one.text)]


def test_who_takes_the_first_mailbox_cannot_do_it_in_silence(ada: Account) -> None:
    services.ask_for_email(
        account=ada, password=PASSWORD, email="thief@away.example", address="192.0.2.1", at=timezone.now()
    )
    securing.confirm_email(secret=link_in(mailed("thief@away.example")[0]).rpartition("/")[2], at=timezone.now())
    assert mailed()[-1].recipients == sorted([FIRST, SECOND, "thief@away.example"])


@pytest.mark.parametrize(("since", "stays"), [(timedelta(days=30), True), (timedelta(0), False)])
def test_it_was_not_me_takes_away_what_was_set_since(since: timedelta, stays: bool) -> None:
    now = timezone.now()
    who = account(second_email=SECOND, second_email_at=now - timedelta(days=10), last_used_at=now)
    browser = Client(headers=BROWSER)
    sign_in(browser)
    assert browser.cookies[SESSION_COOKIE].value
    link = link_in(mailed(FIRST)[-1])
    Account.objects.update(second_email_at=now - since if stays else timezone.now())
    assert Client().post(link).status_code == 200
    assert (Account.objects.get(id=who.id).second_email == SECOND) is stays
    assert AuditLine.objects.get(act="account.disowned").facts["second_email"] is not stays


def test_legacy_accounts_upgrade_first_and_links_are_kept_as_digests() -> None:
    old = legacy()
    assert "/pscof/upgrade" in signed_on(old).get(PAGE).headers["Location"]
    who = account("grace-counsel", email="grace@counsel.example")
    signed_on(who).post(PAGE, SET)
    secret = link_in(mailed(SECOND)[0]).rpartition("/")[2]
    assert not MailedLink.objects.filter(digest=secret).exists() and MailedLink.objects.count() == 1
