"""The signing keys as this process uses them: read seldom, decrypted once."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import ECKey, KeySet

from openecf.central.signon.models import SigningKey
from openecf.platform.config import this_site

ALGORITHM = "ES256"
_READ_AGAIN_SECONDS = 2.0
"""As long as a process may go on signing with a key that was withdrawn."""


class NoSigningKey(RuntimeError):
    """The provider has no key to sign with: ``openecf up`` or ``signon.services.tend_keys`` makes one."""


@dataclass(frozen=True)
class Keys:
    """The key that signs now, and every key that what was signed before may have been signed with."""

    signing: ECKey | None
    verifying: KeySet


_cached: tuple[float, Keys] | None = None
_opened: ECKey | None = None
_lock = threading.Lock()


def _sealing_key() -> AESGCM:
    secret = bytes.fromhex(this_site().secrets.django)
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"signon signing keys").derive(secret))


def new_key(*, state: str, at: datetime) -> SigningKey:
    """A fresh ES256 key, not saved yet."""
    key = ECKey.generate_key("P-256", auto_kid=True)
    nonce = os.urandom(12)
    private = json.dumps(key.as_dict(private=True)).encode()
    return SigningKey(
        kid=key.kid,
        algorithm=ALGORITHM,
        public=key.as_dict(private=False) | {"use": "sig", "alg": ALGORITHM, "kid": key.kid},
        sealed=nonce + _sealing_key().encrypt(nonce, private, key.kid.encode()),
        state=state,
        published_at=at,
        signing_at=at if state == SigningKey.State.SIGNING else None,
    )


def _open(row: SigningKey) -> ECKey:
    sealed = bytes(row.sealed)
    return ECKey.import_key(json.loads(_sealing_key().decrypt(sealed[:12], sealed[12:], row.kid.encode())))


def _opened_once(row: SigningKey) -> ECKey:
    global _opened
    if _opened is None or _opened.kid != row.kid:
        _opened = _open(row)
    return _opened


def published() -> list[dict]:
    """The public halves that relying parties may meet, as they are at this moment, newest first."""
    alive = SigningKey.objects.exclude(state=SigningKey.State.REMOVED)
    return list(alive.order_by("-published_at").values_list("public", flat=True))


def keys() -> Keys:
    """The keys, at most two seconds old."""
    global _cached
    now = time.monotonic()
    if _cached and now - _cached[0] < _READ_AGAIN_SECONDS:
        return _cached[1]
    with _lock:
        rows = list(SigningKey.objects.exclude(state=SigningKey.State.REMOVED).order_by("-published_at"))
        signing = next((row for row in rows if row.state == SigningKey.State.SIGNING), None)
        fresh = Keys(
            signing=_opened_once(signing) if signing else None,
            verifying=KeySet([ECKey.import_key(row.public) for row in rows]),
        )
        _cached = (now, fresh) if signing else None
    return fresh


def signing_key() -> ECKey:
    """The key that signs now; NoSigningKey if the site was never set up."""
    key = keys().signing
    if key is None:
        raise NoSigningKey
    return key


def forget() -> None:
    """Read the keys again at the next use (after a change in this process; tests)."""
    global _cached, _opened
    _cached = _opened = None
