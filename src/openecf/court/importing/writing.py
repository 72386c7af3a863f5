"""Writing what was imported: rows in bulk, with COPY. Runs inside the import's transaction, whose audit line covers it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from datetime import time as time_of_day
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, models

from openecf.court.bench import bench
from openecf.court.cases.models import Case, CriminalCount, Judge, Party, Representation
from openecf.court.cases.rules import PartyFacts
from openecf.court.docket.models import Entry
from openecf.court.docket.rules import DocumentFacts, EntryFacts, entry_link, number_sort, one_line, text_bytes
from openecf.court.documents import queries as papers
from openecf.court.documents import services as numbering
from openecf.court.documents.models import Document
from openecf.court.importing.rules import CannotRead, ImportedCase, ImportedEntry
from openecf.court.transition import queries as transition

BY = "system:import"
LABELS = {
    "cause": "Cause:",
    "demand": "Demand:",
    "fee_status": "Fee Status:",
    "jurisdiction": "Jurisdiction:",
    "jury_demand": "Jury Demand:",
    "nature_of_suit": "Nature of Suit:",
}
"""How a docket's heading labels what may be too long for its column."""


_BLANK: dict[str, Any] = {field.attname: field.get_default() for field in Entry._meta.concrete_fields}
"""An entry's columns in order, with what each says unless something is said."""


def new_case(found: ImportedCase, *, source_hash: str, name: str) -> Case:
    """The case's row. What is too long for its column becomes a line of the heading."""
    columns, lines = columns_of(found)
    columns.setdefault("short_title", columns.get("caption", "")[:400])
    return Case.objects.create(
        number=fitting(Case, "number", found.number),
        assigned_to=judge(found.assigned_to),
        referred_to=judge(found.referred_to),
        originating=found.originating.stored() if found.originating else None,
        imported_from=name[-200:],
        source_hash=source_hash,
        header_lines=lines,
        **columns,
    )


def columns_of(found: ImportedCase) -> tuple[dict[str, Any], list[list[str]]]:
    """The columns that hold what was said, and ``[label, text]`` lines of what is too long for one."""
    columns, lines = dict(found.columns), []
    for column, label in LABELS.items():
        most = Case._meta.get_field(column).max_length
        if most and len(columns.get(column) or "") > most:
            lines.append([label, columns.pop(column)])
    for column, value in columns.items():
        if isinstance(value, str):
            fitting(Case, column, value)
    return columns, lines


def fitting(model: type[models.Model], column: str, text: str) -> str:
    """The text; CannotRead when its column cannot hold it, because nothing is cut off in silence."""
    most = model._meta.get_field(column).max_length
    if most and len(text) > most:
        raise CannotRead(f"The {column} of a {model._meta.verbose_name} is longer than {most} letters: {text[:40]!r}…")
    return text


def judge(name: str) -> Judge | None:
    """The judge of that name, who is made known to the court if need be."""
    if not name:
        return None
    found = _judges_here().get(name)
    return found or Judge.objects.get_or_create(name=fitting(Judge, "name", name))[0]


@cache
def _judges_here() -> dict[str, Judge]:
    """The judges whom the court knew when this run of an import began. Judges are never removed."""
    return {one.name: one for one in Judge.objects.all()}


def begin() -> None:
    """Know anew what a run of an import keeps in memory."""
    _judges_here.cache_clear()


def fill(case: Case, found: ImportedCase) -> tuple[int, int]:
    """Everything of a new case: rows written, the case's own among them, and how many of them are entries."""
    parties = write_parties(case, found.parties)
    entries, written = write_entries(case, found.entries)
    case.save()
    return 1 + parties + written, entries


def write_parties(case: Case, given: Sequence[PartyFacts], *, first: int = 0) -> int:
    """Parties with their counsel and counts, the first of them at place ``first``: rows written."""
    ids = _next_ids(Party, len(given))
    parties, counsel, counts = [], [], []
    for place, (party_id, party) in enumerate(zip(ids, given, strict=True), start=first):
        name, kind = fitting(Party, "name", party.name), fitting(Party, "type", party.type)
        parties.append(
            (party_id, case.id, place, name, kind, party.lines, party.terminated)
            + (party.no_attorney_column, party.offense_opening, party.offense_terminated, party.has_criminal_data, "")
        )
        counsel += [
            (party_id, n, fitting(Representation, "name", one.name), one.contact, "", list(one.roles), None)
            for n, one in enumerate(party.attorneys)
        ]
        counts += [(party_id, n, one.kind, one.name, one.disposition) for n, one in enumerate(party.counts)]
    party_columns = "id case position name type lines terminated no_attorney_column offense_opening offense_terminated"
    _copy(Party, f"{party_columns} has_criminal_data defendant_number", parties)
    _copy(Representation, "party position name contact email roles terminated", counsel)
    _copy(CriminalCount, "party position kind name disposition", counts)
    return len(parties) + len(counsel) + len(counts)


