"""Taking over dockets from elsewhere: docket JSON in the shape that RECAP and juriscraper publish.

Each file is one transaction, so a run that was killed is simply started again. A file that was taken already changes
nothing; a newer copy of a docket adds what is not here yet and corrects what it says otherwise (``updating``). What a
column cannot hold stays as the line it came as, and what nothing here reads stays beside the case (``keeping``).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from openecf.court.bench import bench
from openecf.court.cases.models import Case
from openecf.court.importing import keeping, updating, writing
from openecf.court.importing.rules import CannotRead
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit

BY = writing.BY
LARGEST_FILE = 128 * 1024 * 1024
"""Bytes. A docket of two hundred thousand entries is smaller; parsing takes some ten times as much memory."""


class OpenedHere(CannotRead):
    """The court has a case of its own with this number."""

    said = "This court opened a case with this number itself."


@dataclass(frozen=True)
class Taken:
    """What became of one file. ``outcome``: taken, extended, unchanged, refused (then ``reason`` says why).

    ``kept``: where it says what nothing here reads, so that it is kept as it came. ``left_out``: what it says that is
    not kept, because the court's own edits outweigh it, or because another document has its place; in words.
    """

    path: str
    outcome: str
    reason: str = ""
    case: int = 0
    number: str = ""
    rows: int = 0
    entries: int = 0
    kept: tuple[str, ...] = ()
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
    writing.begin()
    with _commits_together():
        for path in files_of(paths):
            taken = _import_file(path, at=at)
            done.files.append(taken)
            done.seconds = time.perf_counter() - began
            if report:
                report(taken)
    # The last commit waits for the disk, and with it every one before it.
    counts = {outcome: done.count(outcome) for outcome in ("taken", "extended", "unchanged", "refused")}
    audit.record(act="case.import-ended", by=BY, at=at, **counts)
    done.seconds = time.perf_counter() - began
    return done


@contextlib.contextmanager
def _commits_together() -> Iterator[None]:
    """Commit each file without waiting for the disk: what a power failure takes, the next run takes over again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO DEFAULT")


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
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        return Taken(str(path), "refused", f"The database refused it: {str(error).splitlines()[0]}")
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # A shape that nobody thought of must not keep the other files out.
        return Taken(str(path), "refused", f"It is not in a shape that is known: {type(error).__name__}: {error}"[:400])


def _read(path: Path) -> tuple[Mapping[str, Any], str]:
    if path.stat().st_size > LARGEST_FILE:
        raise CannotRead(f"The file is larger than {LARGEST_FILE // 2**20} MB.")
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise CannotRead(f"It is not JSON: {str(error)[:200]}") from None
    except MemoryError:
        raise CannotRead("There is not enough memory to read it.") from None
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
    if before is None:
        case = writing.new_case(found, source_hash=source_hash, name=name)
        rows, entries = writing.fill(case, found)
        outcome, left_out = "taken", ()
    else:
        case = before
        rows, entries, left_out = updating.extend(case, found, source_hash=source_hash, name=name, at=at)
        outcome = "extended"
    of_entries = any(one.entry is not None for one in found.unread)
    entry_ids = updating.rows_of(case, found.entries) if of_entries else {}
    kept = keeping.keep(case, found.unread, entry_ids, source=name, at=at) if found.unread else 0
    rows += kept
    outcome = outcome if rows else "unchanged"
    facts = {"file": name, "entries": entries, "kept_as_it_came": kept}
    audit.record(act="case.imported", by=BY, at=at, subject=f"case:{case.id}", **facts)
    paths = tuple(one.path for one in found.unread)
    return Taken(path, outcome, "", case.id, case.number, rows, entries, paths, left_out)
