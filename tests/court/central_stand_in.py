"""Central Sign-On as a court meets it: a small provider on a real socket, whose every answer a test can bend.

The real provider is another site, and a process is one site; the journeys run both.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

from openecf.platform.config import public_pem, this_site
from openecf.platform.relying_party import middleware, provider
from openecf.platform.relying_party.models import Feed
from openecf.platform.relying_party.views import ATTEMPT_COOKIE

SUBJECT = UUID("0ecf0000-0000-4000-8000-00000000abcd")
EVENT = "http://schemas.openid.net/event/backchannel-logout"
FACTS = {
    "sub": str(SUBJECT), "number": "7100001", "preferred_username": "acounsel", "name": "Ada Counsel",
    "email": "ada@counsel.example", "account_type": "attorney", "upgraded": True, "shared": False, "may_search": True,
    "client_code": "", "client_code_required": False,
}  # fmt: skip


class CentralStandIn:
    """The provider. ``claims`` and ``facts`` change what it says; ``calls`` is what it was asked, in order."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", auto_kid=True)
        self.published = [self.key]
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, object]] = {}
        self.revoked: list[str] = []
        self.withdrawn: list[str] = []
        self.cursor = 100
        self.claims: dict[str, object] = {}
        self.facts: dict[str, object] = {}
        self.calls: list[str] = []
        self.broken = False
        self.before_userinfo: Callable[[], None] = lambda: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._stopped = False

    def stop(self) -> None:
        """Go away: nothing listens any more, and connections that are open say nothing."""
        if not self._stopped:
            self._stopped = True
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def asked(self, path: str) -> int:
        """How often that path was asked."""
        return self.calls.count(path)

    def signed(self, claims: dict[str, object], *, key: Any = None, alg: str = "ES256", **header: object) -> str:
        key = key or self.key
        plain = {"alg": alg, "kid": getattr(key, "kid", None)} | header
        given = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({n: v for n, v in plain.items() if v is not None}, given, key, algorithms=[alg])

    def logout_token(self, session: str, *, typ: str | None = "logout+jwt", key: Any = None, **claims: object) -> str:
        now = int(time.time())
        base = {"iss": self.issuer, "aud": this_site().id, "iat": now, "exp": now + 120, "jti": secrets.token_hex(8),
                "sub": str(SUBJECT), "sid": session, "events": {EVENT: {}}}  # fmt: skip
        return self.signed(base | claims, key=key, typ=typ)

    def program(self, **facts: object) -> str:
        """A program's 128-character token."""
        token = secrets.token_hex(64)
        now = int(time.time())
        base = {"active": True, "sid": secrets.token_hex(8), "auth_time": now, "acr": "x", "amr": ["pwd"]}
        self.tokens[token] = FACTS | base | facts
        return token

    def authorize(self, location: str) -> dict[str, str]:
        """What a browser brings back that follows ``location``: the person signs on without being asked."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        code = secrets.token_hex(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def token(self, form: dict[str, str]) -> tuple[int, dict]:
        asked = self.codes.pop(form.get("code", ""), None)
        proved = self._proved(form)
        if asked is None or not proved:
            return 400, {"error": "invalid_grant" if proved else "invalid_client"}
        if create_s256_code_challenge(form["code_verifier"]) != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": this_site().id, "sub": str(SUBJECT), "iat": now, "exp": now + 300,
                  "auth_time": now, "acr": "x", "amr": ["pwd"], "nonce": asked["nonce"],
                  "sid": "session-1"} | self.claims  # fmt: skip
        how = {name: claims.pop(name) for name in ("_key", "_alg", "_typ") if name in claims}
        token = self.signed(claims, key=how.get("_key"), alg=how.get("_alg", "ES256"), typ=how.get("_typ"))
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": token}

    def answer(self, method: str, path: str, form: dict[str, str]) -> tuple[int, dict]:
        self.calls.append(path)
        if self.broken:
            return 503, {}
        if path == "/oauth2/jwks":
            return 200, {"keys": [key.as_dict(private=False) for key in self.published]}
        if path == "/oauth2/token":
            return self.token(form)
        if path == "/oauth2/userinfo":
            self.before_userinfo()
            return 200, FACTS | self.facts
        if not self._proved(form):
            return 401, {"error": "invalid_client"}
        if path == "/oauth2/introspect":
            return 200, self.tokens.get(form["token"], {"active": False})
        after = int(form["after"])
        told = {"cursor": self.cursor, "sids": self.revoked if after < self.cursor else []}
        return 200, told | {"withdrawn_keys": self.withdrawn}

    def _proved(self, form: dict[str, str]) -> bool:
        key = OKPKey.import_key(public_pem(this_site().signing_key).encode())
        claims = jwt.decode(form["client_assertion"], key, algorithms=["Ed25519", "EdDSA"]).claims
        court = this_site().id
        return claims["iss"] == claims["sub"] == court and claims["aud"] == self.issuer and bool(claims["jti"])


def _handler(central: CentralStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            if central._stopped:
                self.close_connection = True
                return
            status, told = central.answer(self.command, urlsplit(self.path).path, form)
            given = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(given)))
            self.end_headers()
            self.wfile.write(given)

        do_GET = do_POST = _answer

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    return Handler


def sign_on(central: CentralStandIn, browser: Client, *, next: str = "/", fresh: bool = False) -> HttpResponse:
    """The whole way of a browser: to the provider and back to the court."""
    there = browser.get("/login", {"next": next} | ({"fresh": "1"} if fresh else {}))
    return browser.get("/oidc/callback", central.authorize(there.headers["Location"]))


COOKIE = settings.SESSION_COOKIE_NAME
SEEN: list = []
STRANGER = ECKey.generate_key("P-256", auto_kid=True)


@pytest.fixture
def central(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[CentralStandIn]:
    """The provider is up, and this court has just heard from it."""
    stand_in = CentralStandIn()
    monkeypatch.setattr(provider, "issuer", lambda: stand_in.issuer)
    monkeypatch.setattr(provider, "_keys", None)
    Feed.objects.update_or_create(id=1, defaults={"cursor": 1, "heard_at": timezone.now(), "asked_at": timezone.now()})
    yield stand_in
    stand_in.stop()


def who(browser: Client):
    """Who the court takes the browser for."""
    SEEN.clear()
    watched = middleware.SignedOnPeople(lambda request: SEEN.append(request.signed_on))
    request = browser.get("/healthz").wsgi_request
    request.arrived = timezone.now()
    watched(request)
    return SEEN[0]


def program(token: str) -> Client:
    browser = Client()
    browser.cookies["NextGenCSO"] = token
    return browser


def attempts(browser: Client) -> list[str]:
    """The cookies of sign-ons under way."""
    return [name for name, one in browser.cookies.items() if name.startswith(ATTEMPT_COOKIE) and one.value]


def silent_for(seconds: float) -> None:
    """The court has heard nothing for so long, and may ask again at once."""
    then = timezone.now() - timedelta(seconds=seconds)
    Feed.objects.update(heard_at=then, asked_at=then)
