"""Several documents in one file."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from typing import BinaryIO

import pikepdf


def joined(files: Sequence[BinaryIO]) -> BinaryIO:
    """One PDF of all pages, in order."""
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the caller closes it)
    with pikepdf.new() as whole:
        sources = [pikepdf.open(file) for file in files]
        for source in sources:
            whole.pages.extend(source.pages)
        whole.save(out)
        for source in sources:
            source.close()
    out.seek(0)
    return out  # type: ignore[return-value]


def zipped(files: Sequence[BinaryIO], names: Sequence[str]) -> BinaryIO:
    """A ZIP of the files; PDFs do not get smaller, so nothing is compressed."""
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the caller closes it)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for file, name in zip(files, names, strict=True):
            with archive.open(name, "w") as member:
                shutil.copyfileobj(file, member)
    out.seek(0)
    return out  # type: ignore[return-value]
