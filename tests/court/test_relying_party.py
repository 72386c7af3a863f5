"""A court as a relying party: whom it believes, and what it keeps."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.utils import timezone
from joserfc.jwk import ECKey, OctKey

from openecf.platform.audit.models import AuditLine
from openecf.platform.relying_party import provider, queries
from openecf.platform.relying_party.models import RpSession
from openecf.platform.relying_party.views import ATTEMPT_COOKIE, ATTEMPTS_AT_ONCE
from tests.court.central_stand_in import (  # noqa: F401
    COOKIE,
    EVENT,
    SEEN,
    STRANGER,
    SUBJECT,
    CentralStandIn,
    attempts,
    central,
    program,
    sign_on,
    silent_for,
    who,
)

pytestmark = pytest.mark.django_db


class TestSigningOn:
    @pytest.mark.parametrize(
        ("host", "provider_at"), [("localhost", ""), ("testserver", "https://pacer.login.uscourts.gov")]
    )
    def test_goes_by_the_providers_public_name_from_the_courts_own(self, central, host: str, provider_at: str) -> None:
        there = Client(SERVER_NAME=host).get("/login").headers["Location"]
        assert there.startswith(f"{provider_at or central.issuer}/oauth2/authorize?")
        assert parse_qs(urlsplit(there).query)["redirect_uri"] == [f"http://{host}/oidc/callback"]

    def test_sends_the_browser_to_the_provider_with_proofs_of_its_own(self, central: CentralStandIn) -> None:
        there = Client().get("/login", {"next": "/x"})
        asked = {name: values[0] for name, values in parse_qs(urlsplit(there.headers["Location"]).query).items()}
        assert asked["client_id"] == "flsb" and asked["scope"] == "openid profile email"
        assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
        assert min(len(asked["state"]), len(asked["nonce"])) >= 32 and "prompt" not in asked
        again = parse_qs(urlsplit(Client().get("/login").headers["Location"]).query)
        assert again["state"][0] != asked["state"] and again["nonce"][0] != asked["nonce"]
        [cookie] = [one for name, one in there.cookies.items() if name.startswith(ATTEMPT_COOKIE)]
        assert cookie["httponly"] and cookie["samesite"] == "Lax"

    def test_begins_a_session(self, central: CentralStandIn) -> None:
        browser = Client()
        back = sign_on(central, browser, next="/cgi-bin/iquery.pl?1")
        assert (back.status_code, back.headers["Location"]) == (302, "/cgi-bin/iquery.pl?1")
        assert back.cookies[COOKIE]["httponly"] and back.cookies[COOKIE]["samesite"] == "Lax"
        person = who(browser)
        assert person.account == SUBJECT and person.name == "Ada Counsel" and person.sid == "session-1"
        assert person.kind == "browser" and person.fresh
        assert browser.cookies[COOKIE].value not in str(RpSession.objects.values().get()), "only its digest is kept"
        assert AuditLine.objects.filter(act="session.begun", by=f"account:{SUBJECT}").exists()

    def test_a_session_here_ends_no_later_than_the_sign_on(self, central: CentralStandIn) -> None:
        end = int(time.time()) + 600
        central.facts = {"session_expires": end}
        sign_on(central, Client())
        assert int(RpSession.objects.get().expires_at.timestamp()) == end

    def test_a_new_session_takes_the_place_of_the_browsers_old_one(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        first = browser.cookies[COOKIE].value
        sign_on(central, browser)
        assert browser.cookies[COOKIE].value != first and RpSession.objects.count() == 1

    @pytest.mark.parametrize("next", ["https://evil.test/", "//evil.test", "/\\evil.test", "x", ""])
    def test_nobody_is_sent_to_a_stranger_afterwards(self, central: CentralStandIn, next: str) -> None:
        assert sign_on(central, Client(), next=next).headers["Location"] == "/"

    def test_the_password_anew_is_asked_for_and_proved(self, central: CentralStandIn) -> None:
        browser = Client()
        there = browser.get("/login", {"fresh": "1"}).headers["Location"]
        assert parse_qs(urlsplit(there).query)["prompt"] == ["login"]
        assert sign_on(central, browser, fresh=True).status_code == 302
        central.claims = {"auth_time": int(time.time()) - 120}
        assert sign_on(central, Client(), fresh=True).status_code == 400, "the provider did not ask for it"
        assert sign_on(central, Client()).status_code == 302, "where it need not be anew, that will do"


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (lambda back: back | {"state": "x"}, "another state"),
        (lambda back: {name: value for name, value in back.items() if name != "state"}, "no state"),
        (lambda back: back | {"iss": "http://evil.test"}, "another provider (mix-up)"),
        (lambda back: {name: value for name, value in back.items() if name != "iss"}, "no provider named"),
        (lambda back: back | {"code": "x"}, "a code that was not issued"),
        (lambda back: {name: value for name, value in back.items() if name != "code"}, "no code"),
        (lambda back: {"error": "login_required", "state": back["state"], "iss": back["iss"]}, "an error"),
    ],
)
def test_what_a_browser_brings_back_that_begins_no_session(central: CentralStandIn, change, because: str) -> None:
    browser = Client()
    back = central.authorize(browser.get("/login").headers["Location"])
    answer = browser.get("/oidc/callback", change(back))
    assert answer.status_code == 400 and COOKIE not in answer.cookies, because
    assert not RpSession.objects.exists()


def test_the_answer_is_good_in_the_browser_that_asked_alone(central: CentralStandIn) -> None:
    mallory, victim = Client(), Client()
    theirs = central.authorize(mallory.get("/login").headers["Location"])
    assert victim.get("/oidc/callback", theirs).status_code == 400, "a browser that never asked"
    victim.get("/login")
    assert victim.get("/oidc/callback", theirs).status_code == 400, "a browser that asked something else"


def test_a_browser_that_opens_five_tabs_signs_on_in_each(central: CentralStandIn) -> None:
    browser = Client()
    tabs = [browser.get("/login", {"next": f"/{n}"}).headers["Location"] for n in range(5)]
    for n, there in reversed(list(enumerate(tabs))):
        assert browser.get("/oidc/callback", central.authorize(there)).headers["Location"] == f"/{n}"
    assert not attempts(browser)


def test_attempts_that_come_to_nothing_do_not_pile_up(central: CentralStandIn) -> None:
    browser = Client()
    for _ in range(30):
        browser.get("/login")
    assert len(attempts(browser)) <= ATTEMPTS_AT_ONCE
    assert sign_on(central, browser).status_code == 302


def test_an_attempt_is_good_for_a_quarter_of_an_hour(central: CentralStandIn, monkeypatch) -> None:
    browser = Client()
    back = central.authorize(browser.get("/login").headers["Location"])
    late = time.time() + 16 * 60
    monkeypatch.setattr(signing.time, "time", lambda: late)
    assert browser.get("/oidc/callback", back).status_code == 400


def test_an_attempt_that_somebody_wrote_is_none(central: CentralStandIn) -> None:
    browser = Client()
    back = central.authorize(browser.get("/login").headers["Location"])
    name = attempts(browser)[0]
    browser.cookies[name] = browser.cookies[name].value[:-2] + "xx"
    assert browser.get("/oidc/callback", back).status_code == 400


def test_an_answer_is_good_once(central: CentralStandIn) -> None:
    browser = Client()
    there = browser.get("/login").headers["Location"]
    name = attempts(browser)[0]
    attempt = browser.cookies[name].value
    back = central.authorize(there)
    assert browser.get("/oidc/callback", back).status_code == 302
    browser.cookies[name] = attempt
    assert browser.get("/oidc/callback", back).status_code == 400


@pytest.mark.parametrize(
    ("claims", "because"),
    [
        ({"nonce": "x"}, "made for another attempt"),
        ({"nonce": None}, "made for no attempt"),
        ({"aud": "flsd"}, "made for another court"),
        ({"aud": ["flsd", "nysb"]}, "made for other courts"),
        ({"aud": None}, "made for nobody"),
        ({"iss": "http://evil.test"}, "made by another provider"),
        ({"iss": None}, "made by nobody"),
        ({"exp": int(time.time()) - 300}, "over"),
        ({"exp": None}, "good for ever"),
        ({"iat": int(time.time()) + 3600}, "not made yet"),
        ({"iat": None}, "never made"),
        ({"sid": None}, "of no session"),
        ({"sub": str(uuid4())}, "about somebody whom userinfo does not know"),
        ({"_key": STRANGER}, "signed by a stranger"),
        ({"_alg": "HS256", "_key": OctKey.import_key(b"public key as a secret" * 3)}, "signed with a shared secret"),
        ({"_typ": "logout+jwt"}, "a logout token"),
    ],
)
def test_id_tokens_that_prove_nothing(central: CentralStandIn, claims: dict, because: str) -> None:
    central.claims = claims
    answer = sign_on(central, Client())
    assert answer.status_code == 400 and not RpSession.objects.exists(), because


def test_an_id_token_without_a_signature_proves_nothing(central: CentralStandIn, monkeypatch) -> None:
    plain = lambda self, claims, **_how: "eyJhbGciOiJub25lIn0." + "e30" + "."  # noqa: E731
    monkeypatch.setattr(CentralStandIn, "signed", plain)
    assert sign_on(central, Client()).status_code == 400


class TestKeys:
    def test_are_read_once(self, central: CentralStandIn) -> None:
        for _ in range(3):
            assert sign_on(central, Client()).status_code == 302
        assert central.asked("/oauth2/jwks") == 1

    def test_a_new_one_is_looked_for_when_none_verifies(self, central: CentralStandIn, monkeypatch) -> None:
        sign_on(central, Client())
        central.key = ECKey.generate_key("P-256", auto_kid=True)
        central.published.append(central.key)
        monkeypatch.setattr(provider, "_KEYS_AT_LEAST", 0.0)
        assert sign_on(central, Client()).status_code == 302

    def test_forged_tokens_do_not_make_the_court_ask_again_and_again(self, central: CentralStandIn) -> None:
        for _ in range(20):
            token = central.logout_token("session-1", key=STRANGER)
            assert Client().post("/oidc/backchannel", {"logout_token": token}).status_code == 400
        assert central.asked("/oauth2/jwks") == 1

    def test_nor_while_the_provider_has_no_keys_to_tell(self, central: CentralStandIn, monkeypatch) -> None:
        sign_on(central, Client())
        monkeypatch.setattr(provider, "_keys", replace(provider._keys, asked=time.monotonic() - 60))
        central.broken = True
        for _ in range(20):
            token = central.logout_token("session-1", key=STRANGER)
            assert Client().post("/oidc/backchannel", {"logout_token": token}).status_code in (400, 503)
        assert central.asked("/oauth2/jwks") == 2


class TestSigningOff:
    def test_ends_the_session_here_and_leads_to_its_end_everywhere(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        hint = RpSession.objects.get().id_token
        answer = browser.get("/logout")
        parts = urlsplit(answer.headers["Location"])
        asked = parse_qs(parts.query)
        assert parts.path == "/oauth2/logout" and asked["id_token_hint"] == [hint]
        assert asked["post_logout_redirect_uri"] == ["http://testserver/signed-out"]
        assert not RpSession.objects.exists() and who(browser) is None

    def test_by_the_address_that_programs_know(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        assert "/oauth2/logout" in browser.get("/cgi-bin/login.pl?logout").headers["Location"]
        assert not RpSession.objects.exists()

    def test_a_link_of_another_site_does_not_do_it(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        answer = browser.get("/logout", headers={"Sec-Fetch-Site": "cross-site"})
        assert "id_token_hint" not in answer.headers["Location"], "so the provider asks the person first"
        assert who(browser), "and the session here goes on"

    def test_who_has_no_session_here_any_more_is_led_to_the_provider_too(self, central: CentralStandIn) -> None:
        answer = Client().get("/logout")
        assert "/oauth2/logout" in answer.headers["Location"] and "id_token_hint" not in answer.headers["Location"]


@pytest.mark.parametrize(("idle", "lives"), [(29, True), (31, False)])
def test_half_an_hour_without_a_request_ends_a_session_here(central: CentralStandIn, idle: int, lives: bool) -> None:
    browser = Client()
    sign_on(central, browser)
    RpSession.objects.update(seen_at=timezone.now() - timedelta(minutes=idle))
    assert bool(who(browser)) is lives


def test_knowing_who_calls_takes_one_statement(central: CentralStandIn, django_assert_num_queries) -> None:
    browser, api = Client(), program(central.program())
    sign_on(central, browser)
    who(api)
    now = timezone.now()
    with django_assert_num_queries(1):
        assert queries.browser(cookie=browser.cookies[COOKIE].value, now=now)
    with django_assert_num_queries(1):
        assert queries.program(token=api.cookies["NextGenCSO"].value, now=now)


def test_no_column_opens_a_session(central: CentralStandIn) -> None:
    browser, api = Client(), central.program()
    sign_on(central, browser)
    who(program(api))
    held = set()
    with connection.cursor() as cursor:
        for table in ("rp_session", "rp_api_token", "rp_logout_token", "rp_feed", "rp_ended_name", "audit_line"):
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
            for (row,) in cursor.fetchall():
                held |= {word for word in row.replace('"', " ").replace(",", " ").split() if len(word) > 8}
    now = timezone.now()
    assert held and not {browser.cookies[COOKIE].value, api} & held
    for value in held:
        assert queries.browser(cookie=value, now=now) is None and queries.program(token=value, now=now) is None
