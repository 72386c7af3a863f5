"""Taking documents in, and handing them out: what is filed is kept byte for byte, and sealed openings are recorded."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from openecf.court.bench import bench
from openecf.court.cases import queries as cases
from openecf.court.documents import bundles
from openecf.court.documents.models import Document, DocumentReader, Opening
from openecf.court.documents.rules import (
    SEALED_FROM,
    CheckedPdf,
    HeaderFacts,
    NewDocument,
    level,
)
from openecf.court.documents.stamping import forget, stamped
from openecf.court.fees import rules as fees_rules
from openecf.court.fees import services as fees
from openecf.court.fees.rules import Receipt
from openecf.court.notices import services as looks
from openecf.court.people.rules import NOBODY, Reader
from openecf.court.transition import queries as transition
from openecf.kernel.doc_ids import DocId
from openecf.kernel.refusal import Refusal
from openecf.kernel.restriction import Restriction
from openecf.platform.audit.services import record
from openecf.platform.pdf.examining import examine
from openecf.platform.pdf.rules import Findings
from openecf.platform.postgres import prepared
from openecf.platform.store import services as store
from openecf.platform.store.holding import one_at_a_time

if TYPE_CHECKING:
    from openecf.court.docket.models import Entry
    from openecf.court.docket.rules import DocumentFacts
    from openecf.court.transition.models import CourtProfile

log = structlog.get_logger()

MEGABYTE = 1_000_000
MOST_TOGETHER, BYTES_TOGETHER = 200, 300 * MEGABYTE
RESEAL_JOB = "openecf.documents.reseal"
ROOM = 1000
"""Numbers left free above those taken over: filings that take some at that moment do not get beyond them."""
_RAISE = """
SELECT setval('document_serial', %(taken)s + %(room)s) FROM document_serial
WHERE last_value + is_called::int <= %(taken)s
"""
_SERIALS = "SELECT nextval('document_serial') FROM generate_series(1, %s)"


class NotHeld(Refusal):
    """The record knows the document; its bytes are not at this court (an imported docket)."""

    said = gettext_noop("The document is not available.")
    code = "not-held"


class TooMuchTogether(Refusal):
    """Several documents at once, but too many of them. Nothing was charged."""

    said = _("That is too much for one file: choose at most 200 documents, of 300 MB together. Nothing was charged.")
    code = "too-much-together"


class NothingChosen(Refusal):
    """Several documents at once, and none of them ticked."""

    said = _("No document was chosen. Go back and tick those that you want. Nothing was charged.")
    code = "nothing-chosen"


class LookIsGone(Refusal):
    """A notice's link was used before, is too old, or never was one."""

    said = _("This free look has been used or has expired. Log in with your PACER account to see the document.")
    code = "look-is-gone"


def check_pdf(*, file: BinaryIO, filename: str, profile: CourtProfile) -> CheckedPdf:
    """Check an uploaded PDF against the court's rules and store it, sealed until it is filed. Refuses with BadPdf."""
    with tempfile.TemporaryFile() as copy:
        found, _size = _examined(file, copy, filename, profile)
        stored = store.put(store.pieces(copy), sealed=True)
    return CheckedPdf(stored.sha256, stored.bytes, found.pages)


def try_pdf(*, file: BinaryIO, filename: str, profile: CourtProfile) -> CheckedPdf:
    """Check a PDF as ``check_pdf`` does, and keep nothing (``sha256`` is empty)."""
    with tempfile.TemporaryFile() as copy:
        found, size = _examined(file, copy, filename, profile)
    return CheckedPdf("", size, found.pages)


def _examined(file: BinaryIO, copy: Any, filename: str, profile: CourtProfile) -> tuple[Findings, int]:
    """Copy an upload, never more than this court takes, and inspect it. Leaves the copy at its start."""
    return examine(
        file=file,
        copy=copy,
        filename=filename,
        megabytes=profile.pdf_megabytes,
        forms_allowed=profile.pdf_forms,
        links_allowed=profile.pdf_external_links,
    )


def attach(*, entry: Entry, documents: Sequence[NewDocument], at: datetime) -> list[Document]:
    """Make checked PDFs the documents of an entry, inside the caller's transaction. Their bytes must be in the store."""
    return keep(entry=entry, documents=numbered(documents=documents))


