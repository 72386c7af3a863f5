"""Signing on with a second factor: the code's page, step-up for courts, programs, what wrong codes learn."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.models import Account, AccountType, KnownDevice
from openecf.central.accounts.services import DEVICE_COOKIE, remember_device
from openecf.central.factors import rules, services
from openecf.central.factors.models import AuthenticatorApp, RecoveryCode, Waiting, WrongCodes
from openecf.central.signon import queries
from openecf.central.signon.context import WAITING_COOKIE
from openecf.central.signon.models import SsoSession
from openecf.central.signon.rules import AAL1, AAL2
from openecf.platform.banners import queries as banners
from openecf.platform.throttle.models import Counter
from tests.central.phones import CODE_PAGE, Phone, app_of, is_signed_on, password_given, recovery_codes_of, set_up
from tests.central.registrants import NEW_PASSWORD, mailed, without_tokens
from tests.central.relying import (
    BROWSER,
    SESSION_COOKIE,
    Court,
    account,
    answered,
    claims_of,
    court,
    goes_to,
    session_of,
    sign_in,
    signed_on,
)
from tests.central.test_signon_api import credentials, told, xml
from tests.central.test_signon_costs import everything_that_the_database_holds, statements

__all__ = ["court"]
pytestmark = pytest.mark.django_db


def code(browser: Client, typed: str, **more: str):
    return browser.post(CODE_PAGE, {"code": typed} | more)


def signed_on_by_code(who: Account, phone: Phone) -> Client:
    browser = password_given(who)
    assert code(browser, phone.next()).headers["Location"] == "/pscof/manage"
    return browser


def test_a_right_password_alone_signs_nobody_on() -> None:
    who = account()
    phone = app_of(who)
    browser = password_given(who)
    assert not is_signed_on(browser) and not SsoSession.objects.exists() and not KnownDevice.objects.exists()
    assert browser.get("/pscof/manage").status_code == 302
    page = browser.get(CODE_PAGE).content.decode()
    assert 'autocomplete="one-time-code"' in page and who.username not in page
    answer = code(browser, phone.next())
    assert answer.headers["Location"] == "/pscof/manage" and is_signed_on(browser)
    session = session_of(browser)
    assert (session.acr, session.amr) == (AAL2, ["pwd", "otp", "mfa"])
    assert DEVICE_COOKIE in browser.cookies, "now it is a known device"


def test_a_recovery_code_signs_on_once_and_says_so() -> None:
    who = account()
    app_of(who)
    first, *_rest = recovery_codes_of(who)
    browser = password_given(who)
    assert code(browser, f" {first.lower().replace('-', ' ')} ").status_code == 302
    assert (session_of(browser).acr, session_of(browser).amr) == (AAL2, ["pwd", "mfa"])
    assert "9 are left" in mailed(who.email)[-1].text
    assert code(password_given(who), first).status_code == 200, "used up"


def test_the_client_code_and_the_way_back_are_carried_over(court: Court) -> None:
    who = account()
    phone, asking, browser = app_of(who), court.ask(), Client()
    first = asking.by(browser)
    appurl = parse_qs(urlsplit(first.headers["Location"]).query)["appurl"][0]
    second = sign_in(browser, appurl=appurl, **{"loginForm:clientCode": "matter-9"})
    assert goes_to(second) == CODE_PAGE
    page = browser.get(second.headers["Location"]).content.decode()
    carried = re.search(r'name="appurl" value="([^"]*)"', page)[1].replace("&amp;", "&")
    assert carried == appurl
    on = code(browser, phone.next(), appurl=carried)
    answer = Client().post("/oauth2/token", asking.form(answered(browser.get(on.headers["Location"]))["code"])).json()
    claims = claims_of(answer["id_token"])
    assert (claims["acr"], claims["amr"]) == (AAL2, ["pwd", "otp", "mfa"])
    assert session_of(browser).client_code == "matter-9"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_code_leads_to_no_stranger(target) -> None:
    who = account()
    phone = app_of(who)
    assert code(password_given(who), phone.next(), appurl=target).headers["Location"] in ("/", "/pscof/manage")


def test_accounts_without_apps_sign_on_as_ever() -> None:
    account()
    browser = Client()
    assert sign_in(browser).headers["Location"] == "/pscof/manage"
    assert (session_of(browser).acr, session_of(browser).amr) == (AAL1, ["pwd"])


def test_every_wrong_code_is_answered_alike_to_the_byte() -> None:
    who = account()
    phone = app_of(who)
    used, (used_recovery, *_rest) = phone.next(), recovery_codes_of(who)
    for one in (used, used_recovery):
        assert services.prove(account=who, code=one, at=timezone.now())
    old = phone.at(timezone.now() - timedelta(minutes=5))
    browser = password_given(who)
    wrong = [phone.wrong(), used, used_recovery, old, "", "x" * 200, "000", "'; --", "١٢٣٤٥٦", "0" * 24]
    answers = [code(browser, typed) for typed in wrong[:9]]
    assert {one.status_code for one in answers} == {200}
    assert len({without_tokens(one) for one in answers}) == 1 and not is_signed_on(browser)


def test_the_tenth_wrong_code_ends_the_sign_in_and_its_owner_is_mailed() -> None:
    who = account()
    phone = app_of(who)
    browser = password_given(who)
    waiting = browser.cookies[WAITING_COOKIE].value
    for _ in range(9):
        assert b"Sign in again" not in code(browser, phone.wrong()).content
    assert not mailed(who.email)
    last = code(browser, phone.wrong())
    assert b"Sign in again" in last.content and "knows your password" in mailed(who.email)[-1].text
    browser.cookies[WAITING_COOKIE] = waiting
    assert b"Sign in again" in code(browser, phone.next()).content and not is_signed_on(browser), "it is dead"
    assert is_signed_on(signed_on_by_code(who, phone)), "the owner signs on at once, elsewhere"


@pytest.mark.parametrize("what", ["late", "used", "password", "disabled", "no cookie", "another's cookie"])
def test_a_sign_in_that_waits_no_more_takes_no_code(what) -> None:
    who = account()
    phone = app_of(who)
    browser = password_given(who)
    waiting = browser.cookies[WAITING_COOKIE].value
    if what == "late":
        Waiting.objects.update(expires_at=timezone.now())
    elif what == "used":
        assert code(browser, phone.next()).status_code == 302
        browser.cookies = type(browser.cookies)({WAITING_COOKIE: waiting})
    elif what == "password":
        Account.objects.update(password_changed_at=timezone.now())
    elif what == "disabled":
        Account.objects.update(is_active=False)
    else:
        browser.cookies.clear()
        if what == "another's cookie":
            browser.cookies[WAITING_COOKIE] = "y" * 43
    before = SsoSession.objects.count()
    assert b"Sign in again" in code(browser, phone.next()).content
    assert SsoSession.objects.count() == before


def test_the_code_of_one_person_opens_no_other_persons_sign_in() -> None:
    mine, theirs = account("mine"), account("theirs")
    my_phone, _their_phone = app_of(mine), app_of(theirs)
    my_codes = recovery_codes_of(mine)
    browser = password_given(theirs)
    assert code(browser, my_phone.next()).status_code == 200
    assert code(browser, my_codes[0]).status_code == 200 and not is_signed_on(browser)


def test_a_hundred_wrong_codes_close_the_code_to_strangers_and_never_to_the_owner() -> None:
    """NIST SP 800-63B-4 3.2.2, and identity.md section 5: the cap must not become a way to lock the owner out."""
    who = account()
    phone, recovery = app_of(who), recovery_codes_of(who)
    known = remember_device(account=who, at=timezone.now())
    for _ in range(10):
        Counter.objects.all().delete()
        browser = password_given(who)
        for _ in range(10):
            code(browser, phone.wrong())
    assert WrongCodes.objects.get().n == 100
    assert code(password_given(who), phone.next()).status_code == 200, "even the right one"
    at_home = Client()
    at_home.cookies[DEVICE_COOKIE] = known
    sign_in(at_home)
    assert code(at_home, phone.next()).status_code == 302, "a known device has a count of its own"
    assert code(password_given(who), recovery[0]).status_code == 302, "nobody guesses a recovery code"
    assert not WrongCodes.objects.exists()
    assert is_signed_on(signed_on_by_code(who, phone)), "which opens the code again"


def test_wrong_passwords_are_forgotten_only_when_the_code_was_right_too() -> None:
    who = account()
    phone = app_of(who)
    for _ in range(3):
        sign_in(Client(), password="wrong")
    browser = password_given(who)
    assert Counter.objects.filter(key__startswith="name-network:").exists()
    assert code(browser, phone.next()).status_code == 302
    assert not Counter.objects.filter(key__startswith="name-network:").exists()


def test_signing_on_again_goes_on_under_a_new_cookie(court: Court) -> None:
    who = account()
    phone = app_of(who)
    browser = signed_on_by_code(who, phone)
    old, session = browser.cookies[SESSION_COOKIE].value, session_of(browser)
    sign_in(browser)
    assert session_of(browser).id == session.id, "until the code is right the old sign-on is as it was"
    assert code(browser, phone.next()).status_code == 302
    assert session_of(browser).id == session.id and browser.cookies[SESSION_COOKIE].value != old


def test_a_court_that_asks_for_two_factors_gets_them_from_who_has_none_yet(court: Court) -> None:
    who = account()
    browser, asking = signed_on(who), court.ask(acr_values=AAL2)
    assert answered(asking_none := court.ask(acr_values=AAL2, prompt="none").by(browser))["error"] == (
        "interaction_required"
    ), asking_none
    led = asking.by(browser)
    assert goes_to(led) == "/pscof/manage/factors/add"
    here = parse_qs(urlsplit(led.headers["Location"]).query)["appurl"][0]
    assert "The court asks for two-step sign-in" in browser.get(led.headers["Location"]).content.decode()
    _phone, page = set_up(browser, appurl=here)
    onward = re.search(r'href="(/oauth2/authorize[^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    answer = Client().post("/oauth2/token", asking.form(answered(browser.get(onward))["code"])).json()
    assert claims_of(answer["id_token"])["acr"] == AAL2


def test_a_court_that_asks_for_two_factors_leads_a_sign_on_with_one_to_the_code(court: Court) -> None:
    who = account()
    browser = signed_on(who)
    phone, asking = app_of(who), court.ask(acr_values=f"{AAL2} urn:x")
    session = session_of(browser)
    led = asking.by(browser)
    assert goes_to(led) == CODE_PAGE
    here = parse_qs(urlsplit(led.headers["Location"]).query)["appurl"][0]
    on = code(browser, phone.next(), appurl=here)
    assert session_of(browser).id == session.id
    answer = Client().post("/oauth2/token", asking.form(answered(browser.get(on.headers["Location"]))["code"])).json()
    assert claims_of(answer["id_token"])["acr"] == AAL2


@pytest.mark.parametrize("asked", ["", AAL1, f"{AAL1} {AAL2}", "urn:x"])
def test_who_asks_for_less_gets_a_code_at_once(court: Court, asked) -> None:
    assert court.ask(acr_values=asked or None).code(signed_on(account()))


def test_what_was_proved_is_frozen_into_the_code(court: Court) -> None:
    """Between the page and the token endpoint the sign-on may rise or be renewed; the code says what it was given on."""
    browser, asking = signed_on(account()), court.ask()
    given = asking.code(browser)
    SsoSession.objects.update(acr=AAL2, amr=["pwd", "otp", "mfa"], auth_time=timezone.now() + timedelta(hours=1))
    claims = claims_of(Client().post("/oauth2/token", asking.form(given)).json()["id_token"])
    assert (claims["acr"], claims["amr"]) == (AAL1, ["pwd"]) and claims["auth_time"] <= claims["iat"]


def test_discovery_says_both_levels() -> None:
    assert Client().get("/.well-known/openid-configuration").json()["acr_values_supported"] == [AAL1, AAL2]


def test_a_program_sends_the_code_along(court: Court) -> None:
    who = account()
    phone, (recovery, *_rest) = app_of(who), recovery_codes_of(who)
    for otp, amr in ((phone.next(), ["pwd", "otp", "mfa"]), (recovery, ["pwd", "mfa"])):
        answer = told(credentials(otpCode=otp))
        assert answer["loginResult"] == "0"
        found = queries.by_api_token(token=answer["nextGenCSO"], court="flsb", now=timezone.now())
        assert (found.session.acr, found.session.amr) == (AAL2, amr)
    assert told(credentials(otpCode=recovery))["loginResult"] == "13", "each once"


@pytest.mark.parametrize("kind", ["json", "xml"])
def test_wrong_name_password_or_code_are_one_answer_to_the_byte(kind) -> None:
    who = account(type=AccountType.ATTORNEY)
    phone = app_of(who)
    used = phone.next()
    assert told(credentials(otpCode=used))["loginResult"] == "0"
    tries = [{}, {"otpCode": ""}, {"otpCode": phone.wrong()}, {"otpCode": used}, {"otpCode": "A" * 24},
             {"password": "wrong", "otpCode": phone.next()}, {"loginId": "nobody", "otpCode": "123456"},
             {"redactFlag": "", "otpCode": phone.wrong()}]  # fmt: skip
    answers = set()
    for more in tries:
        Counter.objects.all().delete()
        given = credentials(**more)
        body = json.dumps(given) if kind == "json" else xml("CsoAuth", given)
        answer = Client().post("/services/cso-auth", body, content_type=f"application/{kind}")
        answers.add((answer.status_code, answer.content, answer.headers["Content-Type"]))
    assert len(answers) == 1 and b"13" in next(iter(answers))[1]


def test_wrong_codes_of_a_program_use_up_the_budget_of_wrong_passwords() -> None:
    who = account()
    phone = app_of(who)
    for _ in range(6):
        assert told(credentials(otpCode=phone.wrong()))["loginResult"] == "13"
    assert told(credentials(otpCode=phone.next()))["loginResult"] == "13", "this network waits"


def test_a_reset_password_does_not_go_round_the_code() -> None:
    who = account()
    phone = app_of(who)
    who.set_password(NEW_PASSWORD)
    Account.objects.filter(id=who.id).update(password=who.password, password_changed_at=timezone.now())
    browser = Client()
    assert goes_to(sign_in(browser, password=NEW_PASSWORD)) == CODE_PAGE
    assert code(browser, phone.next()).status_code == 302


def test_what_a_sign_on_with_a_code_costs(monkeypatch) -> None:
    monkeypatch.setattr(banners, "KEPT_SECONDS", 1e9)  # a process reads them again now and then: not while we count
    who = account()
    phone = app_of(who)
    sign_in(Client())
    browser = Client(headers=BROWSER)
    password, answer = statements(lambda: sign_in(browser))
    page, _ = statements(lambda: browser.get(answer.headers["Location"]))
    second, answer = statements(lambda: code(browser, phone.next()))
    assert answer.status_code == 302
    assert {"password": password, "page": page, "code": second} == {"password": 4, "page": 1, "code": 14}


def test_a_stolen_database_proves_no_second_factor() -> None:
    who = account()
    phone = app_of(who)
    codes = recovery_codes_of(who)
    browser = password_given(who)
    held = everything_that_the_database_holds()
    secret, bare = phone.secret, {code.replace("-", "") for code in codes}
    assert not {*codes, *bare, secret.hex(), rules.in_text(secret), rules.in_text(secret).replace(" ", "")} & held
    assert browser.cookies[WAITING_COOKIE].value not in held
    assert secret not in bytes(AuthenticatorApp.objects.get().sealed)
    assert RecoveryCode.objects.count() == 10
    for value in held:
        assert services.prove(account=who, code=value, at=timezone.now()) is None
    assert len(held) > 40 and who.username in held
