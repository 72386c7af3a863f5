"""Reading an export: the manifest, each file as rows of checked values, cases with everything that is theirs.

Files are read as streams, once, side by side, so that a court of any size takes the same memory. What does not fit is
told to ``tell`` with file, line and reason; the row is then left out.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from openecf.court.conversion.layout import FILES, LAYOUT, MANIFEST, FileLayout, Misfit
from openecf.kernel.refusal import Refusal

Row = tuple[Any, ...]
PIECE = 1_048_576
csv.field_size_limit(16 * 1024 * 1024)


class NoExport(Refusal):
    """The folder holds no export in the layout that is known here; ``said`` says what is wrong."""

    code = "no-export"


@dataclass(frozen=True)
class Problem:
    """Something that does not fit (``grave``), or is only told. ``line`` 0: the file as a whole."""

    file: str
    line: int
    reason: str
    grave: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


Tell = Callable[[Problem], None]


@dataclass(frozen=True)
class FileFacts:
    """What the manifest says of a file: records below its heading, and the SHA-256 of its bytes."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The manifest. ``digest``: of its own bytes; it names the export."""

    court: str
    taken_at: datetime | None
    files: dict[str, FileFacts]
    documents: int
    document_bytes: int
    digest: str

    @property
    def rows(self) -> int:
        return sum(facts.rows for facts in self.files.values())


def manifest_of(folder: Path) -> Manifest:
    """Read the manifest of an export. NoExport."""
    try:
        raw = (folder / MANIFEST).read_bytes()
        said = json.loads(raw)
        if said["layout"] != LAYOUT:
            raise NoExport(f"{MANIFEST}: its layout is {str(said['layout'])[:60]!r}, not {LAYOUT!r}.")
        files = {str(name): FileFacts(int(one["rows"]), str(one["sha256"])) for name, one in said["files"].items()}
        documents = said.get("documents") or {}
        taken = datetime.fromisoformat(said["taken_at"]) if said.get("taken_at") else None
        if taken is not None and taken.tzinfo is None:
            raise NoExport(f"{MANIFEST}: taken_at has no time zone.")
        found = Manifest(
            court=str(said["court"]),
            taken_at=taken,
            files=files,
            documents=int(documents.get("files", 0)),
            document_bytes=int(documents.get("bytes", 0)),
            digest=hashlib.sha256(raw).hexdigest(),
        )
    except OSError as error:
        raise NoExport(f"{folder / MANIFEST} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoExport(f"{MANIFEST} is not the manifest of an export: {type(error).__name__}: {error}") from None
    unknown = sorted(set(files) - {layout.name for layout in FILES})
    missing = [one.name for one in FILES if not one.optional and one.name not in files]
    if unknown or missing:
        raise NoExport(f"{MANIFEST}: {_listed('unknown file', unknown)}{_listed('missing file', missing)}")
    return found


def _listed(what: str, names: list[str]) -> str:
    return f"{what} {', '.join(names)}. " if names else ""


DEALT = 256
"""Cases that are dealt out together."""


@dataclass(frozen=True)
class Share:
    """Which cases are one process's own, of ``of`` processes."""

    number: int
    of: int

    def has(self, cells: list[str], place: int) -> bool:
        """Whether the row is of such a case. What names no case is the first one's, to be told once."""
        try:
            return int(cells[place]) // DEALT % self.of == self.number
        except (ValueError, IndexError):
            return self.number == 0


class Table:
    """A file's rows, as tuples of checked values in the layout's order. ``line`` is that of the row handed out last.

    ``extras``: texts of unknown columns of that row, by heading. ``skip``: records that are passed over unread.
    ``share``: of cases dealt out among several processes only those of this one.
    """

    def __init__(
        self, folder: Path, layout: FileLayout, tell: Tell, *, skip: int = 0, share: Share | None = None
    ) -> None:
        self.layout, self.tell, self.skip, self.share = layout, tell, skip, share
        self.path = folder / layout.name
        self.line, self.records = 0, 0
        self.extras: list[tuple[str, str]] = []
        self._out = ExitStack()

    def refuse(self, reason: str, *, grave: bool = True) -> None:
        """Tell that the row handed out last does not fit."""
        self.tell(Problem(self.layout.name, self.line, reason, grave))

    def close(self) -> None:
        self._out.close()

    def __iter__(self) -> Iterator[Row]:
        if not self.path.exists() and self.layout.optional:
            return
        try:
            file = self._out.enter_context(self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline=""))
        except OSError as error:
            raise NoExport(f"{self.path} cannot be read: {error.strerror}.") from None
        reader = csv.reader(file, strict=True)
        try:
            yield from self._rows(reader)
        except csv.Error as error:
            raise NoExport(f"{self.layout.name}:{reader.line_num}: this is not CSV: {error}.") from None

    def _rows(self, reader: Any) -> Iterator[Row]:
        heading = next(reader, [])
        places, others = self._places(heading)
        width, columns = len(heading), self.layout.columns
        plan = [(column.read, column.empty) for column in columns]
        # Every layout needs two columns at least, so that a getter gives a tuple. Columns that are not there are read
        # from an empty cell behind the last one.
        needed = itemgetter(*(at for at, one in zip(places, columns, strict=True) if one.required))
        said = itemgetter(*(width if place is None else place for place in places))
        case_at, skip, case, is_mine = places[0] or 0, self.skip, None, True
        for cells in reader:
            self.records += 1
            if self.records <= skip:
                continue
            if self.share is not None:
                if case is None or cells[case_at : case_at + 1] != case:
                    case, is_mine = cells[case_at : case_at + 1], self.share.has(cells, case_at)
                if not is_mine:
                    continue
            self.line = reader.line_num
            if len(cells) != width:
                self.refuse(f"has {len(cells)} cells; the heading has {width}")
                continue
            if "" in needed(cells):
                lacking = next(c.name for c in columns if c.required and not cells[heading.index(c.name)])
                self.refuse(f"{lacking}: is empty and needed")
                continue
            cells.append("")
            try:
                row = tuple(
                    [read(cell) if cell else empty for cell, (read, empty) in zip(said(cells), plan, strict=True)]
                )
            except Misfit as misfit:
                self.refuse(f"{self._culprit(said(cells))}: {misfit}")
                continue
            self.extras = [(heading[at], cells[at]) for at in others if cells[at]] if others else []
            yield row

    def _places(self, heading: list[str]) -> tuple[list[int | None], list[int]]:
        twice = {name for name in heading if heading.count(name) > 1}
        lacking = [c.name for c in self.layout.columns if c.required and c.name not in heading]
        if twice or lacking:
            wrong = _listed("missing column", lacking) + _listed("column twice", sorted(twice))
            raise NoExport(f"{self.layout.name}: {wrong}")
        known = {column.name for column in self.layout.columns}
        others = [place for place, name in enumerate(heading) if name not in known]
        if not self.skip:
            for place in others:
                reason = f"the layout has no column {heading[place][:60]!r}: {self.layout.extras}"
                self.tell(Problem(self.layout.name, 1, reason, grave=False))
        return [heading.index(c.name) if c.name in heading else None for c in self.layout.columns], others

    def _culprit(self, said: Sequence[str]) -> str:
        for column, cell in zip(self.layout.columns, said, strict=True):
            try:
                if cell:
                    column.read(cell)
            except Misfit:
                return column.name
        raise AssertionError("every reader took its value")