def numbered(*, documents: Sequence[NewDocument]) -> list[Document]:
    """Checked PDFs as documents of an entry that is to come, by parts, with their numbers and nothing written yet.

    Numbers come from the court's sequence, for which no filing
    waits: one that comes to nothing leaves a gap, and no number is ever used twice.
    """
    if not documents:
        return []
    parts = sorted(documents, key=lambda each: each.part)
    prefix = transition.profile().doc_prefix
    rows = []
    for new, serial in zip(parts, _take_serials(len(parts)), strict=True):
        # As it was uploaded: what is not sealed is stored in the open by a job, for which no filer and no filing waits.
        _store_as(new.sha256, sealed=True)
        rows.append(
            Document(
                part=new.part,
                doc_id=DocId(prefix, str(serial)).stored,
                description=new.description,
                filename=new.filename[:255],
                sha256=new.sha256,
                bytes=new.bytes,
                pages=new.pages,
                restriction=new.restriction,
                sealed=True,
                fresh=True,
                transcript=new.transcript,
                opinion=new.opinion,
            )
        )
    return rows


def keep(*, entry: Entry, documents: Sequence[Document]) -> list[Document]:
    """Write numbered documents as those of their entry, inside the caller's transaction."""
    for document in documents:
        document.entry = entry
    prepared.insert(*documents)
    return list(documents)


def take_over(*, entry: Entry, documents: Sequence[DocumentFacts]) -> list[Document]:
    """Write documents that another court's record names, inside the caller's transaction. We do not hold their bytes."""
    return Document.objects.bulk_create(
        Document(
            entry=entry,
            part=one.part,
            doc_id=one.doc_id,
            description=one.description,
            bytes=one.bytes,
            pages=one.pages,
            size_text=one.size_text,
        )
        for one in documents
    )


def describe(document: DocumentFacts) -> None:
    """Keep what another court's record says of a document whose bytes are not held here; what it leaves open stays."""
    said = {"description": document.description, "pages": document.pages}
    said |= {"bytes": document.bytes, "size_text": document.size_text}
    wanted = {name: value for name, value in said.items() if value}
    Document.objects.filter(doc_id=document.doc_id, sha256="").update(**wanted)


