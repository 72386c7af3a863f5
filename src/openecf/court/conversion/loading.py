"""Loading an export: people, logins, cases with their dockets and documents, passwords.

Each step writes some thousand rows and how far it came in one transaction. A process that was killed leaves what was
committed; the next run passes over exactly that and goes on. Files are read as streams.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

from django.db import connection, transaction

from openecf.court.conversion import staging
from openecf.court.conversion.cases import Cases, Entry
from openecf.court.conversion.checking import Progress
from openecf.court.conversion.layout import AGENTS, DOCUMENTS, OF_CASES, PAPERS, PEOPLE, USERS
from openecf.court.conversion.models import Conversion, ConvertedCase, Finding, Place
from openecf.court.conversion.reading import Problem, Row, Share, Table
from openecf.court.documents import services as papers
from openecf.court.documents.rules import SEALED_FROM
from openecf.court.importing import accounts, bulk
from openecf.kernel.refusal import Refusal
from openecf.platform import legacy_passwords
from openecf.platform.store import services as store

TOGETHER = 5_000
"""People or logins of one transaction."""
COMMIT_AFTER = 40_000
"""Rows of cases after which a transaction ends, with the case that it is at."""
HASHES = 256
WRITERS = 4
WAITING = 64
"""Documents that may be on their way to the store at once."""


class DoesNotFit(Refusal):
    """A row does not fit; what was loaded before it stays, and loading goes on there once the export is mended."""

    code = "does-not-fit"


def refuse(problem: Problem) -> None:
    """What loading does about a problem: it ends at the first that is grave."""
    if problem.grave:
        raise DoesNotFit(f"{problem}. openecf court convert … --check lists everything that does not fit.")


@dataclass(frozen=True)
class Loaded:
    """What a run wrote: rows, and passwords, which take their time on purpose; each with its seconds."""

    rows: int = 0
    row_seconds: float = 0.0
    passwords: int = 0
    password_seconds: float = 0.0


class Helpers(Protocol):
    """Processes that load the other shares meanwhile."""

    def start(self, shares: range) -> None:
        """Start one for each."""

    def wait(self) -> None:
        """Until they ended. DoesNotFit with the words of one that did not come to its end."""


def load(conversion: Conversion, folder: Path, *, progress: Progress, helpers: Helpers | None = None) -> Loaded:
    """Everything that is not here yet. DoesNotFit."""
    began, place = perf_counter(), place_of(conversion, 0)
    with _commits_together():
        rows = _people(place, folder, progress)
        rows += _users(place, folder, progress)
        rows += _agents(place, folder, progress)
        before = _rows_of_cases(conversion)
        if helpers and conversion.shares > 1:
            helpers.start(range(1, conversion.shares))
        load_share(conversion, folder, share=0, progress=progress)
        if helpers and conversion.shares > 1:
            helpers.wait()
        _when_all_are_here(conversion)
        rows += _rows_of_cases(conversion) - before
        between = perf_counter()
        place.refresh_from_db()  # its cases were written meanwhile
        passwords = _passwords(place, folder, progress)
    ended = perf_counter()
    _findings(conversion)
    return Loaded(rows, between - began + perf_counter() - ended, passwords, ended - between)


def load_share(conversion: Conversion, folder: Path, *, share: int, progress: Progress) -> None:
    """The cases of one share that are not here yet. DoesNotFit."""
    bulk.begin()
    with _commits_together():
        _cases(place_of(conversion, share), folder, progress)


@contextlib.contextmanager
def _commits_together() -> Iterator[None]:
    """Commits do not wait for the disk: what a power failure takes, the next run writes again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO DEFAULT")


def place_of(conversion: Conversion, share: int) -> Place:
    """How far a share is."""
    place, _made = Place.objects.get_or_create(conversion=conversion, share=share)
    place.conversion = conversion
    return place


def _save(place: Place, **done: int) -> None:
    place.done = place.done | done
    place.save(update_fields=["done", "last_case"])


def _rows_of_cases(conversion: Conversion) -> int:
    """Rows that were written with the cases, by all shares."""
    return sum(place.done.get("rows", 0) for place in Place.objects.filter(conversion=conversion))


