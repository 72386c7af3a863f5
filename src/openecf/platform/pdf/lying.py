"""Files without a name, for the processes that work on PDFs: what is sealed or not filed yet never lies in a folder.

A file that is only open is gone with whoever opened it, however that process ends. Another process of the same user opens
it by its descriptor.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any


def path_of(file: IO[bytes]) -> str:
    """By which other processes open this open file, for as long as it is open here. Raises OSError if it is in memory."""
    return f"/proc/{os.getpid()}/fd/{file.fileno()}"


@contextmanager
def lying(file: Any) -> Iterator[str]:
    """Where the bytes of a file can be opened. What is unsealed or fetched while it is read is laid down, without a name,
    for as long as it takes."""
    try:
        where = path_of(file)
    except (OSError, AttributeError):
        file.seek(0)
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(file, copy)
            copy.flush()
            yield path_of(copy)
    else:
        yield where
