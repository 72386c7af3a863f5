"""Reading dockets: what an entry shows to whom, which entries a selection takes, whether a case's chain holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat, Length, Trim

from openecf.court.bench import bench
from openecf.court.cases import queries as cases
from openecf.court.docket.models import Entry, EntryRevision, FreeLine
from openecf.court.docket.rules import (
    DocumentFacts,
    EntryFacts,
    Selection,
    correction_link,
    entry_link,
    identity,
    one_line,
    text_bytes,
)
from openecf.court.documents import queries as documents
from openecf.court.documents.rules import bought, may_read, may_read_document
from openecf.court.people.rules import Reader

if TYPE_CHECKING:
    from openecf.court.cases.models import Case

CHUNK = 1000
"""Rows fetched and sent at a time: what a sheet of any length keeps in memory."""

ORDERS = {
    "oldest": ("position",),
    "newest": ("-position",),
    "number": ("number_sort", "position"),
    # What has no number comes last, as in the other direction.
    "-number": (F("number_sort").desc(nulls_last=True), "-position"),
}


def facts(entry: Entry, documents: Iterable[DocumentFacts]) -> EntryFacts:
    """An entry as rows show it, with these documents."""
    return EntryFacts(
        case_id=entry.case_id,
        seq=entry.seq,
        number=entry.number,
        first_date=entry.first_date,
        filed=entry.filed,
        entered=entry.entered,
        text=entry.text,
        entered_note=entry.entered_note,
        title=entry.title,
        restriction=entry.restriction,
        struck=entry.struck_at is not None,
        has_pacer_seq=entry.has_pacer_seq,
        elsewhere=entry.elsewhere,
        documents=tuple(documents),
    )


def seen_by(reader: Reader, entries: Sequence[Entry]) -> dict[int, EntryFacts]:
    """Those of the entries that the reader may see, by id, each with only the documents that the reader may open."""
    if not entries:
        return {}
    ids = [entry.id for entry in entries]
    papers, chosen = documents.facts_of(ids), documents.selected_readers(ids)
    within = {case_id: cases.participates(reader, case_id) for case_id in {entry.case_id for entry in entries}}
    seen = {}
    for entry in entries:
        mine = within[entry.case_id]
        # Whom the court selected for a document of the entry may know of the entry.
        selected = {
            user for paper in papers.get(entry.id, ()) if not bought(paper) for user in chosen.get(paper.doc_id, ())
        }
        if not may_read(
            reader, restriction=entry.restriction, participates=mine, filed_by=entry.filer_id, selected=selected
        ):
            continue
        seen[entry.id] = facts(
            entry,
            [
                document
                for document in papers.get(entry.id, ())
                if may_read_document(
                    reader,
                    around=entry.restriction,
                    own=document.restriction,
                    transcript=document.transcript,
                    participates=mine,
                    filed_by=entry.filer_id,
                    selected=chosen.get(document.doc_id, ()),
                )
            ],
        )
    return seen


def entry_for(reader: Reader, *, case_id: int, seq: int) -> Entry | None:
    """An entry of a case by its sequence number; None when it is not there or not for this reader."""
    entry = Entry.objects.filter(case=case_id, seq=seq).first()
    if entry is None or (entry.guarded and entry.id not in seen_by(reader, [entry])):
        return None
    return entry


ENTRIES_PAGE = 100


def entries_for(reader: Reader, *, case_id: int, typed: str = "", page: int = 1) -> tuple[list[EntryFacts], bool]:
    """A page of a case's entries that the reader may see, newest first, and whether older ones follow.

    ``typed``: only the entry of that document number, or those whose text has these words.
    """
    rows = Entry.objects.filter(case=case_id).order_by("-position")
    if typed := typed.strip():
        rows = rows.filter(number=typed) if typed.isdecimal() else rows.filter(text__icontains=typed)
    skip = (page - 1) * ENTRIES_PAGE
    taken = list(rows[skip : skip + ENTRIES_PAGE + 1])
    shown = taken[:ENTRIES_PAGE]
    seen = seen_by(reader, shown)
    return [seen[entry.id] for entry in shown if entry.id in seen], len(taken) > ENTRIES_PAGE


FREE_LINES_PAGE = 100


def has_free_lines(case_id: int) -> bool:
    """Whether the docket that the case was imported from said anything that no column here holds."""
    return FreeLine.objects.filter(case=case_id).exists()


def free_lines_for(
    reader: Reader, *, case_id: int, entry_id: int | None = None, page: int = 1
) -> tuple[list[FreeLine], bool]:
    """A page of what an imported docket said besides (of one entry, if it is named), and whether more follow.

    Without what is said of an entry that the reader may not see, or that has a document the reader may not open.
    """
    rows = FreeLine.objects.filter(case=case_id).select_related("entry").order_by("path", "id")
    if entry_id is not None:
        rows = rows.filter(entry=entry_id)
    taken = list(rows[(page - 1) * FREE_LINES_PAGE : page * FREE_LINES_PAGE + 1])
    shown = taken[:FREE_LINES_PAGE]
    entries = {line.entry_id: line.entry for line in shown if line.entry}
    papers, seen = documents.facts_of(list(entries)), seen_by(reader, list(entries.values()))
    whole = {one for one, facts in seen.items() if len(facts.documents) == len(papers.get(one, ()))}
    lines = [line for line in shown if line.entry_id is None or line.entry_id in whole]
    return lines, len(taken) > FREE_LINES_PAGE


def free_line_for(reader: Reader, *, case_id: int, line_id: int) -> FreeLine | None:
    """One of these, whole; None when it is not there or not for this reader."""
    line = FreeLine.objects.filter(case=case_id, id=line_id).first()
    if line is None or line.entry_id is None:
        return line
    of_entry, _more = free_lines_for(reader, case_id=case_id, entry_id=line.entry_id)
    return line if of_entry else None


def referable_for(reader: Reader, *, case_id: int, limit: int) -> list[tuple[Entry, bool]]:
    """The newest entries of a case that the reader may see and that stand, newest first; with whether each is a motion
    that still waits."""
    rows = Entry.objects.filter(case=case_id, struck_at=None).order_by("-position").prefetch_related("motions")[:limit]
    taken = list(rows)
    seen = seen_by(reader, taken)
    return [
        (entry, any(motion.decided_by_id is None for motion in entry.motions.all()))
        for entry in taken
        if entry.id in seen
    ]


def count_for(reader: Reader, *, case_id: int) -> int:
    """How many entries a case has that the reader may see."""
    rows = Entry.objects.filter(case=case_id)
    return rows.filter(guarded=False).count() + len(seen_by(reader, list(rows.filter(guarded=True))))


def history_for(reader: Reader, *, case_id: int, documents_only: bool, newest_first: bool) -> list[EntryFacts]:
    """Every entry of a case that the reader may see, or only those with a document that the reader may open."""
    rows = list(Entry.objects.filter(case=case_id).order_by("-position" if newest_first else "position"))
    seen = seen_by(reader, rows)
    found = [seen[entry.id] for entry in rows if entry.id in seen]
    return [one for one in found if one.doc_id] if documents_only else found


def history_size(reader: Reader, *, case_id: int) -> tuple[int, int]:
    """How many entries of a case the reader may see, and the letters of their titles and texts. None is read that is
    public: a price is asked for before each report."""
    rows = Entry.objects.filter(case=case_id)
    wording = Trim(Concat("text", Value(" "), "entered_note"))
    public = rows.filter(guarded=False).aggregate(count=Count("id"), size=Sum(Length("title") + Length(wording)))
    own = seen_by(reader, list(rows.filter(guarded=True))).values()
    size = (public["size"] or 0) + sum(len(one.title) + len(one.wording) for one in own)
    return public["count"] + len(own), size


def chosen(case_id: int, selection: Selection) -> QuerySet[Entry]:
    """The entries that a selection takes, in its order."""
    rows = Entry.objects.filter(case=case_id)
    zone = ZoneInfo(settings.COURT.zone)
    if selection.by_entered:
        if selection.date_from:
            rows = rows.filter(entered__gte=datetime.combine(selection.date_from, time(), zone))
        if selection.date_to:
            rows = rows.filter(entered__lt=datetime.combine(selection.date_to + timedelta(days=1), time(), zone))
    else:
        if selection.date_from:
            rows = rows.filter(filed__gte=selection.date_from)
        if selection.date_to:
            rows = rows.filter(filed__lte=selection.date_to)
    if selection.number_from is not None:
        rows = rows.filter(number_sort__gte=selection.number_from)
    if selection.number_to is not None:
        rows = rows.filter(number_sort__lte=selection.number_to)
    if selection.others:
        rows = rows.exclude(_names_one_of(selection.others) & ~_names_one_of(selection.defendants))
    return rows.order_by(*ORDERS[selection.sort])


BETWEEN_WORDS = "[\t-/:-@[-^`{-\u00bf\u2000-\u206f\u3000-\u303f]"
"""What stands between words. Spelled out, since a database of a plain locale takes none but ASCII's letters for letters."""