def write_entries(case: Case, fresh: Sequence[ImportedEntry]) -> tuple[int, int]:
    """Entries that are not on the docket yet, with their documents: how many, and how many rows in all.

    Raises the case's counters; the caller saves the case.
    """
    ids, sheet = _next_ids(Entry, len(fresh)), bench().sheet
    # Numbers that belong to entries here already: the same filing in a sister case.
    taken_ids = papers.known_ids([document.doc_id for one in fresh for document in one.documents])
    seqs = set(Entry.objects.filter(case=case).values_list("seq", flat=True)) if case.next_seq > 1 else set()
    highest = max([case.next_seq - 1, *(one.seq for one in fresh)], default=0)
    entries, documents = [], []
    for place, (entry_id, one) in enumerate(zip(ids, fresh, strict=True)):
        has_seq = one.seq > 0 and one.seq not in seqs
        if not has_seq:
            highest += 1
        seq = one.seq if has_seq else highest
        seqs.add(seq)
        mine = tuple(document for document in one.documents if document.doc_id not in taken_ids)
        taken_ids.update(document.doc_id for document in mine)
        elsewhere = one.links_to or (one.documents[0].doc_id if one.documents and not mine else "")
        facts = _facts(case, one, seq=seq, has_seq=has_seq, elsewhere=elsewhere, documents=mine)
        previous, case.chain_head = case.chain_head, entry_link(case.chain_head, facts)
        row = one_line(sheet.row(facts))
        said = {
            "id": entry_id,
            "case_id": case.id,
            "seq": seq,
            "number": facts.number,
            "number_sort": number_sort(facts.number),
            "filed": one.filed,
            "entered": facts.entered,
            "position": case.next_seq + place,
            "text": one.text,
            "entered_note": one.entered_note,
            "first_date": one.first_date,
            "entered_by": BY,
            "has_pacer_seq": has_seq,
            "elsewhere": elsewhere,
            "previous": previous,
            "chain": case.chain_head,
            "row": row,
            "text_bytes": text_bytes(row),
        }
        entries.append(tuple((_BLANK | said).values()))
        documents += [
            (entry_id, d.part, d.doc_id, d.description, "", "", d.bytes, d.pages, d.size_text, 0)
            + (False, False, False, "")
            for d in mine
        ]
    _copy(Entry, " ".join(_BLANK), entries)
    document_columns = "entry part doc_id description filename sha256 bytes pages size_text restriction"
    _copy(Document, f"{document_columns} sealed transcript opinion stamp", documents)
    _raise_counters(case, fresh, highest=highest, seqs=seqs)
    return len(entries), len(entries) + len(documents)


def _facts(
    case: Case,
    one: ImportedEntry,
    *,
    seq: int,
    has_seq: bool,
    elsewhere: str,
    documents: tuple[DocumentFacts, ...],
) -> EntryFacts:
    """An entry as its row shows it and as the chain vouches for it."""
    return EntryFacts(
        case_id=case.id,
        seq=seq,
        number=fitting(Entry, "number", one.number),
        first_date=one.first_date,
        filed=one.filed,
        entered=_midnight(one.entered),
        text=one.text,
        entered_note=one.entered_note,
        has_pacer_seq=has_seq,
        elsewhere=elsewhere,
        documents=documents,
    )


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time_of_day(), ZoneInfo(settings.COURT.zone)) if day else None


def _raise_counters(case: Case, fresh: Sequence[ImportedEntry], *, highest: int, seqs: set[int]) -> None:
    """What is numbered from now on comes after everything that was taken over."""
    numbers = [number_sort(one.number) or 0 for one in fresh]
    small = [number for number in numbers if number < 10_000_000]
    case.next_number = max([case.next_number, *(number + 1 for number in small)])
    case.next_seq = max([case.next_seq, highest + 1, *(seq + 1 for seq in seqs)])
    case.last_filing = max(filter(None, [case.last_filing, *(one.filed for one in fresh)]), default=None)
    number_above([document.doc_id for one in fresh for document in one.documents])


def number_above(doc_ids: Sequence[str]) -> None:
    """Documents that are numbered from now on come after these."""
    prefix = transition.profile().doc_prefix
    if serials := [int(doc_id[4:]) for doc_id in doc_ids if doc_id.startswith(prefix)]:
        numbering.number_above(max(serials))


def _next_ids(model: type[models.Model], count: int) -> list[int]:
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [f'"{model._meta.db_table}"', count],
        )
        return [row[0] for row in cursor.fetchall()]


def _copy(model: type[models.Model], fields: str, rows: Sequence[tuple]) -> None:
    """Write rows with COPY; ``fields`` names them in order."""
    if not rows:
        return
    quote = connection.ops.quote_name
    columns = ", ".join(quote(_column(model, name)) for name in fields.split())
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as out,
    ):
        for row in rows:
            out.write_row(row)


def _column(model: type[models.Model], name: str) -> str:
    found = next(f for f in model._meta.concrete_fields if name in (f.name, f.attname))
    return found.column
