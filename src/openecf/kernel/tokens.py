"""Random credentials and their digests."""

from __future__ import annotations

import hashlib
import secrets

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Four values of a byte stand for each character; the last eight of the 256, which would make some more frequent, are left out.
_CHARACTER = bytes(ord(BASE62[byte % 62]) for byte in range(256))
_UNEVEN = bytes(range(4 * 62, 256))


def base62(length: int) -> str:
    """A random string of ``length`` characters over ``[0-9A-Za-z]``."""
    drawn = b""
    while len(drawn) < length:
        drawn += secrets.token_bytes(length + length // 8).translate(_CHARACTER, _UNEVEN)
    return drawn[:length].decode()


def digest(secret: str) -> str:
    """SHA-256 of a high-entropy secret, in hex: what the database keeps instead of the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