def _names_one_of(names: Iterable[str]) -> Q:
    """Entries that name one of these people, whole: no Ann Lee is in Joann Leeds."""
    # One expression for all of them, so that a text is gone through once: as fast as looking for each name anywhere in it.
    one_of = "|".join(re.escape(name) for name in names)
    return Q(text__iregex=f"(^|{BETWEEN_WORDS})({one_of})($|{BETWEEN_WORDS})")


class Rows:
    """The rows of a sheet for one reader: first their size, then the rows themselves in constant memory.

    Stored rows are passed on as they are. Only guarded entries are looked at one by one. The rows of a docket that
    fits into one chunk are read once, and counted as they are. Where the selection asks for rows of another kind
    (``not as_stored``), they are made anew, a chunk at a time.

    ``noticed``: of which entries (ids) the reader may see the notice, of those that it is given.
    """

    def __init__(
        self,
        *,
        case: Case,
        selection: Selection,
        reader: Reader,
        noticed: Callable[[Sequence[int]], Collection[int]] | None = None,
    ) -> None:
        self.entries = chosen(case.id, selection)
        self.selection = selection
        self.layout = bench().sheet
        self.reader = reader
        self.noticed = noticed
        self.read: list[tuple[int, bool, str]] | None = None
        # No docket has more entries than it gave sequence numbers.
        count, size, guarded = self._read() if case.next_seq <= CHUNK and selection.as_stored else self._totals()
        self.for_everybody = self.read is not None and not guarded
        hidden = list(self.entries.filter(guarded=True)) if guarded else []
        self.own = {entry_id: one_line(self.layout.row(seen)) for entry_id, seen in seen_by(reader, hidden).items()}
        self.count = count - guarded + len(self.own)
        self.bytes = size + sum(text_bytes(row) for row in self.own.values())

    def _read(self) -> tuple[int, int, int]:
        rows = list(self.entries.values_list("id", "guarded", "row", "text_bytes"))
        self.read = [row[:3] for row in rows]
        return len(rows), sum(row[3] for row in rows if not row[1]), sum(row[1] for row in rows)

    def _totals(self) -> tuple[int, int, int]:
        totals = self.entries.order_by().aggregate(
            count=Count("id"),
            bytes=Sum("text_bytes", filter=Q(guarded=False)),
            guarded=Count("id", filter=Q(guarded=True)),
        )
        return totals["count"], totals["bytes"] or 0, totals["guarded"]

    def __iter__(self) -> Iterator[bytes]:
        if self.read is not None:
            return iter((self._joined(self.read),))
        return self._stored() if self.selection.as_stored else self._made()

    def _stored(self) -> Iterator[bytes]:
        sql, parameters = self.entries.values_list("id", "guarded", "row").query.sql_with_params()
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.execute(sql, parameters)
            while rows := cursor.fetchmany(CHUNK):
                yield self._joined(rows)

    def _joined(self, rows: Sequence[tuple[int, bool, str]]) -> bytes:
        return "".join(self.own.get(row[0], "") if row[1] else row[2] for row in rows).encode()

    def _made(self) -> Iterator[bytes]:
        taken: list[Entry] = []
        for entry in self.entries.iterator(chunk_size=CHUNK):
            taken.append(entry)
            if len(taken) == CHUNK:
                yield self._made_chunk(taken)
                taken = []
        yield self._made_chunk(taken)

    def _made_chunk(self, entries: list[Entry]) -> bytes:
        seen = seen_by(self.reader, entries)
        noticed = self.noticed(list(seen)) if self.noticed and self.selection.notices else ()
        made = self.layout.multiple_rows if self.selection.multiple else self.layout.row
        facts = (
            replace(seen[entry.id], as_filed=self.selection.as_filed, notice=entry.id in noticed)
            for entry in entries
            if entry.id in seen
        )
        return "".join(one_line(made(one)) for one in facts).encode()


