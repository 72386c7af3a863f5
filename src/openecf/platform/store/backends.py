"""Where bytes lie: a folder of this machine, or a bucket of an S3-compatible store."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from openecf.kernel.refusal import Refusal
from openecf.platform.config import StoreConfig

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StoreFull(Refusal):
    """The disk has no room; nothing was stored."""

    said = gettext_lazy(
        "The court's document store is full. Nothing was filed or changed. Please tell the clerk's office."
    )
    code = "store-full"


class Backend(Protocol):
    """Keeps immutable bytes by name."""

    def temporary(self) -> contextlib.AbstractContextManager[BinaryIO]: ...

    def keep(self, written: BinaryIO, name: str) -> None: ...

    def open(self, name: str) -> BinaryIO: ...

    def has(self, name: str) -> bool: ...

    def drop(self, name: str) -> None: ...

    def clear(self, *, older_than: float) -> int: ...


@contextlib.contextmanager
def full_disk_is_a_refusal() -> Iterator[None]:
    """StoreFull where the disk has no room."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StoreFull from error
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Folder:
    """Files in 256 folders, by the first byte of what they are named for. A file appears whole, synced to disk, or not at all.

    A folder is made once, and its name synced once: with more of them, nearly every file would make its own, which is
    three syncs instead of one. A court with ten million documents has forty thousand names in each, which file systems
    of today find as fast as a few.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.synced: set[Path] = set()
        """Folders whose names this process has seen to the disk: they need not go there again."""

    def _sync_above(self, folder: Path) -> None:
        one = folder
        while one != self.root:
            if one not in self.synced:
                _sync_folder(one.parent)
                self.synced.add(one)
            one = one.parent

    @contextlib.contextmanager
    def temporary(self) -> Iterator[BinaryIO]:
        """A file to write into, on the same disk; gone afterwards unless it was kept."""
        with full_disk_is_a_refusal():
            folder = self.root / "incoming"
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as out:
                try:
                    yield out  # type: ignore[misc]
                finally:
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(out.name)

    def keep(self, written: BinaryIO, name: str) -> None:
        place, old = self._place(name), self._old_place(name)
        with full_disk_is_a_refusal():
            if not place.exists() and old.exists():
                place = old  # the same bytes: they need not lie here twice
            elif not place.parent.is_dir():  # looking costs less than trying to make it
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not place.exists():
                written.flush()
                os.fsync(written.fileno())
                Path(written.name).replace(place)
            # Also of a file that is there already: whoever put it may not have come to this yet.
            _sync_folder(place.parent)
            self._sync_above(place.parent)

    def open(self, name: str) -> BinaryIO:
        try:
            return self._place(name).open("rb")
        except FileNotFoundError:
            return self._old_place(name).open("rb")

    def has(self, name: str) -> bool:
        return self._place(name).exists() or self._old_place(name).exists()

    def drop(self, name: str) -> None:
        self._place(name).unlink(missing_ok=True)
        self._old_place(name).unlink(missing_ok=True)

    def clear(self, *, older_than: float) -> int:
        """Remove what processes that were killed left half written, some seconds ago; how many files."""
        gone = 0
        for path in (self.root / "incoming").glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > older_than:
                    path.unlink()
                    gone += 1
        return gone

    def _place(self, name: str) -> Path:
        kind, _, hashed = name.rpartition("/")
        return self.root / kind / hashed[:2] / hashed

    def _old_place(self, name: str) -> Path:
        """Where stores kept a file before November 26, 2026: one folder deeper."""
        kind, _, hashed = name.rpartition("/")
        return self.root / kind / hashed[:2] / hashed[2:4] / hashed


def backend(config: StoreConfig, folder: Path) -> Backend:
    """The store that a site's configuration names."""
    # Named, not imported: an S3 client costs every process that starts a tenth of its imports, and most keep a folder.
    return import_string("openecf.platform.store.bucket.Bucket")(config) if config.kind == "s3" else Folder(folder)
