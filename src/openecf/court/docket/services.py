"""Writing on the docket. Entries are never changed silently: a correction is a new fact in the case's chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from openecf.court.bench import bench
from openecf.court.cases import services as cases
from openecf.court.docket import queries
from openecf.court.docket.models import Entry, EntryFiler, EntryRelation, EntryRevision, Motion
from openecf.court.docket.rules import (
    DocumentFacts,
    correction_link,
    entry_link,
    identity,
    number_sort,
    one_line,
    text_bytes,
)
from openecf.court.documents import queries as documents
from openecf.court.documents import services as sealing
from openecf.kernel.days import legal_day
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.postgres import prepared

if TYPE_CHECKING:
    from openecf.court.cases.models import Case
    from openecf.court.documents.models import Document
    from openecf.court.people.models import CourtUser
    from openecf.court.people.rules import Reader

RECEIPT = "fee:receipt"
"""The event of a line that says that the fee of another entry, which it refers to, was paid: closed to whom that is closed."""


class NoSuchEntry(Refusal):
    """The entry is not there, or not for this person."""

    said = _("There is no such docket entry.")
    code = "no-such-entry"


class EntryChanged(Refusal):
    """Somebody else changed the entry since the editor opened it."""

    said = _("Somebody else corrected this entry while you had it open. Look at it again before you change it.")
    code = "entry-changed"


class NothingToCorrect(Refusal):
    """The words are the same as before, or empty."""

    said = _("Write the corrected docket text; it is empty or the same as before.")
    code = "nothing-to-correct"


class FollowsItsEntry(Refusal):
    """A receipt is as closed as the entry whose fee was paid."""

    said = _("This line is the receipt of a filing's fee. Who may read it is decided at the entry of that filing.")
    code = "follows-its-entry"


def enter(
    *,
    case_id: int,
    event: str,
    title: str,
    text: str,
    at: datetime,
    filer: CourtUser | None = None,
    entered_by: str,
    party_ids: Sequence[int] = (),
    relates_to: Sequence[int] = (),
    restriction: int = 0,
    numbered: bool = True,
    filed: date | None = None,
    case: Case | None = None,
    papers: Sequence[DocumentFacts] | None = None,
) -> Entry:
    """Put an entry on a case's docket and return it; call ``finish`` once its documents are attached.

    Locks the case, so that numbers and the chain follow the order of entering (``case``: the caller locked it already,
    and read it then). Runs inside the caller's transaction (the filing's), whose audit line covers it. ``filed`` is the
    court's day of ``at`` unless the court backdates. ``papers``, when the documents are numbered already: the entry is
    finished with them at once, and ``finish`` has nothing left to do.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("docket.services.enter needs the caller's transaction")
    zone = settings.COURT.zone
    case = case or cases.locked(case_id)
    day = legal_day(at, zone)
    filed = filed or day
    number = str(case.next_number) if numbered else ""
    entry = Entry(
        case=case,
        seq=case.next_seq,
        position=case.next_seq,
        number=number,
        number_sort=number_sort(number),
        filed=filed,
        entered=at,
        first_date=day if case.ordered_by == "date_entered" else filed,
        event=event,
        title=title,
        text=text,
        entered_note=bench().sheet.entered_note(at.astimezone(ZoneInfo(zone))),
        filer=filer,
        entered_by=entered_by,
        restriction=restriction,
        guarded=restriction > 0,
        previous=case.chain_head,
    )
    entry.chain = entry_link(entry.previous, queries.facts(entry, papers or ()))
    if papers is not None:
        _render(entry, papers)
    prepared.insert(entry)
    prepared.add(EntryFiler, [{"entry_id": entry.pk, "party_id": party} for party in party_ids])
    prepared.add(EntryRelation, [{"entry_id": entry.pk, "to_id": to} for to in relates_to])
    cases.move_on(case, head=entry.chain, filed=filed, numbered=numbered)
    return entry


def finish(entry: Entry) -> Entry:
    """Decide once what the public sees of the entry, with the documents it now has, and bind those into the chain.

    Runs in the transaction that entered it. Of an entry that is restricted, or has a restricted document, no public
    row is stored: it is rendered for each reader.
    """
    papers = documents.facts_of([entry.id]).get(entry.id, ())
    facts = queries.facts(entry, papers)
    before, entry.chain = entry.chain, entry_link(entry.previous, facts)
    if entry.chain != before:
        cases.chain_on(entry.case_id, after=before, head=entry.chain)
    _render(entry, papers)
    entry.save(update_fields=["row", "text_bytes", "guarded", "chain"])
    return entry


