"""Encryption of sealed bytes: AES-256-GCM in chunks, so that a large document is never whole in memory.

Layout: magic, salt (32 bytes), chunks of 64 KiB each followed by its tag. Every file has a key of its own, derived
from the site's key and the salt; each chunk's nonce is its position and whether it is the last one (the STREAM
construction), so that chunks cannot be dropped, swapped or added. The last chunk also vouches for the SHA-256.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"openecf-sealed-1\n"
SALT = 32
CHUNK = 65536
TAG = 16
HEAD = len(MAGIC) + SALT


class Tampered(OSError):
    """The stored bytes are not what was sealed here (or the key is another one)."""


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=MAGIC).derive(key))


def _nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def sealed_name(key: bytes, sha256: str) -> str:
    """Under which name sealed bytes are kept: it does not tell the hash of what is inside."""
    return hmac.new(key, sha256.encode(), hashlib.sha256).hexdigest()


def seal(chunks: Iterable[bytes], *, key: bytes, digest: hashlib._Hash) -> Iterator[bytes]:
    """Encrypt a stream; ``digest`` must have seen all plain bytes when the last chunk is asked for."""
    salt = os.urandom(SALT)
    cipher = _cipher(key, salt)
    yield MAGIC + salt
    index, held = 0, b""
    for piece in chunks:
        held += piece
        while len(held) > CHUNK:
            yield cipher.encrypt(_nonce(index, last=False), held[:CHUNK], None)
            held, index = held[CHUNK:], index + 1
    yield cipher.encrypt(_nonce(index, last=True), held, digest.hexdigest().encode())


class SealedReader(io.RawIOBase):
    """Reads sealed bytes as if they were plain; seekable, one chunk in memory."""

    def __init__(self, stored: BinaryIO, *, key: bytes, sha256: str) -> None:
        self._stored, self._sha256 = stored, sha256.encode()
        head = stored.read(HEAD)
        if len(head) != HEAD or not head.startswith(MAGIC):
            raise Tampered("not a sealed file")
        self._cipher = _cipher(key, head[len(MAGIC) :])
        body = stored.seek(0, io.SEEK_END) - HEAD
        self._chunks = max(1, -(-body // (CHUNK + TAG)))
        self._size = body - self._chunks * TAG
        if self._size < 0:
            raise Tampered("cut short")
        self._at, self._index, self._plain = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._at >= self._size and self._size:
            return 0
        self._load(min(self._at // CHUNK, self._chunks - 1))
        start = self._at - self._index * CHUNK
        piece = self._plain[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._stored.close()
        super().close()

    def _load(self, index: int) -> None:
        if index == self._index:
            return
        last = index == self._chunks - 1
        self._stored.seek(HEAD + index * (CHUNK + TAG))
        stored = self._stored.read(CHUNK + TAG)
        try:
            self._plain = self._cipher.decrypt(_nonce(index, last=last), stored, self._sha256 if last else None)
        except InvalidTag:
            raise Tampered("a sealed document was altered") from None
        self._index = index