def number_above(serial: int) -> None:
    """Give no number up to ``serial`` from now on: such numbers were taken over from elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, {"taken": serial, "room": ROOM})


def _take_serials(count: int) -> list[int]:
    return [row[0] for row in prepared.rows(_SERIALS, [count])]


def _store_as(sha256: str, *, sealed: bool) -> None:
    """See to it that the bytes are stored in the form that the restriction asks for."""
    if store.has(sha256, sealed=sealed):
        return
    with store.open(sha256, sealed=not sealed) as other:
        store.put(store.pieces(other), sealed=sealed)


def restrict(*, document: Document, restriction: int, readers: Sequence[int] = (), by: Reader, at: datetime) -> None:
    """Change who may read a document. Bytes that must be sealed from now on no longer lie open in the store."""
    with transaction.atomic():
        row = _locked(document.pk)
        before, row.restriction = row.restriction, restriction
        row.save(update_fields=["restriction"])
        _keep_by_level(row)
        DocumentReader.objects.filter(document=row).delete()
        DocumentReader.objects.bulk_create(DocumentReader(document=row, user_id=user) for user in readers)
        record(
            act="documents.restrict",
            by=by.ref,
            at=at,
            subject=f"document:{row.doc_id}",
            before=before,
            after=restriction,
            readers=list(readers),
        )


def open_to(*, document: Document, user_id: int, by: Reader, at: datetime) -> bool:
    """Let a court user read a document beside those who may anyway; whether that is new."""
    with transaction.atomic():
        _row, fresh = DocumentReader.objects.get_or_create(document=document, user_id=user_id)
        if fresh:
            _reader_changed("documents.opened-to", document, user_id, by, at)
    return fresh


def close_to(*, document: Document, user_id: int, by: Reader, at: datetime) -> bool:
    """Take that back; whether there was anything to take back."""
    with transaction.atomic():
        gone, _each = DocumentReader.objects.filter(document=document, user=user_id).delete()
        if gone:
            _reader_changed("documents.closed-to", document, user_id, by, at)
    return bool(gone)


def _reader_changed(act: str, document: Document, user_id: int, by: Reader, at: datetime) -> None:
    record(act=act, by=by.ref, at=at, subject=f"document:{document.doc_id}", user=f"user:{user_id}")


def keep_case_by_level(*, case_id: int) -> int:
    """After a case was sealed (or opened): keep each of its documents as its level asks; how many changed.

    Each document by itself, so that a case of any size can be done, and done again after an interruption.
    """
    changed = 0
    for key in Document.objects.filter(entry__case=case_id).order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            changed += _keep_by_level(_locked(key))
    return changed


def keep_entry_by_level(*, entry_id: int) -> None:
    """After an entry was sealed (or opened): keep each of its documents as its level asks."""
    for key in Document.objects.filter(entry=entry_id).order_by("pk").values_list("pk", flat=True):
        _keep_by_level(_locked(key))


def keep_fresh_by_level() -> int:
    """Store what was filed lately as its level asks, the oldest first; how many documents. StoreFull.

    Until then its bytes are as they were uploaded, encrypted, and read as well. What was sealed by a process that died
    before its open bytes were gone is among these. Each document by itself, so that nothing is lost or done twice when
    this is interrupted; one whose bytes are gone or altered keeps no other from its turn.
    """
    kept = 0
    for key in list(Document.objects.filter(fresh=True).order_by("pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                kept += _keep_by_level(_locked(key))
        except (store.NotStored, store.Tampered) as error:
            log.error("documents.not-kept", document=key, error=type(error).__name__)
    return kept


def _locked(key: int) -> Document:
    return Document.objects.select_for_update(of=("self",)).select_related("entry__case").get(pk=key)


def _keep_by_level(row: Document) -> bool:
    """Seal a locked document's bytes, or store them open, as its level asks; whether anything changed.

    The form that it leaves goes, too, unless another document is kept in it: what is sealed from now on does not stay
    behind in the open, neither the bytes nor copies with the header line, and what is open is not stored twice.
    """
    sealed = level_of(row) >= SEALED_FROM
    if sealed == row.sealed and not row.fresh:
        return False
    if row.sha256:
        _store_as(row.sha256, sealed=sealed)
        transaction.on_commit(lambda: _settle(row))
    # While what is sealed lies in the open still, the job looks after it: this process may die before it is settled.
    row.sealed, row.fresh = sealed, sealed and store.has(row.sha256)
    row.save(update_fields=["sealed", "fresh"])
    return True


def _settle(row: Document) -> None:
    """Leave equal bytes in the forms in which documents are kept, and in no other. Drafts and papers that came with
    registrations may name the same bytes; the store opens them for those in the form that stays."""
    sha256 = row.sha256
    with transaction.atomic():
        one_at_a_time(sha256)
        kept = set(Document.objects.filter(sha256=sha256).values_list("sealed", flat=True))
        for sealed in kept:
            _store_as(sha256, sealed=sealed)
        for sealed in {True, False} - kept:
            store.drop(sha256, sealed=sealed)
        if True in kept:  # copies bear the court's line of one document: those of the others are soon made again
            forget(sha256)
        if row.fresh:
            Document.objects.filter(pk=row.pk, sealed=True).update(fresh=False)


def level_of(document: Document) -> Restriction:
    """The strictest level that holds for a document: its own, its entry's, its case's."""
    return level(document.entry.case.restriction, document.entry.restriction, document.restriction)


def open_bytes(*, document: Document, reader: Reader, at: datetime, by: str = "") -> BinaryIO:
    """The bytes of a document that the gate let the reader have. A sealed opening is on record before it happens."""
    if not document.sha256:
        raise NotHeld(document=document.doc_id)
    if level_of(document) >= SEALED_FROM:
        with transaction.atomic():
            Opening.objects.create(document=document, by=by or reader.ref, at=at)
            record(act="documents.open_sealed", by=by or reader.ref, at=at, subject=f"document:{document.doc_id}")
    try:
        return store.open(document.sha256, sealed=document.sealed)
    except store.NotStored:
        raise NotHeld(document=document.doc_id) from None


@dataclass(frozen=True)
class Copy:
    """A copy for a reader: the bytes, what to call the file, and what it cost."""

    file: BinaryIO
    filename: str
    receipt: Receipt


def quote(*, document: Document, reader: Reader, at: datetime) -> Receipt:
    """What a copy would cost this reader."""
    return fees.quote(reader=reader, at=at, **_billed(document))


def buy(*, document: Document, reader: Reader, with_header: bool, at: datetime) -> Copy:
    """A copy for a reader whom the gate let through, charged. Nothing is charged for what cannot be handed out."""
    file = _copy(document, reader=reader, with_header=with_header, at=at)
    try:
        receipt = fees.charge(reader=reader, at=at, **_billed(document))
    except Refusal:
        file.close()
        raise
    return Copy(file, name_of(document), receipt)


def take_free_look(*, document: Document, secret: str, with_header: bool, at: datetime) -> Copy:
    """The free copy that a notice's link gives, once. Raises LookIsGone; an unavailable document uses up nothing."""
    file = _copy(document, reader=NOBODY, with_header=with_header, at=at)
    if not looks.use_free_look(secret=secret, document_id=document.pk, at=at):
        file.close()
        raise LookIsGone(document=document.doc_id)
    return Copy(file, name_of(document), fees.quote(reader=NOBODY, at=at, **_billed(document)))