def _render(entry: Entry, papers: Sequence[DocumentFacts] | None = None) -> None:
    if papers is None:
        papers = documents.facts_of([entry.id]).get(entry.id, ())
    row = one_line(bench().sheet.row(queries.facts(entry, papers)))
    entry.guarded = entry.restriction > 0 or any(paper.restriction for paper in papers)
    entry.row = "" if entry.guarded else row
    entry.text_bytes = text_bytes(row)


def version_of(entry: Entry) -> int:
    """The version that an editor of the entry saw: how often it was corrected."""
    return entry.revisions.count()


def correct_entry(*, entry_id: int, text: str, reason: str, by: str, version: int, at: datetime) -> Entry:
    """Replace an entry's words; what it said before stays on record.

    Raises NoSuchEntry; EntryChanged when it was corrected after ``version``; NothingToCorrect.
    """
    text = " ".join(text.split())
    return _revise(entry_id=entry_id, text=text, strike=False, reason=reason, by=by, version=version, at=at)


def strike_entry(*, entry_id: int, reason: str, by: str, version: int, at: datetime) -> Entry:
    """Strike an entry: its number stays taken, its words stay readable with the mark, because citations point at it.

    Raises NoSuchEntry, EntryChanged, NothingToCorrect (struck already).
    """
    return _revise(entry_id=entry_id, text=None, strike=True, reason=reason, by=by, version=version, at=at)


@transaction.atomic
def add_documents(
    *, entry_id: int, documents: Sequence[DocumentFacts], reason: str, by: str, version: int, at: datetime
) -> Entry:
    """Documents that another court's record names and ours did not, on an entry that is here; their bytes are not held.

    Raises NoSuchEntry, EntryChanged. Inside an import, whose audit line covers it.
    """
    case, entry = _locked(entry_id, version)
    added = [identity(document) for document in documents]
    _note(case, entry, text=entry.text, struck=entry.struck_at is not None, reason=reason, by=by, at=at, added=added)
    sealing.take_over(entry=entry, documents=documents)
    if entry.elsewhere in {document.doc_id for document in documents}:
        entry.elsewhere = ""
    _render(entry)
    entry.save(update_fields=["elsewhere", "row", "text_bytes", "guarded"])
    return entry


def describe_documents(*, entry_id: int, documents: Sequence[DocumentFacts]) -> None:
    """What another court's record says by now of documents whose bytes are not held here: words, pages, sizes.

    The chain vouches for none of these. Inside an import, whose audit line covers it.
    """
    entry = Entry.objects.get(id=entry_id)
    for document in documents:
        sealing.describe(document)
    _render(entry)
    entry.save(update_fields=["row", "text_bytes", "guarded"])


@transaction.atomic
def restrict_entry(
    *, entry_id: int, level: int, parts: Mapping[int, int], reason: str, by: Reader, version: int, at: datetime
) -> Entry:
    """Seal an entry and its documents, or open them again: ``level`` of the entry, ``parts`` of documents by part. Receipts of
    its fee follow it.

    From now on pages, counts, notices and the store follow the levels; who read before is on record. Raises
    NoSuchEntry, EntryChanged, NothingToCorrect (every level as before), FollowsItsEntry.
    """
    case, entry = _locked(entry_id, version)
    if entry.event == RECEIPT and entry.relates_to.exists():
        raise FollowsItsEntry(entry=entry_id)
    papers = {row.part: row for row in entry.documents.all()}
    changed = {papers[part]: to for part, to in parts.items() if part in papers and papers[part].restriction != to}
    receipts = list(_receipts_of(entry).exclude(restriction=level))
    if entry.restriction == level and not changed and not receipts:
        raise NothingToCorrect(_("Every level is as it was."))
    _close(case, entry, level, changed, reason=reason, by=by, at=at)
    for receipt in receipts:
        _close(case, receipt, level, {}, reason=reason, by=by, at=at)
    return entry


