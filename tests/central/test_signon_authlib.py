"""Central Sign-On judged by Authlib's own client, as another program's author would use it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata
from cryptography.hazmat.primitives import serialization
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from openecf.central.signon import rules
from tests.central.relying import ISSUER, Court, account, court, sign_in, signed_on

__all__ = ["court"]
pytestmark = pytest.mark.django_db


class ShortLived(PrivateKeyJWT):
    """By itself Authlib signs assertions for an hour; this provider takes those of two minutes at most."""

    def sign(self, auth, token_endpoint):
        self.claims = {"exp": int(time.time()) + 100}
        return super().sign(auth, token_endpoint)


class Wire(httpx.BaseTransport):
    """Carries httpx's requests to the site in this process."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
        answer = Client().generic(
            request.method, request.url.raw_path.decode(), request.read(),
            content_type=request.headers.get("Content-Type", ""), **headers,
        )  # fmt: skip
        return httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.content)


@pytest.fixture
def metadata(court: Court) -> OpenIDProviderMetadata:
    told = Client().get("/.well-known/openid-configuration").content.decode()
    # Authlib's reading of OpenID Connect Discovery 1.0 and RFC 8414. They ask for TLS, which the test site does not have,
    # and for RS256, which this provider does not do: every court takes ES256.
    strict = told.replace('"http://', '"https://').replace('["ES256"]', '["ES256", "RS256"]')
    OpenIDProviderMetadata(json.loads(strict)).validate()
    return OpenIDProviderMetadata(json.loads(told))


@pytest.fixture
def program(court: Court, metadata: OpenIDProviderMetadata) -> OAuth2Client:
    pem = court.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made = OAuth2Client(
        court.id, OKPKey.import_key(pem), scope="openid profile email offline_access",
        redirect_uri=court.redirect_uri, code_challenge_method="S256", transport=Wire(),
        token_endpoint_auth_method="private_key_jwt", token_endpoint=metadata["token_endpoint"],
        revocation_endpoint_auth_method="private_key_jwt",
    )  # fmt: skip
    made.register_client_auth_method(ShortLived(metadata["token_endpoint"], alg="EdDSA"))
    return made


@pytest.fixture
def tokens(program: OAuth2Client, metadata: OpenIDProviderMetadata) -> Callable[..., dict]:
    """The whole way of a browser, and back to the program."""

    def come_back(browser: Client, **asked: str) -> dict:
        verifier, nonce = generate_token(48), generate_token(20)
        there, state = program.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **asked
        )
        parts = urlsplit(there)
        back = browser.get(f"{parts.path}?{parts.query}").headers["Location"]
        assert parse_qs(urlsplit(back).query)["state"] == [state]
        got = program.fetch_token(
            metadata["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
        )
        return dict(got) | {"nonce": nonce}

    return come_back


def verified(got: dict, metadata: OpenIDProviderMetadata, court: Court, **asked: object) -> dict:
    """The ID token's claims, by Authlib's own validation of OpenID Connect Core 3.1.3.7."""
    keys = KeySet.import_key_set(Client().get(urlsplit(metadata["jwks_uri"]).path).json())
    read = jwt.decode(got["id_token"], keys, algorithms=metadata["id_token_signing_alg_values_supported"])
    claims = CodeIDToken(
        read.claims, read.header, {"iss": {"value": ISSUER}, "aud": {"value": court.id}},
        {"nonce": got["nonce"], "client_id": court.id, "access_token": got["access_token"]} | asked,
    )  # fmt: skip
    claims.validate()
    return dict(claims)


def test_a_person_signs_on_and_the_tokens_verify(tokens, metadata, court: Court) -> None:
    who = account()
    claims = verified(tokens(signed_on(who)), metadata, court, max_age=600)
    assert claims["sub"] == str(who.id) and claims["acr"] == rules.AAL1 and claims["amr"] == ["pwd"]


def test_userinfo_is_about_the_same_person(tokens, program, metadata, court: Court) -> None:
    who = account()
    claims = verified(tokens(signed_on(who)), metadata, court)
    told = program.get(metadata["userinfo_endpoint"]).json()
    assert told["sub"] == claims["sub"] and told["email"] == who.email


def test_a_refresh_token_gives_the_next_and_ends_with_its_family(tokens, program, metadata, court: Court) -> None:
    first = tokens(signed_on(account()))
    second = program.refresh_token(metadata["token_endpoint"], refresh_token=first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert program.get(metadata["userinfo_endpoint"]).status_code == 200
    gone = program.revoke_token(metadata["revocation_endpoint"], token=second["refresh_token"])
    assert gone.status_code == 200 and program.get(metadata["userinfo_endpoint"]).status_code == 401


def test_introspection_says_whether_a_token_lives(tokens, program, metadata, court: Court) -> None:
    got = tokens(signed_on(account()))
    asked = program.introspect_token(metadata["introspection_endpoint"], token=got["access_token"])
    assert asked.status_code == 200 and json.loads(asked.content)["active"] is True
    program.revoke_token(metadata["revocation_endpoint"], token=got["access_token"])
    again = program.introspect_token(metadata["introspection_endpoint"], token=got["access_token"])
    assert json.loads(again.content) == {"active": False}


@pytest.mark.parametrize("asked", [{"prompt": "none"}, {"max_age": "600"}, {"acr_values": rules.AAL1}], ids=str)
def test_what_a_sign_on_satisfies_comes_back_at_once(tokens, metadata, court: Court, asked) -> None:
    assert verified(tokens(signed_on(account()), **asked), metadata, court)["sid"]


def test_who_is_expected_is_written_on_the_page(program, metadata, court: Court) -> None:
    account()
    there, _ = program.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=generate_token(48), login_hint="ada-counsel"
    )
    browser, parts = Client(), urlsplit(there)
    page = browser.get(browser.get(f"{parts.path}?{parts.query}").headers["Location"]).content.decode()
    assert 'value="ada-counsel"' in page
    assert sign_in(browser).status_code == 302