class Along:
    """A file that is read along with the cases: each case takes the rows that are its own.

    Files stand in the order of cases.csv, which rises by ``case_id``: a row that comes too late has no case.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows = iter(table)
        self.line, self.extras = 0, table.extras
        self.row: Row | None = None
        self.step()

    def step(self) -> None:
        """On to the next row."""
        self.row = next(self.rows, None)
        self.line, self.extras = self.table.line, self.table.extras

    def refuse(self, reason: str, *, grave: bool = True) -> None:
        """Tell that the row that is about to be taken does not fit."""
        self.table.tell(Problem(self.table.layout.name, self.line, reason, grave))

    def tell_at(self, line: int, reason: str) -> None:
        """Tell that an earlier row does not fit."""
        self.table.tell(Problem(self.table.layout.name, line, reason))

    def of(self, case_id: int) -> Iterator[Row]:
        """The rows of that case; ``line`` and ``extras`` are the row's own while it is looked at."""
        while self.row is not None and self.row[0] <= case_id:
            if self.row[0] < case_id:
                self.skip_orphan()
            else:
                yield self.row
                self.step()

    def rest(self) -> None:
        """What is left over when the last case is done."""
        while self.row is not None:
            self.skip_orphan()

    def skip_orphan(self) -> None:
        """Tell of a row without a case, and go on to the next."""
        case_id = self.row[0] if self.row else 0
        self.refuse(f"case {case_id} is not in cases.csv, or this file is not in its order (rising case_id)")
        self.step()


def read_bytes(path: Path, name: str, tell: Tell) -> tuple[str, int]:
    """SHA-256 and size of a file, told line by line where it is no UTF-8 or holds a NUL."""
    digest, size, line, told = hashlib.sha256(), 0, 1, 0
    decode = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
            bad = piece.find(b"\0")
            try:
                decode.decode(piece)
            except UnicodeDecodeError as error:
                bad = error.start if bad < 0 else min(bad, error.start)
                decode.reset()
            if bad >= 0 and not told:
                told = line + piece[:bad].count(b"\n")
                tell(Problem(name, told, "holds a character that is no UTF-8 text (the first such line)"))
            line += piece.count(b"\n")
    return digest.hexdigest(), size


@dataclass
class Told:
    """What was told of an export: how many problems, and the first ``most`` of the grave ones and of the others."""

    most: int = 1000
    grave: int = 0
    noted: int = 0
    also: Tell | None = None
    first: dict[bool, list[Problem]] = field(default_factory=lambda: {True: [], False: []})

    @property
    def problems(self) -> list[Problem]:
        """The grave ones come first."""
        return [*self.first[True], *self.first[False]]

    def __call__(self, problem: Problem) -> None:
        self.grave += problem.grave
        self.noted += not problem.grave
        if len(self.first[problem.grave]) < self.most:
            self.first[problem.grave].append(problem)
        if self.also:
            self.also(problem)
