"""Writing whole courts: many cases at once, a table after the other, with COPY. Runs inside the conversion's transactions.

Rows are put together as lines of PostgreSQL's own text format, the long ones by hand: a court has millions of them.
Foreign keys are checked when a transaction ends, so that a case is written after its entries, when its chain is known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, models

from openecf.court.bench import bench
from openecf.court.calendar.models import Deadline, Hearing
from openecf.court.cases.models import Case, CriminalCount, Party, Representation
from openecf.court.conversion.cases import CaseInput
from openecf.court.conversion.cases import Entry as EntryInput
from openecf.court.conversion.layout import CASES, DEADLINES, HEARINGS, MOTIONS
from openecf.court.docket.models import Entry, Motion
from openecf.court.docket.rules import DocumentFacts, EntryFacts, entry_link, number_sort, one_line, text_bytes
from openecf.court.documents.models import Document
from openecf.court.documents.rules import SEALED_FROM
from openecf.court.importing import writing
from openecf.court.importing.rules import ImportedCase
from openecf.court.transition import queries as transition
from openecf.kernel.restriction import Restriction

BY = "system:conversion"
NULL = "\\N"
ROWS = 20_000
"""Rows that are held before they are written: some ten megabytes. Each writing waits a while for its answers."""
FROM = "conversion"
"""What the cases' ``imported_from`` says."""


def ids(model: type[models.Model]) -> Iterator[int]:
    """Numbers of a table's rows without an end, taken from its sequence by the thousand."""
    query = "SELECT array_agg(nextval(pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, 2000)"
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, [f'"{model._meta.db_table}"'])
            held = cursor.fetchone()[0]
        yield from held


def cell(value: Any) -> str:
    """A value in the text format of COPY."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return _escaped(value)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        quoted = ",".join('"' + str(one).replace("\\", "\\\\").replace('"', '\\"') + '"' for one in value)
        return _escaped(f"{{{quoted}}}")
    return str(value)


def _escaped(text: str) -> str:
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return text


class Sheaf:
    """Lines for some tables, written together. ``rows`` counts what was written.

    A line holds the columns that were asked for; those that it does not name are their fields' defaults.
    """

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str, str], list[str]] = {}
        self.held, self.rows = 0, 0

    def lines(self, model: type[models.Model], columns: str) -> list[str]:
        """The lines (without their ends) of a table with these columns (names of fields, in order)."""
        quote = connection.ops.quote_name
        fields = {name: field for field in model._meta.concrete_fields for name in (field.name, field.attname)}
        asked = [fields[name] for name in columns.split()]
        rest = [field for field in model._meta.concrete_fields if field not in asked and not field.primary_key]
        named = ", ".join(quote(field.column) for field in (*asked, *rest))
        end = "".join(f"\t{cell(field.get_default())}" for field in rest) + "\n"
        return self._lines.setdefault((quote(model._meta.db_table), named, end), [])

    def write(self) -> int:
        """Write what is held; how many rows."""
        written = 0
        with connection.cursor() as cursor:
            for (table, columns, end), lines in self._lines.items():
                if not lines:
                    continue
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as out:
                    out.write(end.join(lines) + end)
                written += len(lines)
                lines.clear()
        self.held = 0
        self.rows += written
        return written


PARTY = (
    "id case position name type lines terminated no_attorney_column offense_opening offense_terminated "
    "has_criminal_data defendant_number"
)
COUNSEL = "id party user position name contact email roles terminated appeared_at"
ENTRY = " ".join(field.attname for field in Entry._meta.concrete_fields)
DOCUMENT = (
    "entry part doc_id description filename sha256 bytes pages size_text restriction sealed transcript opinion stamp"
)


@cache
def _zone() -> ZoneInfo:
    return ZoneInfo(settings.COURT.zone)


@lru_cache(maxsize=4096)
def _note(day: date) -> str:
    return bench().sheet.entered_note(datetime.combine(day, time_of_day(), _zone()))


_BASE = datetime(2000, 1, 1)  # noqa: DTZ001  (without a zone, as the times are that are counted from it)
_BASE_UTC = _BASE.replace(tzinfo=UTC)


@lru_cache(maxsize=65_536)
def _ahead_of_utc(day: date, hour: int) -> timedelta:
    """How far the court's clock is ahead of Greenwich in that hour. Clocks are put forward and back on the hour."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=_zone()).utcoffset() or timedelta()


def in_utc(moment: datetime) -> datetime:
    """``in_court`` as UTC, in a fifth of the time: a court has an hour for each of its millions of entries."""
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    return _BASE_UTC + (moment - _BASE - _ahead_of_utc(moment.date(), moment.hour))