LOST = 0
"""In place of a sequence number: something at the end of a case's chain is missing."""


def chain_breaks(case_id: int) -> list[int]:
    """Sequence numbers of entries that are not what the case's chain vouches for; ``LOST`` when its end is missing.

    Each link is made again of what the entry says now, and all of them must form one chain, from the first to the
    case's head: one entry rewritten with its own link, one taken out or put in between shows in the next one's.
    """
    # The head first: what is entered meanwhile only makes the chain longer.
    head = cases.chain_head(case_id)
    entries = list(Entry.objects.filter(case=case_id).order_by("position"))
    papers = documents.facts_of([entry.id for entry in entries])
    revisions: dict[int, list[EntryRevision]] = {}
    for revision in EntryRevision.objects.filter(entry__case=case_id).order_by("at", "id"):
        revisions.setdefault(revision.entry_id, []).append(revision)
    broken: set[int] = set()
    links: list[tuple[str, str, int]] = []
    for entry in entries:
        made = revisions.get(entry.id, [])
        links += [(entry.previous, entry.chain, entry.seq)]
        links += [(one.before["previous"], one.before["chain"], entry.seq) for one in made]
        if not _is_as_linked(entry, made, papers.get(entry.id, ())):
            broken.add(entry.seq)
    broken |= _loose(links, head=head)
    return sorted(broken)


