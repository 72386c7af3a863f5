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


def _sync_folder(folder: str) -> None:
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
        # Names are put together as text: with each filing and each document that is read, paths would cost more.
        self.root = str(root)
        self.synced: set[str] = set()
        """Folders whose names this process has seen to the disk: they need not go there again."""

    def _sync_above(self, folder: str) -> None:
        while folder != self.root:
            above = os.path.dirname(folder)
            if folder not in self.synced:
                _sync_folder(above)
                self.synced.add(folder)
            folder = above

    @contextlib.contextmanager
    def temporary(self) -> Iterator[BinaryIO]:
        """A file to write into, on the same disk; gone afterwards unless it was kept."""
        with full_disk_is_a_refusal():
            folder = f"{self.root}/incoming"
            if not os.path.isdir(folder):
                Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as out:
                try:
                    yield out  # type: ignore[misc]
                finally:
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(out.name)

    def keep(self, written: BinaryIO, name: str) -> None:
        place, old = self._place(name), self._old_place(name)
        with full_disk_is_a_refusal():
            here = os.path.exists(place)
            if not here and os.path.exists(old):
                place, here = old, True  # the same bytes: they need not lie here twice
            folder = os.path.dirname(place)
            if not os.path.isdir(folder):  # looking costs less than trying to make it
                Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
            if not here:
                written.flush()
                os.fsync(written.fileno())
                os.replace(written.name, place)
            # Also of a file that is there already: whoever put it may not have come to this yet.
            _sync_folder(folder)
            self._sync_above(folder)

    def open(self, name: str) -> BinaryIO:
        try:
            return open(self._place(name), "rb")
        except FileNotFoundError:
            return open(self._old_place(name), "rb")

    def has(self, name: str) -> bool:
        return os.path.exists(self._place(name)) or os.path.exists(self._old_place(name))

    def drop(self, name: str) -> None:
        for place in (self._place(name), self._old_place(name)):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(place)

    def clear(self, *, older_than: float) -> int:
        """Remove what processes that were killed left half written, some seconds ago; how many files."""
        gone = 0
        for path in Path(self.root, "incoming").glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > older_than:
                    path.unlink()
                    gone += 1
        return gone

    def _place(self, name: str) -> str:
        kind, _, hashed = name.rpartition("/")
        return f"{self.root}/{kind}/{hashed[:2]}/{hashed}"

    def _old_place(self, name: str) -> str:
        """Where stores kept a file before November 26, 2026: one folder deeper."""
        kind, _, hashed = name.rpartition("/")
        return f"{self.root}/{kind}/{hashed[:2]}/{hashed[2:4]}/{hashed}"


def backend(config: StoreConfig, folder: Path) -> Backend:
    """The store that a site's configuration names."""
    # Named, not imported: an S3 client costs every process that starts a tenth of its imports, and most keep a folder.
    return import_string("openecf.platform.store.bucket.Bucket")(config) if config.kind == "s3" else Folder(folder)