def _receipts_of(entry: Entry) -> QuerySet[Entry]:
    of_it = Entry.objects.select_for_update(of=("self",)).filter(case=entry.case_id, event=RECEIPT)
    return of_it.filter(id__in=EntryRelation.objects.filter(to=entry).values("entry")).order_by("id")


def _close(
    case: Case, entry: Entry, level: int, papers: Mapping[Document, int], *, reason: str, by: Reader, at: datetime
) -> None:  # fmt: skip
    """The level of one locked entry, and of those of its documents whose level changes."""
    before, parts = entry.restriction, {str(paper.part): paper.restriction for paper in papers}
    struck = entry.struck_at is not None
    _note(case, entry, text=entry.text, struck=struck, reason=reason, by=by.ref, at=at, restriction=before, parts=parts)
    entry.restriction = level
    entry.save(update_fields=["restriction"])
    for paper, to in papers.items():
        sealing.restrict(document=paper, restriction=to, by=by, at=at)
    _render(entry)
    entry.save(update_fields=["row", "text_bytes", "guarded"])
    sealing.keep_entry_by_level(entry_id=entry.id)
    audit.record(
        act="docket.restricted", by=by.ref, at=at, subject=f"entry:{entry.id}", case=case.id, seq=entry.seq, before=before,
        level=level, why=reason,
    )  # fmt: skip


def _locked(entry_id: int, version: int) -> tuple[Case, Entry]:
    try:
        case_id = Entry.objects.values_list("case_id", flat=True).get(id=entry_id)
    except Entry.DoesNotExist:
        raise NoSuchEntry from None
    case = cases.locked(case_id)
    entry = Entry.objects.select_for_update().get(id=entry_id)
    if version_of(entry) != version:
        raise EntryChanged(entry=entry_id)
    return case, entry


def _note(
    case: Case,
    entry: Entry,
    *,
    text: str,
    struck: bool,
    reason: str,
    by: str,
    at: datetime,
    added: Sequence[Sequence[object]] = (),
    **before: object,
) -> None:
    """Keep what the entry was, and bind the change into the case's chain."""
    head = correction_link(
        case.chain_head, case_id=case.id, seq=entry.seq, text=text, struck=struck, reason=reason, at=at, added=added
    )
    if added:
        before["added"] = added
    EntryRevision.objects.create(
        entry=entry,
        at=at,
        by=by,
        reason=reason,
        before={
            "text": entry.text,
            "struck": entry.struck_at.isoformat() if entry.struck_at else None,
            "previous": case.chain_head,
            "chain": head,
            **before,
        },
    )
    cases.chain_on(case.id, after=case.chain_head, head=head)
    case.chain_head = head


@transaction.atomic
def _revise(
    *, entry_id: int, text: str | None, strike: bool, reason: str, by: str, version: int, at: datetime
) -> Entry:
    case, entry = _locked(entry_id, version)
    if (strike and entry.struck_at) or (not strike and text in ("", entry.text)):
        raise NothingToCorrect
    says = entry.text if text is None else text
    _note(case, entry, text=says, struck=strike or entry.struck_at is not None, reason=reason, by=by, at=at)
    entry.text = says
    if strike:
        entry.struck_at = at
    _render(entry)
    entry.save(update_fields=["text", "struck_at", "row", "text_bytes", "guarded"])
    audit.record(
        act="docket.struck" if strike else "docket.corrected",
        by=by,
        at=at,
        subject=f"entry:{entry.id}",
        case=case.id,
        seq=entry.seq,
    )
    return entry


def open_motion(*, entry_id: int, relief: str) -> None:
    """The entry asks the court for something and waits. Runs in the transaction of the filing, whose audit line covers it."""
    prepared.add(Motion, [{"entry_id": entry_id, "relief": relief[:200]}])


def decide_motions(*, case_id: int, outcome: str, by_entry: int, entry_ids: Sequence[int] | None = None) -> int:
    """End the open motions of these entries (None: of the whole case) with an outcome; how many ended.

    Runs in the transaction of the filing, whose audit line covers it.
    """
    waiting = Motion.objects.filter(entry__case=case_id, decided_by=None).exclude(entry=by_entry)
    if entry_ids is not None:
        waiting = waiting.filter(entry__in=entry_ids)
    return waiting.update(outcome=outcome[:20], decided_by=by_entry)
