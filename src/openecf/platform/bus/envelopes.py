"""The signed form in which a message crosses: a JWT (EdDSA, Ed25519), read only by the site it is meant for."""

from __future__ import annotations

import json
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
    claims = {
        "iss": sender,
        "aud": to,
        "jti": str(id),
        "iat": int(at.timestamp()),
        "exp": int((at + ENVELOPE_LIFE).timestamp()),
        "msg": type,
        "body": body,
    }
    header = {"alg": "Ed25519", "typ": TYPE}
    return jwt.encode(header, claims, OKPKey.import_key(key), algorithms=_ALGORITHMS)


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
    """Check signature, receiver and age; Forged if any is wrong."""
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
        if token.header.get("typ") != TYPE or claims["aud"] != us or not fresh or not whole:
            raise Forged
        return Opened(UUID(claims["jti"]), claims["iss"], str(claims["msg"]), dict(claims["body"]))
    except (KeyError, TypeError, ValueError) as wrong:
        raise Forged(reason=type(wrong).__name__) from wrong
