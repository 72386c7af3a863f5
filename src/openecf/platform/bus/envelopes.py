"""The signed form in which messages cross: a JWT (EdDSA, Ed25519), read only by the site it is meant for.

One message by itself is the whole of an envelope; many to one site go under one signature. A site whose software does
not know the second form refuses it as not signed right, and is then brought its messages one by one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from openecf.kernel.refusal import Refusal
from openecf.platform.bus.rules import CLOCK_SKEW, ENVELOPE_LIFE

_ALGORITHMS = ["Ed25519"]  # RFC 9864: EdDSA on this one curve
TYPE = "openecf-bus+jwt"
TYPE_OF_MANY = "openecf-bus-many+jwt"


class Forged(Refusal):
    """The envelope is not what it says, not meant for this site, or out of date."""

    said = "This message is not signed by a known site for this site, or is out of date."


@dataclass(frozen=True)
class Opened:
    """What was inside a good envelope."""

    id: UUID
    sender: str
    type: str
    body: dict[str, Any]


def seal(*, key: Ed25519PrivateKey, sender: str, to: str, id: UUID, type: str, body: dict, at: datetime) -> str:
    """Sign a message for one receiver."""
    return _signed(key, TYPE, sender, to, at, {"jti": str(id), "msg": type, "body": body})


def seal_many(
    *, key: Ed25519PrivateKey, sender: str, to: str, messages: Iterable[tuple[UUID, str, dict]], at: datetime
) -> str:
    """Sign messages (id, type, body) for one receiver, who takes them in this order."""
    each = [{"jti": str(id), "msg": type, "body": body} for id, type, body in messages]
    return _signed(key, TYPE_OF_MANY, sender, to, at, {"msgs": each})


def _signed(key: Ed25519PrivateKey, typ: str, sender: str, to: str, at: datetime, said: dict) -> str:
    claims = {
        "iss": sender,
        "aud": to,
        "iat": int(at.timestamp()),
        "exp": int((at + ENVELOPE_LIFE).timestamp()),
        **said,
    }
    header = {"alg": "Ed25519", "typ": typ}
    return jwt.encode(header, claims, OKPKey.import_key(key), algorithms=_ALGORITHMS)


def holds_many(envelope: str) -> bool:
    """Whether an envelope says that it holds many messages; nothing of it is proved yet."""
    try:
        return jws.extract_compact(envelope.encode()).headers().get("typ") == TYPE_OF_MANY
    except (JoseError, ValueError):
        return False


def sender_of(envelope: str) -> str:
    """Who an envelope says it is from: only to choose the key that decides whether that is true."""
    try:
        claims = json.loads(jws.extract_compact(envelope.encode()).payload)
    except (JoseError, ValueError) as wrong:
        raise Forged(reason=type(wrong).__name__) from wrong
    sender = claims.get("iss") if isinstance(claims, dict) else None
    if not isinstance(sender, str) or len(sender) > 40:
        raise Forged
    return sender


def open_envelope(*, envelope: str, public_key: str, us: str, at: datetime) -> Opened:
    """Check signature, receiver and age of an envelope with one message; Forged if any is wrong."""
    claims = _checked(envelope, typ=TYPE, public_key=public_key, us=us, at=at)
    try:
        return _message(claims["iss"], claims)
    except (KeyError, TypeError, ValueError) as wrong:
        raise Forged(reason=type(wrong).__name__) from wrong


def open_many(*, envelope: str, public_key: str, us: str, at: datetime) -> tuple[Opened, ...]:
    """As ``open_envelope``, of an envelope with many messages."""
    claims = _checked(envelope, typ=TYPE_OF_MANY, public_key=public_key, us=us, at=at)
    try:
        return tuple(_message(claims["iss"], one) for one in claims["msgs"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise Forged(reason=type(wrong).__name__) from wrong


def _checked(envelope: str, *, typ: str, public_key: str, us: str, at: datetime) -> dict[str, Any]:
    try:
        token = jwt.decode(envelope, OKPKey.import_key(public_key), algorithms=_ALGORITHMS)
    except (JoseError, ValueError, TypeError) as wrong:
        raise Forged(reason=type(wrong).__name__) from wrong
    claims = token.claims
    now = at.timestamp()
    skew = CLOCK_SKEW.total_seconds()
    try:
        fresh = claims["iat"] <= now + skew and now < claims["exp"] + skew
        whole = claims["exp"] - claims["iat"] <= ENVELOPE_LIFE.total_seconds()
        if token.header.get("typ") != typ or claims["aud"] != us or not fresh or not whole:
            raise Forged
    except (KeyError, TypeError, ValueError) as wrong:
        raise Forged(reason=type(wrong).__name__) from wrong
    return claims


def _message(sender: str, said: dict[str, Any]) -> Opened:
    return Opened(UUID(said["jti"]), sender, str(said["msg"]), dict(said["body"]))