def _batches(table: Table) -> Iterator[list[tuple[int, Row]]]:
    rows = iter(table)
    while batch := [(table.records, row) for row in islice(rows, TOGETHER)]:
        yield batch
    table.close()


def _people(place: Place, folder: Path, progress: Progress) -> int:
    conversion = place.conversion
    done, total, rows = place.done.get("people", 0), conversion.counts[PEOPLE.name], 0
    progress("people", done, total)
    for batch in _batches(Table(folder, PEOPLE, refuse, skip=done)):
        with transaction.atomic():
            rows += accounts.write_people(conversion.id, [row for _place, row in batch])
            _save(place, people=batch[-1][0])
        progress("people", batch[-1][0], total)
    return rows


def _users(place: Place, folder: Path, progress: Progress) -> int:
    conversion = place.conversion
    done, total, rows = place.done.get("users", 0), conversion.counts[USERS.name], 0
    progress("users", done, total)
    for batch in _batches(Table(folder, USERS, refuse, skip=done)):
        with transaction.atomic():
            rows += accounts.write_users(conversion.id, batch)
            _save(place, users=batch[-1][0])
        progress("users", batch[-1][0], total)
    return rows


def _agents(place: Place, folder: Path, progress: Progress) -> int:
    conversion = place.conversion
    done, total, rows = place.done.get("agents", 0), conversion.counts.get(AGENTS.name, 0), 0
    for batch in _batches(Table(folder, AGENTS, refuse, skip=done)):
        with transaction.atomic():
            written = accounts.write_agencies(conversion.id, [row for _place, row in batch])
            if written < len(batch):
                raise DoesNotFit(f"{AGENTS.name}: names people who are not in people.csv. --check says whom.")
            _save(place, agents=batch[-1][0])
        rows += written
        progress("agents", batch[-1][0], total)
    return rows


def _passwords(place: Place, folder: Path, progress: Progress) -> int:
    """How many were kept. Argon2id over each hash, on every processor: the old hash itself is never written down here."""
    conversion = place.conversion
    done, total = place.done.get("passwords", 0), conversion.counts[USERS.name]
    table, hasher, kept_here = Table(folder, USERS, refuse, skip=done), legacy_passwords.OverLegacy(), 0
    progress("passwords", done, total)

    def wrapped(row: Row) -> tuple[str, str] | None:
        login, scheme, password = row[0], row[4], row[5]
        if not password:
            return None
        kept, digest = legacy_passwords.parsed(scheme=scheme, written=password)
        return login, hasher.wrap(settings=kept, digest=digest)

    rows = iter(table)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        while batch := list(islice(rows, HASHES)):
            records = table.records
            try:
                given = list(filter(None, pool.map(wrapped, batch)))
            except legacy_passwords.UnknownHash as refusal:
                raise DoesNotFit(f"{USERS.name}: before line {table.line + 1}: {refusal.said}") from None
            with transaction.atomic():
                kept_here += accounts.write_passwords(conversion.id, given)
                _save(place, passwords=records)
            progress("passwords", records, total)
    table.close()
    return kept_here


