"""The token endpoint and what its tokens open: refusals, replays, refreshes, revocation, introspection."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.models import Account
from openecf.central.signon import rules, services
from openecf.central.signon.models import Code, RefreshToken, SsoSession, Token
from openecf.platform.audit.models import AuditLine
from tests.central.relying import (
    ISSUER,
    Court,
    account,
    claims_of,
    court,
    other_court,
    session_of,
    signed_on,
    userinfo,
)  # fmt: skip

__all__ = ["court", "other_court"]
LASTING = "openid profile email offline_access"


def redeem(form: dict):
    return Client().post("/oauth2/token", form)


def refresh(court: Court, token: str, **over: object):
    form = {"grant_type": "refresh_token", "refresh_token": token} | court.proof() | over
    return redeem({name: value for name, value in form.items() if value is not None})


def introspect(court: Court, token: str, **claims: object) -> dict:
    answer = Client().post("/oauth2/introspect", {"token": token} | court.proof(**claims))
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize(
    ("over", "error", "because"),
    [
        ({"grant_type": None}, "unsupported_grant_type", "no grant named"),
        ({"grant_type": "password"}, "unsupported_grant_type", "a grant that this provider has not"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type", "nor this"),
        ({"code": None}, "invalid_request", "no code"),
        ({"code": "x" * 43}, "invalid_grant", "a code that was never issued"),
        ({"code": "x\0y"}, "invalid_grant", "not even text"),
        ({"redirect_uri": None}, "invalid_grant", "the address is part of the proof"),
        ({"redirect_uri": "http://flsb.test/other"}, "invalid_grant", "another address"),
        ({"redirect_uri": "a\0b"}, "invalid_grant", "no address"),
        ({"code_verifier": None}, "invalid_grant", "no verifier"),
        ({"code_verifier": "y" * 64}, "invalid_grant", "another verifier"),
        ({"client_assertion": None}, "invalid_client", "the court does not prove itself"),
        ({"client_assertion": ""}, "invalid_client", "an empty proof"),
        ({"client_assertion": "e30.e30.e30"}, "invalid_client", "a proof of nothing"),
        ({"client_assertion": "x"}, "invalid_client", "no proof at all"),
        ({"client_assertion_type": "password"}, "invalid_client", "a proof of another kind"),
    ],
)
def test_what_the_token_endpoint_refuses(court: Court, over: dict, error: str, because: str) -> None:
    asking = court.ask()
    code = asking.code(signed_on(account()))
    answer = redeem(asking.form(code, **over))
    assert answer.json()["error"] == error, because
    assert answer.status_code in (400, 401) and answer.headers["Cache-Control"] == "no-store"
    assert not Token.objects.exists()
    if error != "invalid_client" and "code" not in over:
        assert redeem(asking.form(code)).status_code == 200, "a wrong guess does not use the code up"


SOON = 60


@pytest.mark.parametrize(
    ("claims", "because"),
    [
        ({"iss": "flsd"}, "issued by another"),
        ({"sub": "flsd", "iss": "flsd"}, "another court's name, this court's key"),
        ({"sub": None}, "about nobody"),
        ({"sub": ["flsb"]}, "about no name"),
        ({"sub": "nobody"}, "about an unknown court"),
        ({"aud": "https://elsewhere.test"}, "made for somebody else"),
        ({"aud": None}, "made for nobody"),
        ({"exp": None}, "good for ever"),
        ({"exp": "tomorrow"}, "until no time"),
        ({"exp": 10**12}, "good for too long"),
        ({"exp": int(time.time()) - 60}, "over"),
        ({"jti": None}, "without a name of its own"),
    ],
)
def test_proofs_of_a_court_that_are_refused(court: Court, other_court: Court, claims: dict, because: str) -> None:
    asking = court.ask()
    code = asking.code(signed_on(account()))
    answer = redeem(asking.form(code, client_assertion=court.assertion(**claims)))
    assert answer.json()["error"] == "invalid_client", because


def test_a_proof_by_another_key_is_refused(court: Court) -> None:
    asking = court.ask()
    code = asking.code(signed_on(account()))
    forged = court.assertion(key=Ed25519PrivateKey.generate())
    assert redeem(asking.form(code, client_assertion=forged)).json()["error"] == "invalid_client"


def test_a_proof_is_taken_once(court: Court) -> None:
    who, shown = account(), court.assertion()
    first, second = court.ask(), court.ask()
    browser = signed_on(who)
    assert redeem(first.form(first.code(browser), client_assertion=shown)).status_code == 200
    assert redeem(second.form(second.code(browser), client_assertion=shown)).json()["error"] == "invalid_client"


def test_what_a_code_gives(court: Court) -> None:
    who = account()
    browser, asking = signed_on(who), court.ask()
    tokens = asking.tokens(browser)
    assert set(tokens) == {"access_token", "token_type", "expires_in", "scope", "id_token"}, "and no refresh token"
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 300)
    claims = claims_of(tokens["id_token"])
    assert claims["iss"] == ISSUER and claims["aud"] == "flsb" and claims["sub"] == str(who.id)
    assert claims["nonce"] == asking.parameters["nonce"] and claims["exp"] - claims["iat"] == 300
    assert claims["acr"] == rules.AAL1 and claims["amr"] == ["pwd"] and claims["at_hash"]
    assert claims["auth_time"] == int(session_of(browser).auth_time.timestamp())
    told = {"acr", "amr", "at_hash", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sid", "sub"}
    assert set(claims) == told, "the ID token names nobody; userinfo does"


def test_each_court_knows_the_session_by_a_name_of_its_own(court: Court, other_court: Court) -> None:
    browser = signed_on(account())
    here, there = (claims_of(one.ask().tokens(browser)["id_token"]) for one in (court, other_court))
    again = claims_of(court.ask().tokens(browser)["id_token"])
    assert here["sid"] != there["sid"] and here["sid"] == again["sid"]
    assert here["sub"] == there["sub"], "the person is the same everywhere"
    assert str(session_of(browser).id) not in (here["sid"], there["sid"])


def test_a_code_is_good_for_a_minute(court: Court) -> None:
    asking = court.ask()
    code = asking.code(signed_on(account()))
    Code.objects.update(expires_at=timezone.now())
    assert redeem(asking.form(code)).json()["error"] == "invalid_grant"
    assert rules.CODE_LIFE.total_seconds() <= 60


def test_a_code_is_no_use_to_another_court(court: Court, other_court: Court) -> None:
    asking = court.ask()
    code = asking.code(signed_on(account()))
    assert redeem(asking.form(code) | other_court.proof()).json()["error"] == "invalid_grant"
    assert redeem(asking.form(code)).status_code == 200


def test_a_code_is_refused_when_the_person_signed_off_before_it_came(court: Court) -> None:
    browser, asking = signed_on(account()), court.ask()
    code = asking.code(browser)
    services.sign_off(session=session_of(browser), at=timezone.now())
    assert redeem(asking.form(code)).json()["error"] == "invalid_grant"


def test_a_code_shown_twice_ends_all_that_it_gave(court: Court) -> None:
    browser, asking = signed_on(account()), court.ask(scope=LASTING)
    code = asking.code(browser)
    tokens = redeem(asking.form(code)).json()
    newer = refresh(court, tokens["refresh_token"]).json()
    assert userinfo(newer["access_token"]).status_code == 200
    assert redeem(asking.form(code)).json()["error"] == "invalid_grant"
    for token in (tokens, newer):
        assert userinfo(token["access_token"]).status_code == 401
    assert refresh(court, newer["refresh_token"]).json()["error"] == "invalid_grant"
    assert AuditLine.objects.filter(act="signon.code-replayed").count() == 1


class TestRefresh:
    @pytest.fixture
    def tokens(self, court: Court) -> dict:
        return court.ask(scope=LASTING).tokens(signed_on(account()))

    def test_gives_the_next_of_the_family(self, court: Court, tokens: dict) -> None:
        newer = refresh(court, tokens["refresh_token"]).json()
        assert newer["refresh_token"] != tokens["refresh_token"] and newer["scope"] == LASTING
        assert userinfo(newer["access_token"]).json()["name"] == "Ada Counsel"

    def test_does_not_make_the_family_live_longer(self, court: Court, tokens: dict) -> None:
        first = RefreshToken.objects.get().expires_at
        refresh(court, tokens["refresh_token"])
        assert set(RefreshToken.objects.values_list("expires_at", flat=True)) == {first}
        RefreshToken.objects.update(expires_at=timezone.now())
        newest = refresh(court, tokens["refresh_token"])
        assert newest.json()["error"] == "invalid_grant"

    def test_a_second_use_ends_the_family(self, court: Court, tokens: dict) -> None:
        newer = refresh(court, tokens["refresh_token"]).json()
        assert refresh(court, tokens["refresh_token"]).json()["error"] == "invalid_grant", "used before"
        assert refresh(court, newer["refresh_token"]).json()["error"] == "invalid_grant", "so its successor dies too"
        assert userinfo(newer["access_token"]).status_code == 401
        assert AuditLine.objects.filter(act="signon.refresh-replayed").count() == 1

    def test_is_no_use_to_another_court(self, court: Court, other_court: Court, tokens: dict) -> None:
        assert refresh(other_court, tokens["refresh_token"]).json()["error"] == "invalid_grant"
        assert refresh(court, tokens["refresh_token"]).status_code == 200, "and does the owner no harm"

    def test_dies_with_the_sign_on(self, court: Court, tokens: dict) -> None:
        services.sign_off(session=SsoSession.objects.get(), at=timezone.now())
        assert refresh(court, tokens["refresh_token"]).json()["error"] == "invalid_grant"

    @pytest.mark.parametrize(
        ("over", "error"),
        [
            ({"refresh_token": None}, "invalid_request"),
            ({"refresh_token": "x" * 43}, "invalid_grant"),
            ({"client_assertion": None}, "invalid_client"),
        ],
    )
    def test_refusals(self, court: Court, tokens: dict, over: dict, error: str) -> None:
        assert refresh(court, tokens["refresh_token"], **over).json()["error"] == error

    def test_an_access_token_is_none(self, court: Court, tokens: dict) -> None:
        assert refresh(court, tokens["access_token"]).json()["error"] == "invalid_grant"
        assert userinfo(tokens["refresh_token"]).status_code == 401


class TestRevocation:
    def revoke(self, court: Court, token: str) -> int:
        return Client().post("/oauth2/revoke", {"token": token} | court.proof()).status_code

    def test_of_a_refresh_token_ends_its_access_tokens_too(self, court: Court) -> None:
        tokens = court.ask(scope=LASTING).tokens(signed_on(account()))
        assert self.revoke(court, tokens["refresh_token"]) == 200
        assert userinfo(tokens["access_token"]).status_code == 401
        assert refresh(court, tokens["refresh_token"]).json()["error"] == "invalid_grant"

    def test_of_an_access_token_ends_it_alone(self, court: Court) -> None:
        tokens = court.ask(scope=LASTING).tokens(signed_on(account()))
        assert self.revoke(court, tokens["access_token"]) == 200
        assert userinfo(tokens["access_token"]).status_code == 401
        assert refresh(court, tokens["refresh_token"]).status_code == 200

    def test_of_an_unknown_or_foreign_token_reads_alike_and_ends_nothing(self, court, other_court) -> None:
        tokens = court.ask().tokens(signed_on(account()))
        assert self.revoke(other_court, tokens["access_token"]) == self.revoke(court, "nothing") == 200
        assert userinfo(tokens["access_token"]).status_code == 200


class TestUserinfo:
    def test_tells_what_courts_need(self, court: Court) -> None:
        who = account()
        told = userinfo(court.ask().tokens(signed_on(who))["access_token"]).json()
        assert told["sub"] == str(who.id) and told["number"] == who.number and told["email"] == who.email
        assert told["may_search"] is True and told["upgraded"] is True and told["account_type"] == "search"
        assert "password" not in str(told) and "tax" not in str(told)

    @pytest.mark.parametrize(
        ("scope", "names", "address"),
        [("openid", False, False), ("openid profile", True, False), ("openid email", False, True)],
    )
    def test_tells_no_more_than_was_asked(self, court: Court, scope: str, names: bool, address: bool) -> None:
        told = userinfo(court.ask(scope=scope).tokens(signed_on(account()))["access_token"]).json()
        assert ("name" in told, "preferred_username" in told, "email" in told) == (names, names, address)

    def test_takes_the_token_in_a_form_too(self, court: Court) -> None:
        tokens = court.ask().tokens(signed_on(account()))
        assert Client().post("/oauth2/userinfo", {"access_token": tokens["access_token"]}).status_code == 200

    @pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer nothing", "Basic {token}", "XBearer {token}",
                                        "{token}"])  # fmt: skip
    def test_needs_a_live_token(self, court: Court, header: str) -> None:
        token = court.ask().tokens(signed_on(account()))["access_token"]
        answer = Client().get("/oauth2/userinfo", headers={"Authorization": header.format(token=token)})
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_not_in_the_address(self, court: Court) -> None:
        token = court.ask().tokens(signed_on(account()))["access_token"]
        assert Client().get("/oauth2/userinfo", {"access_token": token}).status_code == 401

    @pytest.mark.parametrize(
        "change",
        [
            lambda: Token.objects.update(expires_at=timezone.now()),
            lambda: SsoSession.objects.update(ended_at=timezone.now()),
            lambda: Account.objects.update(is_active=False),
        ],
    )
    def test_not_after_its_end(self, court: Court, change) -> None:
        token = court.ask().tokens(signed_on(account()))["access_token"]
        change()
        assert userinfo(token).status_code == 401


class TestIntrospection:
    def program(self, who: Account) -> str:
        return services.sign_on_program(
            username=who.username, password="walnut-ferry-overcast", redaction_confirmed=True, address="192.0.2.1",
            at=timezone.now(),
        ).secret  # fmt: skip

    def test_of_a_programs_token_tells_the_court_who_it_is(self, court: Court, other_court: Court) -> None:
        who = account()
        token = self.program(who)
        here, there = introspect(court, token), introspect(other_court, token)
        assert here["active"] and here["sub"] == str(who.id) and here["sid"] != there["sid"]
        assert introspect(court, token)["sid"] == here["sid"]

    @pytest.mark.parametrize("token", ["", "x", "x" * 128, "0" * 127 + "\0", "é" * 128])
    def test_of_what_is_no_token(self, court: Court, token: str) -> None:
        self.program(account())
        assert introspect(court, token) == {"active": False}

    def test_of_a_token_that_was_changed_in_one_place(self, court: Court) -> None:
        token = self.program(account())
        for place in (0, 21, 22, 127):
            other = "a" if token[place] != "a" else "b"
            assert introspect(court, token[:place] + other + token[place + 1 :]) == {"active": False}, place

    def test_of_an_access_token_is_for_its_own_court(self, court: Court, other_court: Court) -> None:
        token = court.ask().tokens(signed_on(account()))["access_token"]
        assert introspect(court, token)["active"]
        assert introspect(other_court, token) == {"active": False}

    @pytest.mark.parametrize(
        "change",
        [
            {"ended_at": timezone.now()},
            {"expires_at": timezone.now() - timedelta(minutes=1)},
            {"last_seen_at": timezone.now() - timedelta(minutes=61)},
        ],
    )
    def test_of_a_token_that_is_over(self, court: Court, change: dict) -> None:
        token = self.program(account())
        SsoSession.objects.update(**change)
        assert introspect(court, token) == {"active": False}

    @pytest.mark.parametrize("path", ["introspect", "revoke", "revocations"])
    @pytest.mark.parametrize("form", [{}, {"client_assertion": "x"}, {"client_assertion": ""}, {"client_id": "flsb"}])
    def test_needs_a_court_that_proves_itself(self, court: Court, path: str, form: dict) -> None:
        kind = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
        for given in (form, form | kind):
            answer = Client().post(f"/oauth2/{path}", {"token": "x"} | given)
            assert answer.status_code in (400, 401) and answer.json()["error"] == "invalid_client"
