"""The sign-on page's form token: programs that fill the page in as they found it get in (pacer-cli does it so), other sites
do not."""

from __future__ import annotations

import re
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client

from openecf.central.signon.rules import AAL2
from tests.central.phones import app_of, is_signed_on
from tests.central.relying import PASSWORD, Court, account, answered, court, session_of

__all__ = ["court"]
pytestmark = pytest.mark.django_db
PAGE = "/csologin/login.jsf?pscCourtId=FLSBK&appurl=/pscof/manage/sessions"


def program() -> Client:
    """Over TLS, with a cookie jar, without Referer and Origin."""
    return Client(enforce_csrf_checks=True)


def view_state(page: str) -> str:
    return re.search(r'name="(?:javax|jakarta)\.faces\.ViewState"[^>]*value="([^"]*)"', page)[1]


def filled_in(browser: Client, **more: str) -> dict[str, str]:
    page = browser.get(PAGE, secure=True).content.decode()
    return {
        "loginForm": "loginForm", "loginForm:loginName": "ada-counsel", "loginForm:password": PASSWORD,
        "loginForm:clientCode": "", "loginForm:fbtnLogin": "", "javax.faces.ViewState": view_state(page),
    } | more  # fmt: skip


def test_a_program_that_sends_back_what_it_found_signs_on() -> None:
    account()
    browser = program()
    answer = browser.post(PAGE, filled_in(browser), secure=True)
    assert answer.headers["Location"] == "/pscof/manage/sessions" and is_signed_on(browser)


def test_and_goes_on_to_a_court_like_a_browser(court: Court) -> None:
    account()
    browser = program()
    browser.post(PAGE, filled_in(browser), secure=True)
    assert "code" in answered(court.ask().by(browser))


def test_its_second_step_is_answered_by_xml_that_names_the_way() -> None:
    phone = app_of(account())
    browser = program()
    page = browser.post(PAGE, filled_in(browser), secure=True, follow=True).content.decode()
    assert "mfaForm" in page
    form = {"mfaForm": "mfaForm", "mfaForm:mfaInput": phone.wrong(), "mfaForm:btnOk": "",
            "javax.faces.ViewState": view_state(page)}  # fmt: skip
    wrong = browser.post(PAGE, form, secure=True)
    assert fromstring(wrong.content).find("redirect") is None and not is_signed_on(browser)
    right = browser.post(PAGE, form | {"mfaForm:mfaInput": phone.next()}, secure=True)
    assert fromstring(right.content).find("redirect").get("url") == "https://testserver/pscof/manage/sessions"
    assert session_of(browser).acr == AAL2


def test_a_second_step_that_nobody_waits_for_opens_nothing() -> None:
    account()
    browser = program()
    form = filled_in(browser) | {"mfaForm:mfaInput": "123456"}
    assert fromstring(browser.post(PAGE, form, secure=True).content).find("error") is not None
    assert not is_signed_on(browser)


@pytest.mark.parametrize("token", ["", "stateless", "x" * 64, None])
def test_without_the_pages_own_token_nothing_happens(token) -> None:
    account()
    browser = program()
    form = {
        name: value
        for name, value in (filled_in(browser) | {"javax.faces.ViewState": token}).items()
        if value is not None
    }
    assert browser.post(PAGE, form, secure=True).status_code == 403 and not is_signed_on(browser)


def test_another_browsers_token_is_not_this_ones() -> None:
    account()
    form = filled_in(program())
    browser = program()
    assert browser.post(PAGE, form, secure=True).status_code == 403, "without a cookie"
    filled_in(browser)
    assert browser.post(PAGE, form, secure=True).status_code == 403, "with its own cookie and a stranger's token"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/page"},
        {"Referer": "http://testserver/csologin/login.jsf"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_another_site_is_refused_even_with_the_token(headers) -> None:
    account()
    browser = program()
    answer = browser.post(PAGE, filled_in(browser), secure=True, headers=headers)
    assert answer.status_code == 403 and not is_signed_on(browser)


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://testserver"}, {"Referer": "https://testserver/csologin/login.jsf"}], ids=str
)
def test_a_browser_on_the_page_itself_signs_on(headers) -> None:
    account()
    browser = program()
    form = filled_in(browser)
    form["csrfmiddlewaretoken"] = form.pop("javax.faces.ViewState")
    assert browser.post(PAGE, form, secure=True, headers=headers).status_code == 302