class _Documents:
    """Documents on their way to the store; ``settle`` waits until they are on the disk, as they must be to be named."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / DOCUMENTS
        self.pool = ThreadPoolExecutor(WRITERS)
        self.waiting: list[tuple[int, Future[str]]] = []

    def __call__(self, entry: Entry) -> None:
        for line, row in entry.papers:
            if not row[5]:
                continue
            if not row[6]:
                refuse(Problem(PAPERS.name, line, "sha256: is empty and needed where there is a file"))
            self.waiting.append((line, self.pool.submit(self._store, row)))
        if len(self.waiting) > WAITING:
            self.settle()

    def _store(self, row: Row) -> str:
        sealed = row[10] >= SEALED_FROM
        if store.has(row[6], sealed=sealed):
            return ""
        try:
            with (self.folder / row[5]).open("rb") as file:
                stored = store.put(store.pieces(file), sealed=sealed, expected=row[6])
        except OSError as error:
            return f"file: {row[5]} cannot be read: {error.strerror}"
        # Nothing was stored then, and nothing is to be dropped: the other file may be one that the court has rightly.
        if stored.sha256 == row[6]:
            return ""
        return f"sha256: {row[5]} is another file than this hash says"

    def settle(self) -> None:
        for line, answer in self.waiting:
            if wrong := answer.result():
                refuse(Problem(PAPERS.name, line, wrong))
        self.waiting.clear()


def _cases(place: Place, folder: Path, progress: Progress) -> None:
    conversion = place.conversion
    total = sum(conversion.counts.get(one.name, 0) for one in OF_CASES)
    done = {name: n for name, n in place.done.items() if name.endswith(".csv")}
    share = Share(place.share, conversion.shares) if conversion.shares > 1 else None
    people, documents = accounts.People(conversion.id), _Documents(folder)
    progress("cases", sum(done.values()), total)
    with documents.pool, Cases(folder, refuse, places=done, last=place.last_case, share=share) as source:
        cases, ended = iter(source), False
        while not ended:
            with transaction.atomic():
                writer = bulk.Cases(conversion=conversion.id, person=people)
                ended = _some_cases(
                    writer, cases, documents, lambda: progress("cases", sum(source.places.values()), total)
                )
                rows = _write(writer, documents, conversion)
                place.last_case = source.last
                _save(place, **source.places, rows=place.done.get("rows", 0) + rows)
    progress("cases", total, total)


def _some_cases(
    writer: bulk.Cases, cases: Iterator[Any], documents: Callable[[Entry], None], tell: Callable[[], None]
) -> bool:
    """Cases for one transaction; whether they were the last ones."""
    for done, case in enumerate(cases, start=1):
        try:
            writer.add(case, stored=documents)
        except KeyError as nobody:
            raise DoesNotFit(f"case {case.id}: people.csv has nobody called {nobody.args[0]}.") from None
        if done % 500 == 0:
            tell()
        if writer.sheaf.rows + writer.sheaf.held >= COMMIT_AFTER:
            tell()
            return False
    return True


def _write(writer: bulk.Cases, documents: _Documents, conversion: Conversion) -> int:
    """Write what the writer still holds, and beside it what has to be remembered; rows of the whole transaction."""
    writer.sheaf.write()
    kept = writer.sheaf.lines(ConvertedCase, "case conversion restriction lead")
    for case_id, level, lead in writer.kept:
        kept.append("\t".join(map(bulk.cell, (case_id, conversion.id, level, lead))))
    writer.sheaf.write()
    appearances = accounts.write_appearances(writer.appeared)
    documents.settle()
    if writer.serial:
        papers.number_above(writer.serial)
    return writer.sheaf.rows + appearances


_LEADS = """
UPDATE "case" c SET lead_id = k.lead FROM converted_case k
WHERE k.case_id = c.id AND k.conversion_id = %s AND k.lead IS NOT NULL AND c.lead_id IS DISTINCT FROM k.lead
"""
_NEXT_CASE = """
SELECT setval(pg_get_serial_sequence('"case"', 'id'), greatest((SELECT max(id) FROM "case"),
  nextval(pg_get_serial_sequence('"case"', 'id'))))
"""


def _when_all_are_here(conversion: Conversion) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LEADS, [conversion.id])
        cursor.execute(_NEXT_CASE)
        for table in (
            "converted_person",
            "converted_user",
            "court_user",
            "case",
            "party",
            "representation",
            "entry",
            "document",
        ):
            cursor.execute(f'ANALYZE "{table}"')


def _findings(conversion: Conversion) -> None:
    """Write down what the clerk's office has to decide; what it decided already stays."""
    with transaction.atomic():
        known = set(Finding.objects.filter(conversion=conversion).values_list("kind", "why", "what"))
        found = {
            (kind, why, what[:254]): people for kind, why, what, people in staging.findings(conversion=conversion.id)
        }
        fresh = [
            Finding(conversion=conversion, kind=kind, why=why, what=what)
            for kind, why, what in found
            if (kind, why, what) not in known
        ]
        rows = Finding.objects.bulk_create(fresh, batch_size=1000)
        about = Finding.people.through
        about.objects.bulk_create(
            [
                about(finding_id=one.id, convertedperson_id=person)
                for one in rows
                for person in found[one.kind, one.why, one.what]
            ],
            batch_size=5000,
        )
