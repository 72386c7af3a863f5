"""Taking over dockets from elsewhere: docket JSON in the shape that RECAP and juriscraper publish.

Each file is one transaction. A file that was taken already changes nothing; a newer copy of a docket adds the entries
that are not here yet. What a column cannot hold stays as the line it came as.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, connection, models, transaction
from django.db.models.functions import Greatest

from openecf.court.bench import bench
from openecf.court.cases.models import Case, CriminalCount, Judge, Party, Representation
from openecf.court.docket import queries as dockets
from openecf.court.docket.models import Entry
from openecf.court.docket.rules import entry_link, number_sort, one_line, text_bytes
from openecf.court.documents.models import Document
from openecf.court.importing.rules import CannotRead, ImportedCase, ImportedEntry
from openecf.court.transition import queries as transition
from openecf.court.transition.models import CourtProfile
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit

BY = "system:import"
LARGEST_FILE = 512 * 1024 * 1024


class OpenedHere(CannotRead):
    """The court has a case of its own with this number."""

    said = "This court opened a case with this number itself."


@dataclass(frozen=True)
class Taken:
    """What became of one file. ``outcome``: taken, extended, unchanged, refused (then ``reason`` says why)."""

    path: str
    outcome: str
    reason: str = ""
    case: int = 0
    number: str = ""
    rows: int = 0
    entries: int = 0
    left_out: tuple[str, ...] = ()


@dataclass
class ImportReport:
    """What was taken and what was not."""

    files: list[Taken] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, outcome: str) -> int:
        """How many files ended that way."""
        return sum(one.outcome == outcome for one in self.files)

    @property
    def refused(self) -> list[Taken]:
        return [one for one in self.files if one.outcome == "refused"]

    @property
    def rows(self) -> int:
        """Rows written, of all tables."""
        return sum(one.rows for one in self.files)

    @property
    def entries(self) -> int:
        return sum(one.entries for one in self.files)

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.seconds if self.seconds else 0.0


def import_dockets(
    paths: Iterable[str | Path], *, at: datetime, report: Callable[[Taken], None] | None = None
) -> ImportReport:
    """Take dockets from files and folders (every ``*.json`` in them); ``report`` hears of each file as it is done.

    A bad file is named with its reason while the others go on. ``at`` becomes the time of the audit lines.
    """
    done = ImportReport()
    began = time.perf_counter()
    for path in files_of(paths):
        taken = _import_file(path, at=at)
        done.files.append(taken)
        done.seconds = time.perf_counter() - began
        if report:
            report(taken)
    return done


def files_of(paths: Iterable[str | Path]) -> list[Path]:
    """The files named, and every ``*.json`` under the folders named, in order."""
    found: list[Path] = []
    for path in map(Path, paths):
        found += sorted(path.rglob("*.json")) if path.is_dir() else [path]
    return found


def _import_file(path: Path, *, at: datetime) -> Taken:
    try:
        data, source_hash = _read(path)
        with transaction.atomic():
            return _import_case(data, source_hash=source_hash, name=path.name, path=str(path), at=at)
    except Refusal as refusal:
        return Taken(str(path), "refused", str(refusal.said))
    except OSError as error:
        return Taken(str(path), "refused", f"The file cannot be read: {error.strerror}.")
    except DatabaseError as error:
        return Taken(str(path), "refused", f"The database refused it: {str(error).splitlines()[0]}")


def _read(path: Path) -> tuple[Mapping[str, Any], str]:
    if path.stat().st_size > LARGEST_FILE:
        raise CannotRead("The file is larger than 512 MB.")
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise CannotRead(f"It is not JSON: {error}") from None
    if not isinstance(data, dict) or "docket_number" not in data:
        raise CannotRead("It is not a docket: no docket number.")
    if data.get("court_id") != settings.COURT.id:
        raise CannotRead(f"It is a docket of court {str(data.get('court_id'))[:20]!r}, not of {settings.COURT.id!r}.")
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return data, hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _import_case(data: Mapping[str, Any], *, source_hash: str, name: str, path: str, at: datetime) -> Taken:
    if same := Case.objects.filter(source_hash=source_hash).values_list("id", "number").first():
        return Taken(path, "unchanged", case=same[0], number=same[1])
    found = bench().case.read(data)
    defendant = found.columns.get("defendant_number", "")
    before = Case.objects.select_for_update().filter(number=found.number, defendant_number=defendant).first()
    if before is not None and not before.imported_from:
        raise OpenedHere
    case = before or _new_case(found, source_hash=source_hash, name=name)
    rows = 1 if before is None else 0
    if before is None:
        rows += _write_parties(case, found)
    entries, written = _write_entries(case, found.entries)
    case.source_hash = source_hash
    case.save()
    audit.record(act="case.imported", by=BY, at=at, subject=f"case:{case.id}", file=name, entries=entries)
    outcome = "taken" if before is None else "extended"
    return Taken(path, outcome, "", case.id, case.number, rows + written, entries, found.left_out)


def _judge(name: str) -> Judge | None:
    return Judge.objects.get_or_create(name=name[:120])[0] if name else None


def _new_case(found: ImportedCase, *, source_hash: str, name: str) -> Case:
    columns = dict(found.columns)
    columns.setdefault("short_title", columns.get("caption", "")[:400])
    return Case.objects.create(
        number=found.number,
        assigned_to=_judge(found.assigned_to),
        referred_to=_judge(found.referred_to),
        originating=found.originating.stored() if found.originating else None,
        imported_from=name[:200],
        source_hash=source_hash,
        **columns,
    )


def _write_parties(case: Case, found: ImportedCase) -> int:
    ids = _next_ids(Party, len(found.parties))
    parties, counsel, counts = [], [], []
    for place, (party_id, party) in enumerate(zip(ids, found.parties, strict=True)):
        parties.append(
            (party_id, case.id, place, party.name[:1000], party.type[:120], party.lines, party.terminated)
            + (party.no_attorney_column, party.offense_opening, party.offense_terminated, party.has_criminal_data, "")
        )
        counsel += [
            (party_id, n, one.name[:200], one.contact, "", list(one.roles), None)
            for n, one in enumerate(party.attorneys)
        ]
        counts += [(party_id, n, one.kind, one.name, one.disposition) for n, one in enumerate(party.counts)]
    party_columns = "id case position name type lines terminated no_attorney_column offense_opening offense_terminated"
    _copy(Party, f"{party_columns} has_criminal_data defendant_number", parties)
    _copy(Representation, "party position name contact email roles terminated", counsel)
    _copy(CriminalCount, "party position kind name disposition", counts)
    return len(parties) + len(counsel) + len(counts)


def _write_entries(case: Case, given: Sequence[ImportedEntry]) -> tuple[int, int]:
    """Entries that are not on the docket yet, with their documents: how many, and how many rows in all."""
    fresh = _not_here_yet(case, given)
    ids = _next_ids(Entry, len(fresh))
    taken_ids = _documents_elsewhere(fresh)
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
        entry = _entry(case, one, entry_id=entry_id, seq=seq, position=case.next_seq + place, has_seq=has_seq)
        entry.elsewhere = one.links_to or (one.documents[0].doc_id if one.documents and not mine else "")
        facts = dockets.facts(entry, mine)
        entry.previous, entry.chain = case.chain_head, entry_link(case.chain_head, facts)
        case.chain_head = entry.chain
        entry.row = one_line(bench().sheet.row(facts))
        entry.text_bytes = text_bytes(entry.row)
        entries.append(entry)
        documents += [
            (entry_id, d.part, d.doc_id, d.description, "", "", d.bytes, d.pages, d.size_text, 0)
            + (False, False, False, "")
            for d in mine
        ]
    names = [f.attname for f in Entry._meta.concrete_fields]
    _copy(Entry, " ".join(names), [tuple(getattr(entry, n) for n in names) for entry in entries])
    document_columns = "entry part doc_id description filename sha256 bytes pages size_text restriction"
    _copy(Document, f"{document_columns} sealed transcript opinion stamp", documents)
    _raise_counters(case, fresh, highest=highest, seqs=seqs)
    return len(entries), len(entries) + len(documents)


def _entry(case: Case, one: ImportedEntry, *, entry_id: int, seq: int, position: int, has_seq: bool) -> Entry:
    return Entry(
        id=entry_id,
        case=case,
        seq=seq,
        number=one.number[:16],
        number_sort=number_sort(one.number),
        filed=one.filed,
        entered=_midnight(one.entered),
        position=position,
        text=one.text,
        entered_note=one.entered_note,
        first_date=one.first_date,
        entered_by=BY,
        has_pacer_seq=has_seq,
    )


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time_of_day(), ZoneInfo(settings.COURT.zone)) if day else None


def _not_here_yet(case: Case, given: Sequence[ImportedEntry]) -> list[ImportedEntry]:
    if case.next_seq == 1:
        return list(given)
    here = set(Entry.objects.filter(case=case).values_list("number", "filed", "text"))
    return [one for one in given if (one.number[:16], one.filed, one.text) not in here]


def _documents_elsewhere(entries: Sequence[ImportedEntry]) -> set[str]:
    """Document numbers that belong to entries here already: the same filing in a sister case."""
    wanted = [document.doc_id for one in entries for document in one.documents]
    return set(Document.objects.filter(doc_id__in=wanted).values_list("doc_id", flat=True)) if wanted else set()


def _raise_counters(case: Case, fresh: Sequence[ImportedEntry], *, highest: int, seqs: set[int]) -> None:
    """What is numbered from now on comes after everything that was taken over."""
    numbers = [number_sort(one.number) or 0 for one in fresh]
    small = [number for number in numbers if number < 10_000_000]
    case.next_number = max([case.next_number, *(number + 1 for number in small)])
    case.next_seq = max([case.next_seq, highest + 1, *(seq + 1 for seq in seqs)])
    case.last_filing = max(filter(None, [case.last_filing, *(one.filed for one in fresh)]), default=None)
    prefix = transition.profile().doc_prefix
    serials = [
        int(document.doc_id[4:]) for one in fresh for document in one.documents if document.doc_id.startswith(prefix)
    ]
    if serials:
        CourtProfile.objects.filter(id=1, next_doc_serial__lte=max(serials)).update(
            next_doc_serial=Greatest("next_doc_serial", max(serials) + 1)
        )


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
