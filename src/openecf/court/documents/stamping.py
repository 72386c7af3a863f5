"""The blue line at the top of each page of a copy. The document as filed is never altered; stamped copies are cached."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from pathlib import Path
from typing import Any, BinaryIO

from openecf.platform.config import this_site
from openecf.platform.pdf import printing
from openecf.platform.pdf.lying import path_of

KEPT_BYTES = 1_000_000_000
PRUNE_EVERY = 64
UNFIT = "-unfit"
UNFIT_SECONDS = 24 * 3600
"""How long a document that could not be stamped is handed out as it was filed, before that is tried again."""


def stamped(original: BinaryIO, *, sha256: str, header: str, suffix: str, keep: bool) -> BinaryIO:
    """A copy with the header and ``suffix`` (its ``{page}`` and ``{pages}`` filled in) on each page, open for reading.

    The original where it cannot be stamped: a PDF with nonsense in its page tree is handed out as it was filed.
    ``keep``: the copy may lie in this site's cache (never for sealed documents). Raises printing.PressesBusy.
    """
    place = _cache() / f"{_family(sha256)}{hashlib.sha256((header + suffix).encode()).hexdigest()[:32]}"
    unfit = _cache() / f"{_family(sha256)}{UNFIT}"
    if keep:
        with contextlib.suppress(FileNotFoundError):
            if time.time() - unfit.stat().st_mtime < UNFIT_SECONDS:  # it may take a minute to find out
                return original
        with contextlib.suppress(FileNotFoundError):
            cached = place.open("rb")
            os.utime(place)
            original.close()
            return cached
    # What is not kept has no name, and nothing of it stays behind if this process is killed.
    copy: Any = tempfile.NamedTemporaryFile(dir=_cache(), suffix=".new") if keep else tempfile.TemporaryFile()
    try:
        printing.stamp(original, to=path_of(copy), header=header, suffix=suffix)
    except printing.Unusable as why:
        copy.close()
        if keep and not isinstance(why, printing.Interrupted):  # at a restart: that says nothing of the document
            unfit.touch(mode=0o600)
        original.seek(0)
        return original
    except BaseException:
        copy.close()
        raise
    original.close()
    if keep:
        with contextlib.suppress(FileExistsError):
            os.link(copy.name, place)
        _prune(place)
    copy.seek(0)
    return copy


def forget(sha256: str) -> None:
    """Throw the kept copies of a document away: it is sealed from now on."""
    for copy in _cache().glob(f"{_family(sha256)}*"):
        copy.unlink(missing_ok=True)


def _family(sha256: str) -> str:
    """How the names of a document's copies begin."""
    return hashlib.sha256(sha256.encode()).hexdigest()[:32]


def _cache() -> Path:
    folder = this_site().folder / "cache" / "stamped"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _prune(newest: Path) -> None:
    """Now and then, the copies that nobody asked for longest make room."""
    if int(newest.name[:4], 16) % PRUNE_EVERY:
        return
    held = sorted(((file.stat().st_mtime, file.stat().st_size, file) for file in newest.parent.iterdir()), reverse=True)
    total = 0
    for _used, size, file in held:
        total += size
        if total > KEPT_BYTES:
            file.unlink(missing_ok=True)
