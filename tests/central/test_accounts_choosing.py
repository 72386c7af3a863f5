"""Choosing a password: what the page says beforehand is what refuses it afterwards, and nobody's names are told."""

from __future__ import annotations

import pytest
from django.test import Client

from openecf.central.accounts.models import Account
from openecf.platform.audit.models import AuditLine
from openecf.platform.throttle.models import Counter
from tests.central.phones import app_of
from tests.central.registrants import ADDRESS, NEW_PASSWORD, PERSON, begin, errors
from tests.central.relying import account, signed_on

pytestmark = pytest.mark.django_db
ASKED = "/pscof/password-strength"
STRENGTH, ENOUGH = 'data-strength="/pscof/password-strength"', 'data-least="15"'


def asks(browser: Client, password: str, **more: str) -> dict:
    answer = browser.post(ASKED, {"password": password} | more)
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    return answer.json()


@pytest.mark.parametrize(
    ("password", "level", "words"),
    [
        (NEW_PASSWORD, "strong", "strong password"),
        ("short", "weak", "at least 15"),
        ("passwordpassword", "weak", "many people use"),
        ("gravel ada tulip counsel", "weak", "your name"),
        ("x" * 300, "weak", "at most 256"),
        ("a\0b", "weak", "at least 15"),
    ],
)
def test_a_person_who_is_signed_on_is_told_what_would_be_refused(password: str, level: str, words: str) -> None:
    browser = signed_on(account())
    told = asks(browser, password)
    assert told["level"] == level and words in told["said"]
    page = {"current": "walnut-ferry-overcast", "password": password, "password_again": password}
    answer = browser.post("/pscof/manage/password", page)
    assert (answer.status_code == 302) is (level != "weak"), errors(answer)
    if level == "weak" and "\0" not in password:
        assert errors(answer)["password"] == told["said"]


def test_one_who_registers_is_known_by_what_was_typed_in_this_browser_alone() -> None:
    browser = begin()
    browser.post("/pscof/register/person", PERSON)
    browser.post("/pscof/register/address", ADDRESS)
    for guessable, username in (("gravel halloran tulip", ""), ("gravel tulip nh-lawoffice", "nh-lawoffice")):
        assert "your name" in asks(browser, guessable, username=username)["said"]
        assert asks(Client(), guessable)["level"] == "strong", "of a stranger nothing is known"


def test_nothing_of_it_is_kept_and_a_flood_is_slowed() -> None:
    account()
    assert asks(Client(), NEW_PASSWORD)["level"] == "strong"
    assert not AuditLine.objects.exists() and Account.objects.get().password_changed_at is None
    assert Client().get(ASKED).status_code == 405
    Counter.objects.filter(key__startswith="pace:password-strength").update(n=240)
    assert Client().post(ASKED, {"password": NEW_PASSWORD}).status_code == 429


@pytest.mark.parametrize("path", ["/pscof/manage/password", "/pscof/register/security"])
def test_the_pages_on_which_one_is_chosen_load_the_guide(path: str) -> None:
    browser = signed_on(account()) if "manage" in path else begin()
    if "register" in path:
        browser.post("/pscof/register/person", PERSON)
        browser.post("/pscof/register/address", ADDRESS)
    page = browser.get(path).content.decode()
    assert STRENGTH in page and ENOUGH in page and page.count("data-strength") == 1
    assert "accounts/password" in page and 'autocomplete="new-password"' in page
    assert "<script>" not in page and "onkey" not in page and "style=" not in page


def test_with_a_second_factor_the_page_asks_for_less() -> None:
    who = account()
    browser = signed_on(who)
    app_of(who)
    assert 'data-least="12"' in browser.get("/pscof/manage/password").content.decode()
    assert asks(browser, "gravel tulip", two_step="1")["level"] == "good"
    assert asks(browser, "gravel tulip")["level"] == "weak"
