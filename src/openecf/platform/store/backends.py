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

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.utils.translation import gettext_lazy
from storages.backends.s3 import S3Storage

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
def _full_disk_is_a_refusal() -> Iterator[None]:
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
    """Files in two levels of folders. A file appears whole, synced to disk, or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextlib.contextmanager
    def temporary(self) -> Iterator[BinaryIO]:
        """A file to write into, on the same disk; gone afterwards unless it was kept."""
        with _full_disk_is_a_refusal():
            folder = self.root / "incoming"
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as out:
                try:
                    yield out  # type: ignore[misc]
                finally:
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(out.name)

    def keep(self, written: BinaryIO, name: str) -> None:
        place = self._place(name)
        with _full_disk_is_a_refusal():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not place.exists():
                written.flush()
                os.fsync(written.fileno())
                Path(written.name).replace(place)
            # Also of a file that is there already: whoever put it may not have come to this yet.
            for folder in (place.parent, place.parent.parent, place.parent.parent.parent):
                _sync_folder(folder)

    def open(self, name: str) -> BinaryIO:
        return self._place(name).open("rb")

    def has(self, name: str) -> bool:
        return self._place(name).exists()

    def drop(self, name: str) -> None:
        self._place(name).unlink(missing_ok=True)

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
        return self.root / kind / hashed[:2] / hashed[2:4] / hashed


NO_ROOM = frozenset({"QuotaExceeded", "XMinioStorageFull", "InsufficientCapacity"})


@contextlib.contextmanager
def _trouble_is_an_os_error() -> Iterator[None]:
    """A store that cannot be reached, or refuses, is to its callers what a broken disk is."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in NO_ROOM:
            raise StoreFull from error
        raise OSError(errno.EIO, f"the document store refuses: {type(error).__name__}") from error
    except BotoCoreError as error:
        raise OSError(errno.EIO, f"the document store is not there: {type(error).__name__}") from error


class Bucket:
    """An S3-compatible store; credentials come from the environment, as for any S3 client."""

    def __init__(self, config: StoreConfig) -> None:
        self.storage = S3Storage(
            bucket_name=config.bucket,
            endpoint_url=config.endpoint_url or None,
            region_name=config.region or None,
            addressing_style="path" if config.endpoint_url else "auto",
            default_acl=None,
            file_overwrite=True,
            querystring_auth=False,
        )

    @contextlib.contextmanager
    def temporary(self) -> Iterator[BinaryIO]:
        with _full_disk_is_a_refusal(), tempfile.TemporaryFile() as out:
            yield out  # type: ignore[misc]

    def keep(self, written: BinaryIO, name: str) -> None:
        written.flush()
        written.seek(0)
        with _trouble_is_an_os_error():
            if not self.storage.exists(name):
                self.storage.save(name, File(written))

    def open(self, name: str) -> BinaryIO:
        with _trouble_is_an_os_error():
            return self.storage.open(name, "rb")  # type: ignore[return-value]

    def has(self, name: str) -> bool:
        with _trouble_is_an_os_error():
            return self.storage.exists(name)

    def drop(self, name: str) -> None:
        with _trouble_is_an_os_error():
            self.storage.delete(name)

    def clear(self, *, older_than: float) -> int:
        """A bucket shows only whole objects."""
        return 0


def backend(config: StoreConfig, folder: Path) -> Backend:
    """The store that a site's configuration names."""
    return Bucket(config) if config.kind == "s3" else Folder(folder)
