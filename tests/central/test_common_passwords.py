"""A right password that many people use: whoever signs on with it in a browser chooses another before going on; a program
goes on, and its owner is told once."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from openecf.central.accounts import rules, services
from openecf.central.accounts.models import Account
from openecf.platform.audit.models import AuditLine
from openecf.platform.demo_cast import ACCOUNTS
from tests.central.phones import CODE_PAGE, app_of, is_signed_on
from tests.central.registrants import NEW_PASSWORD, errors, link_in, mailed
from tests.central.relying import Court, account, appurl, court, goes_to, session_of, sign_in
from tests.central.test_passkeys import OPTIONS, SIGN_ON, key_of

__all__ = ["court"]
pytestmark = pytest.mark.django_db
COMMON = "1234567890qwertyuiop"
PAGE = "/csologin/new-password"
CHOSEN = {"current": COMMON, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD}


@pytest.fixture
def ada() -> Account:
    return account(password=make_password(COMMON))


def on(**more: str) -> Client:
    browser = Client()
    assert sign_in(browser, password=COMMON, **more).status_code == 302
    return browser


@pytest.mark.parametrize(
    ("password", "led", "because"),
    [
        (COMMON, True, "it is on the list"),
        ("Sunshine2024!", True, "as registration reads it: the word with digits and signs around it"),
        ("BASEBALL", True, "in whatever letters"),
        ("tulip-seven", False, "short, which registration refuses, but not common"),
        (NEW_PASSWORD, False, "nobody else's"),
    ],
)
def test_who_is_led_to_a_new_password(password, led, because) -> None:
    who, browser = account(password=make_password(password)), Client()
    sign_in(browser, password=password)
    page = browser.get("/pscof/manage")
    assert (page.status_code == 302 and goes_to(page) == PAGE) is led, because
    who.refresh_from_db()
    assert who.password_is_common is led


def test_the_demonstrations_people_are_not() -> None:
    assert [one.username for one in ACCOUNTS if rules.is_common(one.password.lower())] == []


@pytest.mark.parametrize(
    "page",
    ["/pscof/manage", "/pscof/manage/password", "/pscof/manage/usage", "/pscof/manage/factors", "/csologin/told"],
)
def test_no_page_of_the_account_opens_before(ada, page) -> None:
    answer = on().get(page)
    assert goes_to(answer) == PAGE and parse_qs(urlsplit(answer.headers["Location"]).query)["appurl"] == [page]


def test_no_court_opens_before_and_then_the_same_one_does(ada, court: Court) -> None:
    browser, asking = on(), court.ask()
    led = asking.by(browser)
    assert goes_to(led) == PAGE
    shown = browser.get(led.headers["Location"])
    assert shown.status_code == 200 and "list of those that many people use" in shown.content.decode()
    back = browser.post(PAGE, CHOSEN | {"appurl": appurl(led)})
    assert back.headers["Location"] == appurl(led)
    assert asking.code(browser)


def test_a_court_that_asks_without_pages_is_told_so(ada, court: Court) -> None:
    answer = court.ask(prompt="none").by(on())
    assert "error=interaction_required" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"current": "not it"}, "current"),
        ({"password": COMMON, "password_again": COMMON}, "password"),
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password_again": "another one altogether"}, "password_again"),
        ({"current": "", "password": "", "password_again": ""}, "current"),
    ],
)
def test_what_is_no_new_password(ada, typed, field) -> None:
    browser = on()
    answer = browser.post(PAGE, CHOSEN | typed)
    assert answer.status_code == 200 and (field in errors(answer) or "__all__" in errors(answer))
    assert goes_to(browser.get("/pscof/manage")) == PAGE


def test_with_another_one_the_person_goes_on_and_the_others_sessions_are_over(ada) -> None:
    here, there = on(), on()
    assert here.post(PAGE, CHOSEN).headers["Location"] == "/pscof/manage"
    assert here.get("/pscof/manage").status_code == 200 and not is_signed_on(there)
    assert goes_to(here.get(PAGE)) == "/pscof/manage", "there is nothing more to choose"
    assert sign_in(Client(), password=COMMON).status_code == 200
    assert sign_in(Client(), password=NEW_PASSWORD).status_code == 302


def test_legacy_accounts_choose_one_too(ada) -> None:
    Account.objects.update(upgraded_at=None)
    browser = on()
    assert goes_to(browser.get("/pscof/upgrade")) == PAGE
    assert browser.post(PAGE, CHOSEN | {"appurl": "/pscof/upgrade"}).headers["Location"] == "/pscof/upgrade"
    assert browser.get("/pscof/upgrade").status_code == 200


def test_the_mailed_link_settles_it_too(ada) -> None:
    on()
    services.request_reset(username=ada.username, email=ada.email, address="192.0.2.1", at=timezone.now())
    Client().post(link_in(mailed(ada.email)[-1]), {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD})
    assert not Account.objects.get().password_is_common


def test_after_the_second_step_not_before(ada) -> None:
    phone, browser = app_of(ada), Client()
    assert goes_to(sign_in(browser, password=COMMON)) == CODE_PAGE
    assert goes_to(browser.get(PAGE)) == "/csologin/login.jsf", "a password alone opens this page neither"
    browser.post(CODE_PAGE, {"code": phone.next()})
    assert goes_to(browser.get("/pscof/manage")) == PAGE


def test_a_passkey_alone_goes_on() -> None:
    key = key_of(account())
    Account.objects.update(password_is_common=True)
    browser = Client()
    browser.post(SIGN_ON, {"answer": key.shown(browser.post(OPTIONS).json())})
    assert session_of(browser) and browser.get("/pscof/manage").status_code == 200


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_afterwards(ada, address) -> None:
    assert on().post(PAGE, CHOSEN | {"appurl": address}).headers["Location"] in ("/pscof/manage", "/")


class TestAProgram:
    @staticmethod
    def asks(password: str = COMMON, **more: str) -> dict:
        body = {"loginId": "ada-counsel", "password": password, "redactFlag": "1"} | more
        return Client().post("/services/cso-auth", json.dumps(body), content_type="application/json").json()

    def test_goes_on_and_its_owner_is_told_once(self, ada) -> None:
        Account.objects.update(language="es")
        for _ in range(3):
            answer = self.asks()
            assert answer["loginResult"] == "0" and len(answer["nextGenCSO"]) == 128
        [mail] = mailed(ada.email)
        assert ada.number in mail.text and COMMON not in mail.text
        assert AuditLine.objects.filter(act="account.password-common").count() == 1
        assert goes_to(on().get("/pscof/manage")) == PAGE, "in a browser its owner chooses another"

    def test_that_does_not_prove_the_second_factor_tells_nobody(self, ada) -> None:
        app_of(ada)
        assert self.asks(otpCode="000000")["loginResult"] == "13"
        assert not Account.objects.get().password_is_common and mailed(ada.email) == []

    def test_with_a_good_password_is_not_concerned(self) -> None:
        who = account(password=make_password(NEW_PASSWORD))
        assert self.asks(NEW_PASSWORD)["loginResult"] == "0" and mailed(who.email) == []

    def test_whose_owner_was_led_in_a_browser_mails_nothing(self, ada) -> None:
        on()
        assert self.asks()["loginResult"] == "0" and mailed(ada.email) == []
