"""Looking at an uploaded PDF before anybody keeps it: how large it is, and what the inspector finds in it."""

from __future__ import annotations

from typing import Any, BinaryIO

from openecf.kernel.refusal import Refusal
from openecf.platform.pdf import checking
from openecf.platform.pdf.lying import path_of
from openecf.platform.pdf.rules import REASONS, Findings, wrong_with
from openecf.platform.store import services as store

MEGABYTE = 1_000_000


class BadPdf(Refusal):
    """A PDF that is not taken; ``code`` is a key of ``rules.REASONS``."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(str(REASONS[code]), **facts)
        self.code = code


def examine(
    *, file: BinaryIO, copy: Any, filename: str, megabytes: int, forms_allowed: bool, links_allowed: bool
) -> tuple[Findings, int]:
    """Copy an upload piece by piece, never more than may be taken, and inspect it: findings, size. Refuses with BadPdf.

    ``copy`` is a temporary file, which needs no name; it is left at its start.
    """
    if not filename.lower().endswith(".pdf"):
        raise BadPdf("not-pdf", filename=filename)
    size = 0
    for piece in store.pieces(file):
        size += len(piece)
        if size > megabytes * MEGABYTE:
            raise BadPdf("too-large", filename=filename, limit=megabytes)
        copy.write(piece)
    copy.flush()
    found = checking.findings(path_of(copy))
    if wrong := wrong_with(found, forms_allowed=forms_allowed, links_allowed=links_allowed):
        raise BadPdf(wrong, filename=filename)
    copy.seek(0)
    return found, size
