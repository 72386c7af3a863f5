"""Talking to Central Sign-On: authorization requests, codes, introspection, the feed of revocations."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urlencode

import httpx
from cryptography.hazmat.primitives import serialization
from django.http import HttpRequest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, OKPKey

from openecf.kernel.assurance import AAL2
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import base62
from openecf.platform.config import this_site
from openecf.platform.relying_party import queries
from openecf.platform.shell import languages
from openecf.platform.web import came_by

SIGN_ON_HOST = "pacer.login.uscourts.gov"
CALLBACK = "/oidc/callback"
ALGORITHMS = ["ES256"]
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_SKEW = 30
_KEYS_FOR = 300.0
_KEYS_AT_LEAST = 10.0
"""A token that no key verifies makes this court ask for new keys, but not more often: anybody can send such tokens."""


@dataclass(frozen=True)
class _Keys:
    """The provider's keys as they were read; ``withdrawn`` are those that this court knew to be when it last asked.

    Seconds of the monotonic clock. What was ``asked`` later than ``read`` was asked in vain.
    """

    read: float
    asked: float
    withdrawn: frozenset[str]
    known: tuple[Key, ...]


_keys: _Keys | None = None


class ProviderAway(Refusal):
    """Central Sign-On does not answer."""

    said = "Central Sign-On does not answer at the moment."
    code = "provider-away"


class NotProved(Refusal):
    """The provider's answer does not prove who signed on."""

    said = "The sign-on could not be confirmed. Start again."
    code = "not-proved"


@dataclass(frozen=True)
class Proof:
    """What a code gave: the session's name here, the facts, the ID token to sign off with."""

    sid: str
    facts: dict
    id_token: str


def issuer() -> str:
    """The provider's one name."""
    return this_site().config.central.base_url


@cache
def _http() -> httpx.Client:
    return httpx.Client(timeout=httpx.Timeout(5.0, connect=2.0), limits=httpx.Limits(max_keepalive_connections=8))


def _call(method: str, path: str, **how: object) -> httpx.Response:
    try:
        return _http().request(method, issuer() + path, **how)
    except httpx.HTTPError as problem:
        raise ProviderAway from problem


@cache
def _own_key() -> OKPKey:
    pem = this_site().signing_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return OKPKey.import_key(pem)


def _proof_of_court() -> dict[str, str]:
    """private_key_jwt: this court proves itself with its own signing key."""
    now, court = int(time.time()), this_site().id
    claims = {"iss": court, "sub": court, "aud": issuer(), "iat": now, "exp": now + 60, "jti": base62(22)}
    assertion = jwt.encode({"alg": "Ed25519", "typ": "JWT"}, claims, _own_key(), algorithms=["Ed25519"])
    return {"client_id": court, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}


def browser_origin(request: HttpRequest) -> str:
    """Where the browser reaches the provider: by its public name if it came here by ours, else by its own address."""
    by_public_name = request.get_host() in this_site().config.hosts
    return f"https://{SIGN_ON_HOST}" if by_public_name else issuer()