def _is_as_linked(entry: Entry, made: Sequence[EntryRevision], papers: Iterable[DocumentFacts]) -> bool:
    """Whether an entry's own link, and those of its corrections, are what its words and documents make."""
    first = made[0].before["text"] if made else entry.text
    papers = tuple(papers)
    later = [each for revision in made for each in revision.before.get("added", ())]
    sound = all(each in map(identity, papers) for each in later)
    filed = tuple(paper for paper in papers if identity(paper) not in later)
    sound &= entry.chain == entry_link(entry.previous, replace(facts(entry, filed), text=first))
    for place, revision in enumerate(made):
        after = made[place + 1].before if place + 1 < len(made) else None
        sound &= revision.before["chain"] == correction_link(
            revision.before["previous"],
            case_id=entry.case_id,
            seq=entry.seq,
            text=after["text"] if after else entry.text,
            struck=bool(after["struck"]) if after else entry.struck_at is not None,
            reason=revision.reason,
            at=revision.at,
            added=revision.before.get("added", ()),
        )
    return sound


def _loose(links: Sequence[tuple[str, str, int]], *, head: str) -> set[int]:
    """Where a case's links (before, own, entry) do not hang together; ``LOST`` when they do not reach its head."""
    following: dict[str, list[tuple[str, int]]] = {}
    for before, own, seq in links:
        following.setdefault(before, []).append((own, seq))
    at, reached = "", head == ""
    while len(here := following.pop(at, ())) == 1:
        at = here[0][0]
        reached |= at == head
    loose = {seq for _own, seq in here} | {seq for rest in following.values() for _own, seq in rest}
    return loose | (set() if reached or loose else {LOST})


def levels_as_entered(entry_id: int) -> dict[int, int]:
    """The level that documents of an entry had when it was entered, by part: of those that had another one since."""
    levels: dict[int, int] = {}
    for revision in EntryRevision.objects.filter(entry=entry_id).order_by("-at", "-id"):
        levels |= {int(part): level for part, level in revision.before.get("parts", {}).items()}
    return levels


def as_entered(case_id: int) -> dict[int, str]:
    """What each entry of a case said when it was entered, before any correction, by the entry's id."""
    said = dict(Entry.objects.filter(case=case_id).values_list("id", "text"))
    rows = EntryRevision.objects.filter(entry__case=case_id).order_by("-at", "-id")
    return said | {row.entry_id: row.before["text"] for row in rows}