def look_asks(*, document: Document, secret: str, at: datetime) -> bool:
    """Whether a link asks once more before it opens a document for free, as the owner of the address chose. The look
    stays there; LookIsGone if it was not."""
    asks = looks.free_look_asks(secret=secret, document_id=document.pk, at=at)
    if asks is None:
        raise LookIsGone(document=document.doc_id)
    return asks


def check_together(documents: Sequence[Document]) -> None:
    """Raise TooMuchTogether when several documents are more than one file should hold."""
    if len(documents) > MOST_TOGETHER or sum(document.bytes for document in documents) > BYTES_TOGETHER:
        raise TooMuchTogether(documents=len(documents))


def buy_several(
    *, documents: Sequence[Document], reader: Reader, with_header: bool, zipped: bool, at: datetime
) -> Copy:
    """Several documents in one PDF, or in a ZIP; each is charged by itself, so that each has its cap."""
    with contextlib.ExitStack() as opened:
        copies = [
            opened.enter_context(_copy(document, reader=reader, with_header=with_header, at=at))
            for document in documents
        ]
        file = bundles.zipped(copies, _names_of(documents)) if zipped else bundles.joined(copies)
    try:
        # Not around the copies: two hundred may take minutes, for which no transaction stays open.
        with transaction.atomic():
            receipts = [fees.charge(reader=reader, at=at, **_billed(document)) for document in documents]
    except Refusal:
        file.close()
        raise
    stem = documents[0].entry.case.number.replace(":", "-")
    return Copy(file, f"{stem}.{'zip' if zipped else 'pdf'}", fees_rules.together(receipts))


def quote_several(*, documents: Sequence[Document], reader: Reader, at: datetime) -> Receipt:
    """What several documents would cost this reader together."""
    return fees_rules.together([quote(document=document, reader=reader, at=at) for document in documents])


def name_of(document: Document) -> str:
    """What the file of a document is called when a reader saves it."""
    number = document.entry.number or document.doc_id
    part = f"-{document.part}" if document.part else ""
    return f"{document.entry.case.number.replace(':', '-')}_{number}{part}.pdf"


def _names_of(documents: Sequence[Document]) -> list[str]:
    names = [name_of(document) for document in documents]
    if len(set(names)) == len(names):
        return names
    # Old dockets use a number twice: no file of a ZIP must hide another.
    return [f"{document.doc_id}_{name}" for document, name in zip(documents, names, strict=True)]


def _copy(document: Document, *, reader: Reader, with_header: bool, at: datetime) -> BinaryIO:
    original = open_bytes(document=document, reader=reader, at=at)
    if not with_header:
        return original
    pages = bench().documents
    header, keep = pages.header(header_facts(document)), level_of(document) < SEALED_FROM
    copy = stamped(original, sha256=document.sha256, header=header, suffix=pages.page_suffix, keep=keep)
    if keep and level_of(Document.objects.select_related("entry__case").get(pk=document.pk)) >= SEALED_FROM:
        forget(document.sha256)  # it was sealed while the copy was made
    return copy


def header_facts(document: Document) -> HeaderFacts:
    """What the blue line says of a document."""
    entry = document.entry
    return HeaderFacts(
        case_number=cases.heading_number(entry.case),
        document_number=entry.number,
        part=document.part,
        description=document.description,
        filed=entry.filed,
        entered=entry.entered,
        doc_id=document.doc_id,
    )


def _billed(document: Document) -> dict[str, Any]:
    entry, pages = document.entry, bench().documents
    label, criteria = pages.receipt_criteria(
        case_number=cases.heading_number(entry.case), number=entry.number, part=document.part
    )
    return {
        "description": pages.receipt_description(
            number=entry.number, part=document.part, transcript=document.transcript
        ),
        "criteria": criteria,
        "criteria_label": label,
        "pages": document.pages,
        "capped": not document.transcript,
        "case": entry.case,
        "free": document.opinion,
    }


def hash_of(*, document: Document) -> str:
    """The SHA-256 of what the store holds now, computed afresh; empty when nothing readable is there."""
    digest = hashlib.sha256()
    try:
        with store.open(document.sha256, sealed=document.sealed) as file:
            for piece in store.pieces(file):
                digest.update(piece)
    except (store.NotStored, store.Tampered):
        return ""
    return digest.hexdigest()


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """A document's bytes in pieces, for streaming."""
    with file:
        yield from store.pieces(file)
