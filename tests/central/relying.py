"""A court as the provider's counterpart in tests, and people who signed on."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey

from openecf.central.accounts.models import Account, AccountType
from openecf.central.courts.services import admit_court
from openecf.central.signon import keys, queries, services
from openecf.central.signon.models import SsoSession
from openecf.platform.config import public_pem

ISSUER = "http://central.test"
PASSWORD = "walnut-ferry-overcast"
BROWSER = {"Sec-Fetch-Mode": "navigate"}
"""What every browser of today sends with a page; a program that fills in pages does not."""
SESSION_COOKIE = settings.SESSION_COOKIE_NAME
_HASH: list[str] = []
_serial = iter(range(1, 10_000))


def account(username: str = "ada-counsel", **facts: object) -> Account:
    """An account that may search, with PASSWORD."""
    if not _HASH:
        _HASH.append(make_password(PASSWORD))
    now = timezone.now()
    defaults = {"number": f"{7_200_000 + next(_serial)}", "type": AccountType.CASE_SEARCH, "last_name": "Counsel",
                "first_name": "Ada", "email": "ada@counsel.example", "created_at": now, "upgraded_at": now,
                "password": _HASH[0]}  # fmt: skip
    return Account.objects.create(username=username, **(defaults | facts))


@dataclass
class Court:
    """A registered relying party with a key of its own."""

    id: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def redirect_uri(self) -> str:
        return f"http://{self.id}.test/oidc/callback"

    @property
    def signed_out(self) -> str:
        return f"http://{self.id}.test/signed-out"

    def register(self, *, at: datetime | None = None) -> Court:
        facts = {"court_id": self.id, "base_url": f"http://{self.id}.test", "hosts": [f"ecf.{self.id}.uscourts.gov"],
                 "public_key": public_pem(self.key), "at": at or timezone.now()}  # fmt: skip
        admit_court(**facts)
        services.register_court(**facts)
        return self

    def assertion(self, *, key: Ed25519PrivateKey | None = None, alg: str = "Ed25519", **claims: object) -> str:
        """private_key_jwt; ``claims`` override or, when None, leave out."""
        now = int(time.time())
        base = {"iss": self.id, "sub": self.id, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": secrets.token_hex(9)}
        pem = (key or self.key).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        given = {name: value for name, value in (base | claims).items() if value is not None}
        return jwt.encode({"alg": alg}, given, OKPKey.import_key(pem), algorithms=["EdDSA", "Ed25519"])

    def proof(self, **claims: object) -> dict[str, str]:
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        return {"client_id": self.id, "client_assertion_type": kind, "client_assertion": self.assertion(**claims)}

    def ask(self, **asked: object) -> Asking:
        return Asking(self, dict(asked))


class Asking:
    """One authorization request of a court: its parameters, and what is needed to redeem the code."""

    def __init__(self, court: Court, asked: dict[str, object]) -> None:
        self.court = court
        self.verifier = secrets.token_urlsafe(48)
        base = {"response_type": "code", "client_id": court.id, "redirect_uri": court.redirect_uri,
                "scope": "openid profile email", "state": secrets.token_urlsafe(12),
                "nonce": secrets.token_urlsafe(12), "code_challenge": create_s256_code_challenge(self.verifier),
                "code_challenge_method": "S256"}  # fmt: skip
        self.parameters = {name: value for name, value in (base | asked).items() if value is not None}

    def by(self, browser: Client, *, method: str = "get") -> HttpResponse:
        """Send the browser to the provider."""
        return getattr(browser, method)("/oauth2/authorize", self.parameters)

    def code(self, browser: Client) -> str:
        """The code that a signed-on browser brings back."""
        back = answered(self.by(browser))
        assert back.get("state") == self.parameters.get("state") and back["iss"] == ISSUER
        return back["code"]

    def form(self, code: str, /, **over: object) -> dict[str, str]:
        base = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.court.redirect_uri,
                "code_verifier": self.verifier} | self.court.proof()  # fmt: skip
        return {name: value for name, value in (base | over).items() if value is not None}

    def tokens(self, browser: Client) -> dict:
        """The whole way: authorize, then token."""
        answer = Client().post("/oauth2/token", self.form(self.code(browser)))
        assert answer.status_code == 200, answer.content
        return answer.json()


def answered(response: HttpResponse) -> dict[str, str]:
    """The parameters with which the provider sent the browser back to the court."""
    assert response.status_code in (302, 303), (response.status_code, response.content[:300])
    parts = urlsplit(response.headers["Location"])
    assert parts.path == "/oidc/callback", response.headers["Location"]
    given = parse_qs(parts.query, keep_blank_values=True)
    assert all(len(values) == 1 for values in given.values()), "no parameter twice"
    return {name: values[0] for name, values in given.items()}


def goes_to(response: HttpResponse) -> str:
    """The path that the browser is sent to on the provider's own site."""
    assert response.status_code in (302, 303), (response.status_code, response.content[:300])
    assert response.headers["Location"].startswith("/"), response.headers["Location"]
    return urlsplit(response.headers["Location"]).path


def appurl(response: HttpResponse) -> str:
    """Where the sign-on page will send the browser afterwards."""
    return parse_qs(urlsplit(response.headers["Location"]).query)["appurl"][0]


def sign_in(browser: Client, username: str = "ada-counsel", password: str = PASSWORD, **more: str) -> HttpResponse:
    """Fill in the sign-on page."""
    form = {"loginForm:loginName": username, "loginForm:password": password} | more
    return browser.post("/csologin/login.jsf", form)


def signed_on(who: Account, *, at: datetime | None = None) -> Client:
    """A browser of that person, signed on."""
    browser = Client()
    begun = services.sign_on(
        username=who.username, password=PASSWORD, address="198.51.100.7", at=at or timezone.now(), user_agent="test"
    )
    browser.cookies[SESSION_COOKIE] = begun.secret
    return browser


def session_of(browser: Client) -> SsoSession | None:
    """The live session behind a browser's cookie."""
    found = queries.by_cookie(cookie=browser.cookies[SESSION_COOKIE].value, now=timezone.now())
    return found.session if found else None


def claims_of(id_token: str, browser: Client | None = None) -> dict:
    """The claims of an ID token that verifies with the published keys."""
    published = (browser or Client()).get("/oauth2/jwks").json()
    return jwt.decode(id_token, KeySet.import_key_set(published), algorithms=["ES256"]).claims


def userinfo(access_token: str) -> HttpResponse:
    return Client().get("/oauth2/userinfo", headers={"Authorization": f"Bearer {access_token}"})


def forged(claims: dict) -> str:
    """An ID token by somebody else's key."""
    return jwt.encode({"alg": "ES256"}, claims, ECKey.generate_key("P-256"), algorithms=["ES256"])


@pytest.fixture
def court(db: None) -> Iterator[Court]:
    keys.forget()
    queries.forget_clients()
    yield Court("flsb").register()
    keys.forget()
    queries.forget_clients()


@pytest.fixture
def other_court(court: Court) -> Court:
    return Court("flsd").register()
