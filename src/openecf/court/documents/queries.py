"""Finding documents: one gate, used by pages, notices, free looks and everything else that hands a document out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING

from django.db.models import Exists
from django.utils.translation import gettext_noop

from openecf.court.cases import queries as cases
from openecf.court.docket.rules import DocumentFacts
from openecf.court.documents.models import Document, DocumentReader
from openecf.court.documents.rules import bought, is_withheld, level, may_read, may_read_document
from openecf.court.people.rules import Reader
from openecf.court.transition import queries as transition
from openecf.kernel.doc_ids import DocId
from openecf.kernel.refusal import Refusal
from openecf.kernel.restriction import Restriction

if TYPE_CHECKING:
    from openecf.court.people.models import CourtUser

MOST_WITHHELD = 500


class NotYours(Refusal):
    """The document is not there, or not for this reader. The words are those that reading programs know."""

    said = gettext_noop("You do not have permission to view this document.")
    code = "not-yours"


class NoSuchDocument(NotYours):
    """No document has this number, or the reader may not even know of its entry or case: the same words for all."""

    said = gettext_noop("could not retrieve dktentry for dlsid")
    code = "no-such-document"


class WrongCase(NotYours):
    """The document is not in the case that the address names."""

    said = gettext_noop("Cannot locate the case with caseid")
    code = "wrong-case"


class TranscriptWithheld(NotYours):
    """A transcript during the time in which it may only be read at the courthouse."""

    said = gettext_noop("You do not have access to this transcript.")
    code = "transcript"


@dataclass(frozen=True)
class Part:
    """A document of an entry as its menu shows it; ``open`` is False where this reader may not read it."""

    document: Document
    open: bool


def open_for(*, reader: Reader, doc_id: str, case_id: int | None = None) -> Document:
    """The document of that number (either flag digit) for this reader, with ``entry`` and ``entry.case`` loaded.

    Raises NoSuchDocument, WrongCase or NotYours. Every way to a document leads through here.
    """
    document = known_to(reader=reader, doc_id=doc_id, case_id=case_id)
    if not _readable(reader, document):
        raise TranscriptWithheld(document=doc_id) if document.transcript else NotYours(document=doc_id)
    return document


def known_to(*, reader: Reader, doc_id: str, case_id: int | None = None) -> Document:
    """As ``open_for``, for pages that tell only that the document exists: its entry is visible to the reader."""
    try:
        stored = DocId.parse(doc_id).stored
    except ValueError:
        raise NoSuchDocument(document=doc_id) from None
    document = Document.objects.select_related("entry__case").filter(doc_id=stored).first()
    if document is None or not _entry_visible(reader, document):
        raise NoSuchDocument(f"{NoSuchDocument.said} {doc_id}", document=doc_id)
    if case_id is not None and case_id != document.entry.case_id:
        raise WrongCase(f"{WrongCase.said}: {case_id}", document=doc_id)
    return document


def parts_for(*, reader: Reader, document: Document) -> list[Part]:
    """All documents of the entry of a document that the reader knows of, in order."""
    rows = Document.objects.filter(entry=document.entry_id).select_related("entry__case").order_by("part")
    return [Part(row, _readable(reader, row)) for row in rows]


def of_entries(*, reader: Reader, case_id: int, seqs: Sequence[int]) -> list[Document]:
    """The documents of some entries of a case that the reader may open."""
    rows = (
        Document.objects.filter(entry__case=case_id, entry__seq__in=seqs)
        .select_related("entry__case")
        .order_by("entry__position", "part")
    )
    return [row for row in rows if _entry_visible(reader, row) and _readable(reader, row)]


def with_serials(*, reader: Reader, case_id: int, serials: Collection[str]) -> list[Document]:
    """The documents of a case with these serials that the reader may open."""
    prefix = transition.profile().doc_prefix
    ids = [DocId(prefix, serial).stored for serial in serials]
    rows = Document.objects.filter(entry__case=case_id, doc_id__in=ids).select_related("entry__case")
    ordered = rows.order_by("entry__position", "part")
    return [row for row in ordered if _entry_visible(reader, row) and _readable(reader, row)]


def facts_of(entry_ids: Sequence[int]) -> dict[int, tuple[DocumentFacts, ...]]:
    """The documents of entries as docket rows show them, in order of parts. The caller asks who may see them."""
    found: dict[int, list[DocumentFacts]] = {}
    for row in Document.objects.filter(entry__in=entry_ids).order_by("entry", "part"):
        found.setdefault(row.entry_id, []).append(facts(row))
    return {entry: tuple(documents) for entry, documents in found.items()}


def known_ids(doc_ids: Sequence[str]) -> set[str]:
    """Which of these document numbers the court has."""
    return set(Document.objects.filter(doc_id__in=doc_ids).values_list("doc_id", flat=True)) if doc_ids else set()


def facts(document: Document) -> DocumentFacts:
    """A document as docket rows show it."""
    return DocumentFacts(
        part=document.part,
        doc_id=document.doc_id,
        description=document.description,
        pages=document.pages,
        bytes=document.bytes,
        size_text=document.size_text,
        restriction=document.restriction,
        sha256=document.sha256,
        transcript=document.transcript,
    )


def selected_readers(entry_ids: Sequence[int]) -> dict[str, set[int]]:
    """By document number, the court users whom the court chose to read a document of these entries."""
    chosen: dict[str, set[int]] = {}
    rows = DocumentReader.objects.filter(document__entry__in=entry_ids).values_list("document__doc_id", "user")
    for doc_id, user in rows:
        chosen.setdefault(doc_id, set()).add(user)
    return chosen


def at_place(*, reader: Reader, case_id: int, number: str, part: int) -> Document:
    """The document that a docket number and an attachment number name. Raises NoSuchDocument."""
    row = (
        Document.objects.select_related("entry__case")
        .filter(entry__case=case_id, entry__number=number, part=part)
        .order_by("entry__position")
        .first()
    )
    if row is None or not _entry_visible(reader, row):
        raise NoSuchDocument(f"{NoSuchDocument.said} {number}", case=case_id)
    return row


def stamped_of(case_id: int) -> list[Document]:
    """The stamped documents of a case, with their entries: for the operators' check of the record."""
    rows = Document.objects.filter(entry__case=case_id, stamped_facts__isnull=False)
    return list(rows.select_related("entry").order_by("entry__position", "part"))


