"""A bucket of an S3-compatible store. Imported only by sites that keep their bytes there."""

from __future__ import annotations

import contextlib
import errno
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

from openecf.platform.config import StoreConfig
from openecf.platform.store.backends import StoreFull, full_disk_is_a_refusal

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
        with full_disk_is_a_refusal(), tempfile.TemporaryFile() as out:
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
