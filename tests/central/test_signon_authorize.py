"""The authorization endpoint: who gets a code, who is led through the pages, what is refused and to whom it is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.models import AccountType
from openecf.central.signon.models import Code, SsoSession
from tests.central.relying import (
    ISSUER,
    SESSION_COOKIE,
    Court,
    account,
    answered,
    appurl,
    claims_of,
    court,
    forged,
    goes_to,
    other_court,
    session_of,
    sign_in,
    signed_on,
)  # fmt: skip

__all__ = ["court", "other_court"]
SIGN_ON, TOLD = "/csologin/login.jsf", "/csologin/told"


@pytest.mark.parametrize(
    ("asked", "because"),
    [
        ({"client_id": "nobody"}, "no such court"),
        ({"client_id": None}, "no court named"),
        ({"client_id": "f\0sb"}, "not even text"),
        ({"redirect_uri": None}, "nowhere to go back to"),
        ({"redirect_uri": "http://evil.test/oidc/callback"}, "another host"),
        ({"redirect_uri": "http://flsb.test/oidc/callback?more=1"}, "a query added"),
        ({"redirect_uri": "http://flsb.test/oidc/callback/"}, "a slash added"),
        ({"redirect_uri": "http://flsb.test/oidc/callback/../x"}, "a path added"),
        ({"redirect_uri": "http://FLSB.test/oidc/callback"}, "another spelling"),
        ({"redirect_uri": "https://flsb.test/oidc/callback"}, "another scheme"),
        ({"redirect_uri": "http://flsb.test/oidc/callback#x"}, "a fragment"),
        ({"redirect_uri": "http://flsb.test@evil.test/oidc/callback"}, "a user name that looks like the court"),
        ({"redirect_uri": "http://flsd.test/oidc/callback"}, "another court's address"),
        ({"redirect_uri": ["http://flsb.test/oidc/callback", "http://evil.test/x"]}, "two addresses"),
    ],
)
def test_a_page_says_what_is_wrong_when_the_way_back_is_not_the_courts_own(
    court: Court, other_court: Court, asked: dict, because: str
) -> None:
    answer = court.ask(**asked).by(signed_on(account()))
    assert answer.status_code == 400 and "Location" not in answer.headers, because
    assert not Code.objects.exists()


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_type": "cod\u00e9"}, "unsupported_response_type"),
        ({"response_type": "code\0"}, "unsupported_response_type"),
        ({"response_type": 'co"de'}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "x" * 44}, "invalid_request"),
        ({"code_challenge": "é" * 43}, "invalid_request"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://flsb.test/request"}, "request_uri_not_supported"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "sing"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"scope": "profile email"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"nonce": "x" * 600}, "invalid_request"),
        ({"nonce": "a\0b"}, "invalid_request"),
        ({"state": ["a", "b"]}, "invalid_request"),
        ({"scope": ["openid", "email"]}, "invalid_request"),
    ],
)
def test_the_court_is_told_what_is_wrong(court: Court, asked: dict, error: str) -> None:
    asking = court.ask(**asked)
    back = answered(asking.by(signed_on(account())))
    assert back["error"] == error and back["iss"] == ISSUER and "code" not in back
    if isinstance(asking.parameters.get("state"), str):
        assert back["state"] == asking.parameters["state"]
    assert not Code.objects.exists()


def test_a_person_who_signed_on_gets_a_code(court: Court) -> None:
    browser = signed_on(account())
    back = answered(court.ask(state="x y&z=1").by(browser))
    assert set(back) == {"code", "state", "iss"} and back["state"] == "x y&z=1" and back["iss"] == ISSUER


def test_a_request_without_state_is_answered_without_state(court: Court) -> None:
    assert set(answered(court.ask(state=None).by(signed_on(account())))) == {"code", "iss"}


def test_the_answer_is_never_cached(court: Court) -> None:
    assert "no-store" in court.ask().by(signed_on(account())).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("asked", "because"),
    [
        ({"claims": '{"userinfo":{"name":{"essential":true}}}'}, "claims is no claim about who signed on"),
        ({"claims": "not even JSON"}, "nor does it have to be read"),
        ({"prompt": "consent"}, "courts need no consent"),
        ({"display": "popup", "ui_locales": "fr de", "acr_values": "urn:x", "login_hint": "me"}, "hints bind nobody"),
        ({"nonce": None}, "a nonce is the court's business"),
        ({"max_age": "600"}, "fresh enough"),
        ({"scope": "openid unheard-of"}, "an unknown scope is left out"),
    ],
)
def test_what_does_not_stand_in_the_way(court: Court, asked: dict, because: str) -> None:
    assert "code" in answered(court.ask(**asked).by(signed_on(account()))), because


def test_somebody_not_signed_on_signs_on_and_goes_on_to_the_court(court: Court) -> None:
    account()
    browser, asking = Client(), court.ask()
    first = asking.by(browser)
    assert goes_to(first) == SIGN_ON
    page = browser.get(first.headers["Location"])
    assert page.status_code == 200 and b"loginForm:password" in page.content
    on = sign_in(browser, appurl=appurl(first))
    assert goes_to(on) == "/oauth2/authorize"
    back = answered(browser.get(on.headers["Location"]))
    assert "code" in back and back["state"] == asking.parameters["state"]


def test_a_session_that_ended_or_idled_gets_no_code(court: Court) -> None:
    who = account()
    for change in ({"ended_at": timezone.now()}, {"last_seen_at": timezone.now() - timedelta(minutes=61)},
                   {"expires_at": timezone.now()}):  # fmt: skip
        browser = signed_on(who)
        SsoSession.objects.update(**change)
        assert goes_to(court.ask().by(browser)) == SIGN_ON, change


class TestPromptNone:
    def test_gets_a_code_when_the_person_signed_on(self, court: Court) -> None:
        assert "code" in answered(court.ask(prompt="none").by(signed_on(account())))

    def test_is_told_when_nobody_did(self, court: Court) -> None:
        back = answered(court.ask(prompt="none").by(Client()))
        assert back["error"] == "login_required" and back["iss"] == ISSUER

    def test_is_told_when_the_sign_on_is_too_old(self, court: Court) -> None:
        browser = signed_on(account(), at=timezone.now() - timedelta(minutes=10))
        SsoSession.objects.update(last_seen_at=timezone.now())
        assert answered(court.ask(prompt="none", max_age="300").by(browser))["error"] == "login_required"

    def test_is_told_when_the_person_has_something_to_read(self, court: Court) -> None:
        browser = signed_on(account(type=AccountType.ATTORNEY))
        assert answered(court.ask(prompt="none").by(browser))["error"] == "interaction_required"


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "0"}, {"prompt": "select_account"}])
def test_who_must_prove_it_again_does(court: Court, asked: dict) -> None:
    account()
    browser, asking = Client(), court.ask(**asked)
    sign_in(browser)
    SsoSession.objects.update(auth_time=timezone.now() - timedelta(minutes=1))
    before, cookie = session_of(browser), browser.cookies[SESSION_COOKIE].value
    first = asking.by(browser)
    assert goes_to(first) == SIGN_ON, "a live session is not enough"
    assert goes_to(browser.get(appurl(first))) == SIGN_ON, "nor is going on without the password"
    on = sign_in(browser, appurl=appurl(first))
    assert "code" in answered(browser.get(on.headers["Location"]))
    after = session_of(browser)
    assert after.id == before.id and after.auth_time > before.auth_time
    assert browser.cookies[SESSION_COOKIE].value != cookie


def test_the_note_that_somebody_proved_it_again_is_good_for_that_request_alone(court: Court) -> None:
    account()
    browser = Client()
    first = court.ask(prompt="login").by(browser)
    sign_in(browser, appurl=appurl(first))
    note = appurl(first).partition("asked=")[2]
    assert note
    again = court.ask(prompt="login").parameters
    assert goes_to(browser.get("/oauth2/authorize", again)) == SIGN_ON
    address = "/oauth2/authorize?" + "&".join(f"{k}={v}" for k, v in again.items()) + "&asked=" + note
    assert goes_to(browser.get(address)) == SIGN_ON, "another request with the same note"


@pytest.mark.parametrize("note", ["", "x", "2030-01-01T00:00:00+00:00", "e30:1tOvKJ:abc"])
def test_a_forged_note_says_nothing(court: Court, note: str) -> None:
    browser = signed_on(account(), at=timezone.now() - timedelta(minutes=1))
    assert goes_to(court.ask(prompt="login", asked=note).by(browser)) == SIGN_ON


def test_the_time_of_sign_on_is_this_browsers_own(court: Court) -> None:
    who = account()
    then = timezone.now() - timedelta(minutes=20)
    early, _late = signed_on(who, at=then), signed_on(who)
    SsoSession.objects.update(last_seen_at=timezone.now())
    claims = claims_of(court.ask().tokens(early)["id_token"])
    assert claims["auth_time"] == int(then.timestamp()), "not the time of the person's later sign-on elsewhere"


class TestHint:
    def hint_for(self, court: Court, who) -> str:
        return court.ask().tokens(signed_on(who))["id_token"]

    def test_for_the_person_who_signed_on_is_well(self, court: Court) -> None:
        who = account()
        asking = court.ask(id_token_hint=self.hint_for(court, who))
        assert "code" in answered(asking.by(signed_on(who)))

    def test_for_somebody_else_gets_no_code(self, court: Court) -> None:
        hint = self.hint_for(court, account("somebody-else"))
        browser = signed_on(account())
        for asked in ({}, {"prompt": "none"}):
            back = answered(court.ask(id_token_hint=hint, **asked).by(browser))
            assert back["error"] == "login_required" and "code" not in back

    def test_that_nobody_signed_gets_no_code(self, court: Court) -> None:
        who = account()
        for hint in (forged({"iss": ISSUER, "sub": str(who.id)}), "garbage", "e30.e30.e30"):
            assert answered(court.ask(id_token_hint=hint).by(signed_on(who)))["error"] == "login_required"


class TestPost:
    def test_is_answered_like_get(self, court: Court) -> None:
        assert "code" in answered(court.ask().by(signed_on(account()), method="post"))

    def test_from_another_site_comes_without_the_cookie_and_is_asked_to_come_again(self, court: Court) -> None:
        browser, asking = signed_on(account()), court.ask()
        first = asking.by(Client(), method="post")
        assert first.status_code == 303 and goes_to(first) == "/oauth2/authorize"
        assert "code" in answered(browser.get(first.headers["Location"]))

    def test_needs_no_token_against_forgery(self, court: Court) -> None:
        browser = Client(enforce_csrf_checks=True)
        assert court.ask().by(browser, method="post").status_code == 303


class TestWhatPeopleMustRead:
    @pytest.mark.parametrize(
        ("facts", "words"),
        [
            ({"type": AccountType.ATTORNEY}, b"Redaction agreement"),
            ({"type": AccountType.NON_ATTORNEY}, b"Redaction agreement"),
            ({"type": AccountType.ATTORNEY, "upgraded_at": None}, b"legacy account"),
            ({"type": AccountType.ADMINISTRATIVE}, b"PACER Administrative Account"),
            ({"search_status": "inactive"}, b"search privileges"),
            ({"search_status": "inactive", "search_note": "letter"}, b"activation token"),
        ],
    )
    def test_comes_once_before_the_first_court(self, court: Court, other_court: Court, facts: dict, words) -> None:
        browser = signed_on(account(**facts))
        first = court.ask().by(browser)
        assert goes_to(first) == TOLD
        page = browser.get(first.headers["Location"])
        assert words in page.content
        on = browser.post(TOLD, {"appurl": appurl(first), "redaction": "1"})
        assert "code" in answered(browser.get(on.headers["Location"]))
        assert "code" in answered(other_court.ask().by(browser)), "the second court follows at once"

    def test_redaction_must_be_confirmed(self, court: Court) -> None:
        browser = signed_on(account(type=AccountType.ATTORNEY))
        answer = browser.post(TOLD, {"appurl": "/oauth2/authorize"})
        assert answer.status_code == 200 and b"Check the box" in answer.content
        assert goes_to(court.ask().by(browser)) == TOLD


@pytest.mark.parametrize(
    ("appurl", "lands"),
    [
        ("", "/pscof/manage"),
        ("/oauth2/authorize?x=1", "/oauth2/authorize?x=1"),
        ("http://flsb.test/cgi-bin/iquery.pl", "http://flsb.test/cgi-bin/iquery.pl"),
        ("https://ecf.flsb.uscourts.gov/", "https://ecf.flsb.uscourts.gov/"),
        ("https://evil.test/", "/pscof/manage"),
        ("//evil.test/", "/"),
        ("/\\evil.test", "/"),
        ("https://ecf.flsb.uscourts.gov.evil.test/", "/pscof/manage"),
        ("https://ecf.flsb.uscourts.gov@evil.test/", "/pscof/manage"),
        ("javascript:alert(1)", "/pscof/manage"),
        ("http://[", "/pscof/manage"),
        ("/x\r\nSet-Cookie: a=b", "/"),
    ],
)
def test_after_signing_on_nobody_is_sent_to_a_stranger(court: Court, appurl: str, lands: str) -> None:
    account()
    assert sign_in(Client(), appurl=appurl).headers["Location"] == lands


def test_what_the_provider_says_of_itself(court: Court) -> None:
    said = Client().get("/.well-known/openid-configuration").json()
    assert said["issuer"] == ISSUER
    assert said["response_types_supported"] == ["code"] and said["code_challenge_methods_supported"] == ["S256"]
    assert said["authorization_response_iss_parameter_supported"] and said["backchannel_logout_session_supported"]
    assert not said["request_parameter_supported"] and not said["request_uri_parameter_supported"]
    for name in ("authorization", "token", "userinfo", "introspection", "revocation", "end_session"):
        path = said[f"{name}_endpoint"].removeprefix(ISSUER)
        assert Client().get(path).status_code != 404, name