def held_of(case_id: int) -> list[Document]:
    """The documents of a case whose bytes are at this court, with their entries: for the same check."""
    rows = Document.objects.filter(entry__case=case_id).exclude(sha256="")
    return list(rows.select_related("entry").order_by("entry__position", "part"))


def opened(*, document: Document) -> list[tuple[str, datetime]]:
    """Who opened a sealed document, when: newest first."""
    return list(document.openings.order_by("-at", "-id").values_list("by", "at"))


def withheld(*, last: Exists, filed_by: int | None = None, bought_by: int | None = None) -> list[Document]:
    """Transcripts that are not released, oldest first, with ``entry.case``: all, or those of one reporter, or buyer.

    ``last``: those of which this is true come after the others, as what is never released must.
    """
    rows = Document.objects.filter(transcript=True, restriction=Restriction.PARTICIPANTS_AND_TERMINAL)
    if filed_by is not None:
        rows = rows.filter(entry__filer=filed_by)
    if bought_by is not None:
        rows = rows.filter(readers__user=bought_by)
    rows = rows.select_related("entry__case").annotate(last=last).order_by("last", "entry__filed", "entry", "part")
    return list(rows[:MOST_WITHHELD])


def withheld_transcript(document_id: int) -> Document | None:
    """The transcript of that id, if it is not released."""
    found = Document.objects.filter(id=document_id, transcript=True).select_related("entry__case").first()
    return found if found is not None and is_withheld(found.restriction) else None


def known_of(rows: Iterable[Document], *, reader: Reader) -> list[Document]:
    """Those of the documents of whose entries the reader may know, though not open them; with ``entry.case``."""
    takes_part = cache(partial(cases.participates, reader))
    return [row for row in rows if _entry_visible(reader, row, takes_part)]


def readers_of(document_ids: Sequence[int]) -> dict[int, list[CourtUser]]:
    """The court users whom documents were opened to, by document."""
    found: dict[int, list[CourtUser]] = {}
    rows = DocumentReader.objects.filter(document__in=document_ids).select_related("user")
    for row in rows.order_by("user__last_name", "user__first_name", "id"):
        found.setdefault(row.document_id, []).append(row.user)
    return found


def _entry_visible(reader: Reader, document: Document, takes_part: Callable[[int], bool] | None = None) -> bool:
    entry = document.entry
    needed = level(entry.case.restriction, entry.restriction)
    within = takes_part or partial(cases.participates, reader)
    return may_read(
        reader,
        restriction=needed,
        participates=bool(needed) and within(entry.case_id),
        filed_by=entry.filer_id,
        selected=_selected(document) if needed and not bought(document) else (),
    )


def _readable(reader: Reader, document: Document) -> bool:
    entry = document.entry
    around = level(entry.case.restriction, entry.restriction)
    needed = level(around, document.restriction)
    return may_read_document(
        reader,
        around=around,
        own=document.restriction,
        transcript=document.transcript,
        participates=_participates(reader, document, needed),
        filed_by=entry.filer_id,
        selected=_selected(document) if needed else (),
    )


def _participates(reader: Reader, document: Document, needed: int) -> bool:
    return bool(needed) and cases.participates(reader, document.entry.case_id)


def _selected(document: Document) -> frozenset[int]:
    return frozenset(DocumentReader.objects.filter(document=document).values_list("user", flat=True))