def in_court(moment: datetime | None) -> datetime | None:
    """An hour with its zone; without one it is the court's own."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=_zone())


def with_extras(said: str, extras: list[tuple[str, str]]) -> str:
    """Free lines (under a party's name, of an attorney's contact), with what no column holds under them."""
    return "\n".join([line for line in (said, *(f"{name}: {text}" for name, text in extras)) if line])


def case_columns(given: CaseInput) -> tuple[dict[str, Any], list[list[str]]]:
    """The columns of a case and the lines of its heading. CannotRead when something fits neither."""
    said = dict(zip((column.name for column in CASES.columns), given.row, strict=True))
    columns = {name: value for name, value in said.items() if name not in _ASIDE}
    columns["office"] = columns["office"] or given.parts.office or ""
    columns["type"] = columns["type"] or given.parts.type or ""
    columns["short_title"] = columns["short_title"] or columns["caption"][:400]
    columns |= {"year": given.parts.year, "serial": given.parts.serial, "number": said["number"]}
    kept, lines = writing.columns_of(ImportedCase(number=said["number"], columns=columns))
    return kept, [*lines, *([f"{name}:", text] for name, text in given.extras)]


_ASIDE = frozenset({"case_id", "number", "assigned_to", "referred_to", "lead", "restriction"})
JUDGES = CASES.place("assigned_to"), CASES.place("referred_to")
LEAD, LEVEL = CASES.place("lead"), CASES.place("restriction")


class Cases:
    """Writes cases into the tables of the rooms, and beside each what the conversion has to remember of it.

    ``person``: the account here (or none) and the row of a person of the export, by the old system's id.
    """

    def __init__(self, *, conversion: int, person: Callable[[str], tuple[int, int | None]]) -> None:
        self.person, self.sheaf, self.conversion = person, Sheaf(), conversion
        self.party_ids, self.counsel_ids, self.entry_ids = ids(Party), ids(Representation), ids(Entry)
        self.sheet, self.prefix, self.serial = bench().sheet, transition.profile().doc_prefix, 0
        lines, blank = self.sheaf.lines, {field.attname: field.get_default() for field in Case._meta.concrete_fields}
        self.blank = blank | {"imported_from": FROM, "restriction": int(Restriction.COURT)}
        self.entries, self.papers = lines(Entry, ENTRY), lines(Document, DOCUMENT)
        self.cases, self.parties = lines(Case, " ".join(blank)), lines(Party, PARTY)
        self.counsel = lines(Representation, COUNSEL)
        self.counts = lines(CriminalCount, "party position kind name disposition")
        self.motions = lines(Motion, "entry relief outcome decided_by")
        self.deadlines = lines(Deadline, "case kind due set_by satisfied_by terminated_by")
        self.hearings = lines(Hearing, "case kind at place set_by ended_by")
        self.kept: list[tuple[int, int, int | None]] = []
        self.appeared: list[tuple[int, int]] = []

    def add(self, given: CaseInput, *, stored: Callable[[EntryInput], None]) -> None:
        """A case with everything that is its own. ``stored`` sees to an entry's documents before they are named."""
        parties, named = self._parties(given), dict.fromkeys(given.named, 0)
        self._counsel(given, parties)
        head, next_seq, next_number, last = "", 1, 1, None
        for place, entry in enumerate(given.entries, start=1):
            stored(entry)
            head, entry_id = self._entry(given.id, entry, place, head)
            if entry.row[1] in named:
                named[entry.row[1]] = entry_id
            number = entry.row[2]
            next_seq = max(next_seq, entry.row[1] + 1)
            if number.isdecimal() and len(number) < 8:
                next_number = max(next_number, int(number) + 1)
            last = entry.row[3] if last is None or entry.row[3] > last else last
            if self.sheaf.held >= ROWS:
                self.sheaf.write()
        self._work(given, named)
        columns, lines = case_columns(given)
        said = self.blank | columns
        said |= {
            "id": given.id,
            "assigned_to_id": _judge(given.row[JUDGES[0]]),
            "referred_to_id": _judge(given.row[JUDGES[1]]),
            "header_lines": json.dumps(lines),
            "next_seq": next_seq,
            "next_number": next_number,
            "chain_head": head,
            "last_filing": last,
        }
        self.cases.append("\t".join(map(cell, said.values())))
        self.kept.append((given.id, given.row[LEVEL], given.row[LEAD]))
        self.sheaf.held += 1
        if self.sheaf.held >= ROWS:
            self.sheaf.write()

    def _parties(self, given: CaseInput) -> dict[int, int]:
        """The parties' ids, by their numbers in the export."""
        ids: dict[int, int] = {}
        accused = {row[1] for _line, row, _extras in given.counts}
        for place, (_line, row, extras) in enumerate(given.parties):
            ids[row[1]] = party_id = next(self.party_ids)
            criminal = row[1] in accused or bool(row[6] or row[7])
            values = (
                party_id,
                given.id,
                place,
                row[2],
                row[3],
                with_extras(row[4], extras),
                row[5],
                False,
                row[6],
                row[7],
            )
            self.parties.append("\t".join(map(cell, (*values, criminal, ""))))
        for place, (_line, row, _extras) in enumerate(given.counts):
            self.counts.append("\t".join(map(cell, (ids[row[1]], place, row[2], row[3], row[4]))))
        self.sheaf.held += len(ids) + len(given.counts)
        return ids

    def _counsel(self, given: CaseInput, parties: dict[int, int]) -> None:
        for place, (_line, row, extras) in enumerate(given.attorneys):
            _case, party, person, name, contact, email, roles, appeared, terminated = row
            counsel_id, user = next(self.counsel_ids), None
            if person:
                kept, user = self.person(person)
                self.appeared.append((counsel_id, kept))
            values = (counsel_id, parties[party], user, place, name, with_extras(contact, extras), email, roles)
            self.counsel.append("\t".join(map(cell, (*values, terminated, in_court(appeared)))))
        self.sheaf.held += len(given.attorneys)

    def _work(self, given: CaseInput, named: dict[int, int]) -> None:
        """Motions, deadlines and hearings. ``named``: the entries' ids by their sequence numbers."""
        entry, work = {None: None} | named, given.work
        for _line, (_case, seq, relief, outcome, by), _extras in work[MOTIONS.name]:
            self.motions.append("\t".join(map(cell, (entry[seq], relief, outcome, entry[by]))))
        for _line, (case_id, kind, due, by, done, ended), _extras in work[DEADLINES.name]:
            values = (case_id, kind, due, entry[by], entry[done], entry[ended])
            self.deadlines.append("\t".join(map(cell, values)))
        for _line, (case_id, kind, at, place, by, ended), _extras in work[HEARINGS.name]:
            self.hearings.append("\t".join(map(cell, (case_id, kind, in_court(at), place, entry[by], entry[ended]))))
        self.sheaf.held += sum(map(len, work.values()))

    def _entry(self, case_id: int, given: EntryInput, place: int, previous: str) -> tuple[str, int]:
        """One entry, rendered and chained; the chain's new end, and the row's number."""
        _case, seq, number, filed, _entered, _first, title, text, _note, filer, level = given.row
        facts = entry_facts(case_id, given)
        entered, first, note, papers = facts.entered, facts.first_date, facts.entered_note, facts.documents
        chain = entry_link(previous, facts)
        row = one_line(self.sheet.row(facts))
        guarded = level > 0 or any(paper.restriction for paper in papers)
        who = self.person(filer)[1] if filer else None
        entry_id, sort = next(self.entry_ids), number_sort(number)
        self.entries.append(
            f"{entry_id}\t{case_id}\t{seq}\t{_escaped(number)}\t{NULL if sort is None else sort}\t{filed.isoformat()}\t"
            f"{entered.isoformat() if entered else NULL}\t{place}\t\t{_escaped(title)}\t{_escaped(text)}\t"
            f"{_escaped(note)}\t{first.isoformat()}\t{who or NULL}\t{BY}\t{level}\t{'t' if guarded else 'f'}\t{NULL}\t\tt\t"
            f"{'' if guarded else _escaped(row)}\t{text_bytes(row)}\t{previous}\t{chain}"
        )
        for _line, one in given.papers:
            self._paper(entry_id, one)
        self.sheaf.held += 1 + len(papers)
        return chain, entry_id

    def _paper(self, entry_id: int, row: tuple[Any, ...]) -> None:
        _c, _s, part, doc_id, words, file, sha256, size, pages, size_text, level, transcript, opinion = row
        if doc_id.startswith(self.prefix):
            self.serial = max(self.serial, int(doc_id[4:] or 0))
        self.papers.append(
            f"{entry_id}\t{part}\t{doc_id}\t{_escaped(words)}\t{_escaped(file.rpartition('/')[2][-255:]) if file else ''}\t"
            f"{sha256 if file else ''}\t{size}\t{pages}\t{_escaped(size_text)}\t{level}\t"
            f"{'t' if file and level >= SEALED_FROM else 'f'}\t{'t' if transcript else 'f'}\t{'t' if opinion else 'f'}\t"
        )


