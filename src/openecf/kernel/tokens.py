"""Random credentials and their digests."""

from __future__ import annotations

import hashlib
import secrets

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def base62(length: int) -> str:
    """A random string of ``length`` characters over ``[0-9A-Za-z]``."""
    return "".join(secrets.choice(BASE62) for _ in range(length))


def digest(secret: str) -> str:
    """SHA-256 of a high-entropy secret, in hex: what the database keeps instead of the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
