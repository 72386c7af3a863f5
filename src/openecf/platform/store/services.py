"""The document store: bytes under the SHA-256 of what they say. What is stored never changes."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

from openecf.platform.config import this_site
from openecf.platform.store.backends import Backend, StoreFull, backend
from openecf.platform.store.sealing import SealedReader, Tampered, seal, sealed_name

__all__ = ["NotStored", "Stored", "StoreFull", "Tampered", "drop", "has", "held", "open", "pieces", "put", "sweep"]

PIECE = 262_144


@dataclass(frozen=True)
class Stored:
    """What was put: the SHA-256 of the plain bytes, in hex, and how many they are."""

    sha256: str
    bytes: int


class NotStored(LookupError):
    """The store does not hold these bytes."""


@cache
def _backend() -> Backend:
    site = this_site()
    return backend(site.config.store, site.documents_folder)


@cache
def _key() -> bytes:
    return bytes.fromhex(this_site().secrets.documents)


def _name(sha256: str, *, sealed: bool) -> str:
    return f"sealed/{sealed_name(_key(), sha256)}" if sealed else f"plain/{sha256}"


def put(chunks: Iterable[bytes], *, sealed: bool = False, expected: str = "") -> Stored:
    """Store bytes, durably: when this returns they are on disk (or in the bucket). Refuses with StoreFull.

    ``expected``: the SHA-256 that they must have. Nothing is stored of others; the caller sees by what is returned.
    """
    digest = hashlib.sha256()
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for piece in chunks:
            digest.update(piece)
            size += len(piece)
            yield piece

    with _backend().temporary() as out:
        for piece in seal(counted(), key=_key(), digest=digest) if sealed else counted():
            out.write(piece)
        stored = Stored(digest.hexdigest(), size)
        if expected in ("", stored.sha256):
            _backend().keep(out, _name(stored.sha256, sealed=sealed))
    return stored


def open(sha256: str, *, sealed: bool = False) -> BinaryIO:  # noqa: A001  (the store's own word)
    """The plain bytes, as a seekable file. NotStored when they are not here, Tampered when they were altered.

    ``sealed`` is the form in which they are looked for first. Equal bytes are kept once, so that another document's level
    may have brought them into the other form, even at this moment.
    """
    for form in (sealed, not sealed, sealed):
        with contextlib.suppress(FileNotFoundError):
            return _opened(sha256, sealed=form)
    raise NotStored(sha256)


def _opened(sha256: str, *, sealed: bool) -> BinaryIO:
    stored = _backend().open(_name(sha256, sealed=sealed))
    if not sealed:
        return stored
    return io.BufferedReader(SealedReader(stored, key=_key(), sha256=sha256), PIECE)  # type: ignore[return-value]


def has(sha256: str, *, sealed: bool = False) -> bool:
    """Whether the store holds these bytes in that form."""
    return bool(sha256) and _backend().has(_name(sha256, sealed=sealed))


def held(sha256: str) -> bool:
    """Whether the store holds these bytes in either form."""
    return has(sha256, sealed=True) or has(sha256, sealed=False)


def drop(sha256: str, *, sealed: bool = False) -> None:
    """Forget one form of bytes. The caller knows that the other form is here, or that nobody needs them."""
    _backend().drop(_name(sha256, sealed=sealed))


def sweep() -> int:
    """Remove what processes that were killed left half written a day ago; how many files."""
    return _backend().clear(older_than=24 * 3600)


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """A file's bytes, a quarter of a megabyte at a time."""
    while piece := file.read(PIECE):
        yield piece