def authorization_url(
    request: HttpRequest, *, state: str, nonce: str, challenge: str, fresh: bool, second: bool = False
) -> str:
    """Where to send a browser to sign on; ``second``: with a second factor."""
    asked = {
        "response_type": "code",
        "client_id": this_site().id,
        "redirect_uri": came_by(request) + CALLBACK,
        "scope": "openid profile email",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if fresh:
        asked["prompt"] = "login"
    if second:
        asked["acr_values"] = AAL2
    if language := languages.chosen(request):
        asked["ui_locales"] = language
    return f"{browser_origin(request)}/oauth2/authorize?{urlencode(asked)}"


def sign_off_url(request: HttpRequest, id_token: str) -> str:
    """Where to send a browser to sign off everywhere."""
    asked = {"post_logout_redirect_uri": came_by(request) + "/signed-out", "client_id": this_site().id}
    if id_token:
        asked["id_token_hint"] = id_token
    return f"{browser_origin(request)}/oauth2/logout?{urlencode(asked)}"


def redeem(
    *, code: str, verifier: str, nonce: str, redirect_uri: str, not_before: float = 0.0, second: bool = False
) -> Proof:
    """Trade a code for proof of who signed on. ProviderAway, NotProved.

    ``not_before``: the password must have been given since then (seconds of the epoch). ``second``: a second factor
    must have been proved.
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    answer = _call("POST", "/oauth2/token", data=form | _proof_of_court())
    if answer.status_code >= 500:
        raise ProviderAway
    if answer.status_code != 200:
        raise NotProved
    tokens = answer.json()
    claims = verified(tokens["id_token"])
    if claims.get("nonce") != nonce or not claims.get("sid") or claims.get("auth_time", 0) < not_before - _SKEW:
        raise NotProved
    if second and claims.get("acr") != AAL2:
        raise NotProved
    told = _call("GET", "/oauth2/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    if told.status_code != 200 or told.json().get("sub") != claims["sub"]:
        raise NotProved
    proved = {name: claims.get(name) for name in ("auth_time", "acr", "amr")}
    return Proof(sid=claims["sid"], facts=told.json() | proved, id_token=tokens["id_token"])


def verified(token: str, *, typ: str = "") -> dict:
    """The claims of a token that the provider signed for this court and that is not expired; else NotProved.

    Nothing is proved by a key that the provider has withdrawn, though this process, or a cache between, still has it.
    """
    withdrawn = queries.withdrawn_keys()
    for read_again in (False, True):
        try:
            keys = _provider_keys(read_again=read_again, withdrawn=withdrawn)
            read = jwt.decode(token, keys, algorithms=ALGORITHMS)
            break
        except (JoseError, ValueError, NotProved) as problem:
            if read_again:
                raise NotProved from problem
    claims, now = read.claims, time.time()
    audience = claims.get("aud")
    right = (
        claims.get("iss") == issuer()
        and this_site().id in (audience if isinstance(audience, list) else [audience])
        and claims.get("exp", 0) > now - _SKEW
        and claims.get("iat", now + 2 * _SKEW) < now + _SKEW
        and (read.header.get("typ") == typ if typ else read.header.get("typ") != "logout+jwt")
    )
    if not right:
        raise NotProved
    return claims


def _provider_keys(*, read_again: bool, withdrawn: frozenset[str]) -> KeySet:
    """The keys that count; NotProved if there are none. ProviderAway."""
    global _keys
    now = time.monotonic()
    if _keys is None or now - _keys.read > _KEYS_FOR or (read_again and _may_ask_again(_keys, now, withdrawn)):
        _keys = replace(_keys, asked=now, withdrawn=withdrawn) if _keys else None
        answer = _call("GET", "/oauth2/jwks")
        if answer.status_code != 200:
            raise ProviderAway
        _keys = _Keys(now, now, withdrawn, tuple(KeySet.import_key_set(answer.json()).keys))
    counting = [key for key in _keys.known if key.kid not in withdrawn]
    if not counting:
        raise NotProved
    return KeySet(counting)


def _may_ask_again(keys: _Keys, now: float, withdrawn: frozenset[str]) -> bool:
    """At once when a key was withdrawn since, for its successor signs already; that is for the provider to say."""
    return withdrawn != keys.withdrawn or now - keys.asked > _KEYS_AT_LEAST


def introspect(token: str) -> dict | None:
    """What the provider knows of a program's token; None if it speaks for nobody. ProviderAway."""
    answer = _by_one_while_away("/oauth2/introspect", {"token": token})
    told = answer.json()
    return told if told.get("active") else None


_away = threading.Event()
_finding_out = threading.Lock()


def _by_one_while_away(path: str, form: dict[str, str]) -> httpx.Response:
    """Ask the provider. While it is away one caller at a time waits to find out whether it is back, and the others are
    told at once: else programs, who ask at every page, would hold every place of this court for seconds each."""
    waits = _away.is_set()
    if waits and not _finding_out.acquire(blocking=False):
        raise ProviderAway
    try:
        answer = _call("POST", path, data=form | _proof_of_court())
        if answer.status_code != 200:
            raise ProviderAway
    except ProviderAway:
        _away.set()
        raise
    finally:
        if waits:
            _finding_out.release()
    _away.clear()
    return answer


@dataclass(frozen=True)
class Revoked:
    """What the provider's feed says: the next cursor, sessions of this court that ended, every key it withdrew."""

    cursor: int
    sids: list[str]
    withdrawn_keys: list[str]


def revoked_since(cursor: int) -> Revoked:
    """What this court must not believe any more: its sessions that ended since the cursor, and keys. ProviderAway."""
    answer = _call("POST", "/oauth2/revocations", data={"after": str(cursor)} | _proof_of_court())
    if answer.status_code != 200:
        raise ProviderAway
    told = answer.json()
    return Revoked(int(told["cursor"]), list(told["sids"]), list(told.get("withdrawn_keys", ())))
