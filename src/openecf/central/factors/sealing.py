"""What keeps second factors useless to a thief of the database: keys derived from the site's own secret."""

from __future__ import annotations

import hmac
import os
import secrets
from functools import cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from openecf.central.factors import rules
from openecf.platform.config import this_site

_KEY_1 = b"\x01"
"""The number of the key goes before what it sealed, so that another one can follow."""
_NONCE = 12


class NotOurs(RuntimeError):
    """What the database holds was not sealed here, or belongs to another app."""


@cache
def _derived(purpose: bytes) -> bytes:
    # The pepper lives as long as the password hashes do; the other secrets may be changed at any time.
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(bytes.fromhex(this_site().secrets.pepper))


def _cipher() -> AESGCM:
    return AESGCM(_derived(b"openecf authenticator secrets 1"))


def new_secret() -> bytes:
    """A fresh secret for an authenticator app."""
    return secrets.token_bytes(rules.SECRET_BYTES)


def seal(secret: bytes, *, app: UUID, account: UUID) -> bytes:
    """The secret encrypted, bound to its app and account: a row cannot stand in for another."""
    nonce = os.urandom(_NONCE)
    return _KEY_1 + nonce + _cipher().encrypt(nonce, secret, app.bytes + account.bytes)


def unseal(sealed: bytes, *, app: UUID, account: UUID) -> bytes:
    """The secret of an app; NotOurs if the bytes were altered or moved."""
    sealed = bytes(sealed)
    nonce, rest = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        if sealed[:1] != _KEY_1:
            raise NotOurs(app)
        return _cipher().decrypt(nonce, rest, app.bytes + account.bytes)
    except (InvalidTag, ValueError) as problem:
        raise NotOurs(app) from problem


def new_recovery_code() -> str:
    """A fresh recovery code, without its hyphens."""
    return "".join(secrets.choice(rules.RECOVERY_ALPHABET) for _ in range(rules.RECOVERY_LENGTH))


def recovery_digest(code: str, *, account: UUID) -> str:
    """What the database keeps of a recovery code."""
    return hmac.digest(_derived(b"openecf recovery codes 1"), account.bytes + code.encode(), "sha256").hex()
