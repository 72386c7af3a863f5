"""Pure decisions of the documents room: who may read what, which PDFs a court takes, what a bench says differently."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from openecf.court.people.rules import Reader
from openecf.kernel.restriction import Restriction

if TYPE_CHECKING:
    from openecf.court.docket.rules import DocumentFacts
    from openecf.court.documents.models import Document

NO_HEADER = "2"
"""What a form or an address says as ``pdf_header`` to ask for a copy without the court's line at the top of each page."""
AS_FILED = f"pdf_header={NO_HEADER}"
SEALED_FROM = Restriction.SELECTED
"""From this level on the stored bytes are encrypted and every opening is recorded."""


def may_read(
    reader: Reader, *, restriction: int, participates: bool, filed_by: int | None, selected: Collection[int] = ()
) -> bool:
    """The one decision of who may see something that carries a restriction level. What is unknown stays closed.

    ``participates``: the reader is in the case; ``filed_by``: id of the court user who filed it (None if nobody of
    this court did); ``selected``: ids of the court users it was opened to.
    """
    level = Restriction.of(restriction)
    if level == Restriction.PUBLIC:
        return True
    if level == Restriction.CHAMBERS:
        return reader.is_chambers
    if reader.is_court:
        return True
    # A filing agent has of the principal's place only what the principal permits.
    as_user = reader.sees_as_filer
    is_filer = as_user and filed_by is not None and reader.user == filed_by
    participates = participates and as_user
    return {
        Restriction.PARTICIPANTS_AND_TERMINAL: participates or reader.terminal or is_filer,
        Restriction.PARTICIPANTS: participates or is_filer,
        Restriction.SELECTED: is_filer or (as_user and reader.user in selected),
        Restriction.FILER_AND_COURT: is_filer,
    }.get(level, False)


def may_read_document(
    reader: Reader, *, around: int, own: int, transcript: bool, participates: bool, filed_by: int | None,
    selected: Collection[int] = (),
) -> bool:  # fmt: skip
    """As ``may_read`` for a document: ``around`` is the level of its case and entry, ``own`` its own.

    A transcript that is not released is read at the courthouse and by who bought it from its reporter; to take part in
    the case is not enough (JCUS-SEP 07). Who bought it is nobody whom the court selected to know of its entry or case.
    """
    if not (transcript and is_withheld(own)):
        return may_read(
            reader, restriction=level(around, own), participates=participates, filed_by=filed_by, selected=selected
        )
    known = may_read(reader, restriction=around, participates=participates, filed_by=filed_by)
    has_it = reader.sees_as_filer and reader.user is not None and (reader.user == filed_by or reader.user in selected)
    return known and (reader.is_court or reader.terminal or has_it)


def bought(document: Document | DocumentFacts) -> bool:
    """Whether the people to whom a document was opened are those who bought it, not those whom the court selected."""
    return document.transcript and is_withheld(document.restriction)


def is_withheld(own: int) -> bool:
    """Whether a transcript's own level is the one that it has until its release."""
    return Restriction.of(own) == Restriction.PARTICIPANTS_AND_TERMINAL


def level(*levels: int) -> Restriction:
    """The strictest of the levels of a case, an entry and a document."""
    return max((Restriction.of(each) for each in levels), default=Restriction.PUBLIC)


@dataclass(frozen=True)
class CheckedPdf:
    """A PDF that the court takes. Its bytes are in the store (sealed, until it is filed)."""

    sha256: str
    bytes: int
    pages: int


@dataclass(frozen=True)
class NewDocument:
    """A checked PDF that becomes a document of an entry. ``part`` 0 is the main document."""

    part: int
    description: str
    filename: str
    sha256: str
    bytes: int
    pages: int
    restriction: int = 0
    transcript: bool = False
    opinion: bool = False


@dataclass(frozen=True)
class HeaderFacts:
    """What the blue line at the top of each page tells."""

    case_number: str
    document_number: str
    part: int
    description: str
    filed: date | None
    entered: datetime | None
    doc_id: str


class DocumentPages(Protocol):
    """What the benches print differently on document pages."""

    folder: str
    """Where the bench's pages lie: ``documents/<folder>/menu.html`` and ``receipt.html``."""
    path: str
    """``doc1`` or ``docs1``."""
    look_parameter: str
    """What a free-look link calls its secret."""
    page_suffix: str
    """``Page {page} of {pages}`` as this bench writes it after the header, filled in for each page."""
    confirms_free_look: bool
    """Whether a free-look link asks before it is used up, against programs that open links in mail."""

    def header(self, facts: HeaderFacts) -> str:
        """The line stamped on each page, without the page count."""

    def receipt_description(self, *, number: str, part: int, transcript: bool) -> str:
        """What the receipt calls a document."""

    def receipt_criteria(self, *, case_number: str, number: str, part: int) -> tuple[str, str]:
        """Label and text of the receipt's line about the case."""

    def receipt_action(self, path: str) -> str:
        """Where the receipt of the document at ``path`` posts the accepted charge."""

    def part_label(self, part: int) -> str:
        """The number by which the attachment menu shows a part."""

    def look_query(self, *, case_id: int, seq: int, secret: str) -> str:
        """The query of a free-look link."""


def size_text(size: int) -> str:
    """``88.4 KB``, ``4.6 MB``: as attachment menus print sizes."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{size / 1000:.1f} KB"