def entry_facts(case_id: int, given: EntryInput) -> EntryFacts:
    """An entry as its row shows it and as the chain vouches for it."""
    _case, seq, number, filed, entered, first, title, text, note, _filer, level = given.row
    if entered is not None:
        if not note:
            note = _note((entered if entered.tzinfo is None else entered.astimezone(_zone())).date())
        entered = in_utc(entered)
    # In the order of their parts, as the chain has them.
    papers = sorted([paper_facts(row) for _line, row in given.papers], key=lambda one: one.part)
    return EntryFacts(
        case_id=case_id, seq=seq, number=number, first_date=first or filed, filed=filed, entered=entered, text=text,
        entered_note=note, title=title, restriction=level, documents=tuple(papers),
    )  # fmt: skip


def paper_facts(row: tuple[Any, ...]) -> DocumentFacts:
    """A document as its entry's row shows it and as the chain vouches for it."""
    _c, _s, part, doc_id, words, file, sha256, size, pages, size_text, level, _transcript, _opinion = row
    return DocumentFacts(part, doc_id, words, pages, size, size_text, level, sha256 if file else "")


@lru_cache(maxsize=4096)
def _judge(name: str) -> int | None:
    found = writing.judge(name)
    return found.id if found else None


def begin() -> None:
    """Know anew what a run keeps in memory."""
    writing.begin()
    _judge.cache_clear()
