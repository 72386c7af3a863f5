"""Several documents in one file."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from openecf.kernel.refusal import Refusal
from openecf.platform.pdf import printing
from openecf.platform.pdf.lying import path_of


class CannotJoin(Refusal):
    """One of them is no PDF that can be taken apart, or all of them together are too much work."""

    said = _(
        "These documents cannot be put together into one PDF. Nothing was charged. Choose a ZIP file, or one by one."
    )
    code = "cannot-join"


def joined(files: Sequence[BinaryIO]) -> BinaryIO:
    """One PDF of all pages, in order. Raises CannotJoin, printing.PressesBusy."""
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the caller closes it)
    try:
        printing.join(files, to=path_of(out))
    except BaseException as failed:
        out.close()
        if isinstance(failed, printing.Unusable):
            raise CannotJoin from None
        raise
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
