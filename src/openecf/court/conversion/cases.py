"""Cases of an export with everything that is theirs, read side by side from nine files, and whether it belongs together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from openecf.court.cases.rules import understand
from openecf.court.conversion.layout import (
    ATTORNEYS,
    CASES,
    COUNTS,
    DEADLINES,
    ENTRIES,
    HEARINGS,
    MOTIONS,
    OF_CASES,
    PAPERS,
    PARTIES,
)
from openecf.court.conversion.reading import Along, Row, Share, Table, Tell
from openecf.kernel.case_numbers import CaseNumber

Extras = list[tuple[str, str]]
Given = tuple[int, Row, Extras]
"""A row with its line and what stands in columns that the layout does not know."""
NUMBER = CASES.place("number")
WORK = (MOTIONS, DEADLINES, HEARINGS)
"""What waits for the court, or for somebody else: each row names entries of its case."""
NAMED = {
    layout.name: [(name, layout.place(name)) for name in names]
    for layout, names in (
        (MOTIONS, ("seq", "decided_by")),
        (DEADLINES, ("set_by", "satisfied_by", "terminated_by")),
        (HEARINGS, ("set_by", "ended_by")),
    )
}
"""The columns that hold sequence numbers of entries, by file, each with its place."""


def contradiction(name: str, row: Row) -> str:
    """What a row of ``WORK`` says that cannot be true together; empty if nothing."""
    if name == MOTIONS.name and bool(row[3]) != (row[4] is not None):
        return "outcome and decided_by: a motion that was decided has both; one that waits for the court has neither"
    if name == DEADLINES.name and row[4] is not None and row[5] is not None:
        return "satisfied_by and terminated_by: a deadline ends once"
    return ""


@dataclass
class Entry:
    """An entry and its documents, with their lines."""

    line: int
    row: Row
    papers: list[tuple[int, Row]]


class CaseInput:
    """One case. ``entries`` are read while they are asked for, so that a docket of any length takes the same memory."""

    def __init__(self, source: Cases, line: int, row: Row, extras: Extras, parts: CaseNumber) -> None:
        self.line, self.row, self.extras, self.parts = line, row, extras, parts
        self.id: int = row[0]
        self._source = source
        self.parties, self.counts, self.attorneys = map(self._own, (source.parties, source.counts, source.attorneys))
        self.work = {along.table.layout.name: self._own(along) for along in source.work}
        self._belongs_together()

    def _own(self, along: Along) -> list[Given]:
        return [(along.line, row, along.extras) for row in along.of(self.id)]

    @property
    def named(self) -> set[int]:
        """Sequence numbers of the entries that motions, deadlines and hearings name."""
        found = {row[at] for name, rows in self.work.items() for _line, row, _x in rows for _column, at in NAMED[name]}
        return found - {None}

    def _belongs_together(self) -> None:
        numbers: set[int] = set()
        kept = []
        for line, row, extras in self.parties:
            if row[1] in numbers:
                self._source.parties.tell_at(line, f"party {row[1]} of case {self.id} is there twice")
                continue
            numbers.add(row[1])
            kept.append((line, row, extras))
        self.parties = kept
        self.counts = self._with_parties(self._source.counts, self.counts, numbers)
        self.attorneys = self._with_parties(self._source.attorneys, self.attorneys, numbers)
        for along in self._source.work:
            name = along.table.layout.name
            for line, row, _extras in self.work[name]:
                if wrong := contradiction(name, row):
                    along.tell_at(line, wrong)

    def _with_parties(self, along: Along, given: list[Given], numbers: set[int]) -> list[Given]:
        for line, row, _extras in given:
            if row[1] not in numbers:
                along.tell_at(line, f"case {self.id} has no party {row[1]} in parties.csv")
        return [one for one in given if one[1][1] in numbers]

    @property
    def entries(self) -> Iterator[Entry]:
        """The entries in the docket's order; to be asked for once."""
        entries, papers, seqs = self._source.entries, self._source.papers, set()
        for row in entries.of(self.id):
            seq = row[1]
            found = Entry(entries.line, row, self._papers(seq))
            if seq in seqs:
                entries.refuse(f"seq {seq} of case {self.id} is there twice")
                continue
            seqs.add(seq)
            yield found
        for row in papers.of(self.id):
            papers.refuse(f"case {self.id} has no entry {row[1]}, or this file is not in the order of entries.csv")
        self._name_entries(seqs)

    def _name_entries(self, seqs: set[int]) -> None:
        for along in self._source.work:
            name = along.table.layout.name
            for line, row, _extras in self.work[name]:
                for column, at in NAMED[name]:
                    if row[at] is not None and row[at] not in seqs:
                        along.tell_at(line, f"{column}: case {self.id} has no entry {row[at]} in {ENTRIES.name}")

    def _papers(self, seq: int) -> list[tuple[int, Row]]:
        along = self._source.papers
        found: list[tuple[int, Row]] = []
        if along.row is None or along.row[0] > self.id:
            return found
        parts: set[int] = set()
        while along.row is not None and along.row[0] <= self.id:
            if along.row[0] == self.id and along.row[1] != seq:
                break
            if along.row[0] < self.id:
                along.skip_orphan()
                continue
            if along.row[2] in parts:
                along.refuse(f"part {along.row[2]} of entry {seq} of case {self.id} is there twice")
            else:
                parts.add(along.row[2])
                found.append((along.line, along.row))
            along.step()
        return found


class Cases:
    """The files of the cases, opened together. ``places``: records of each that are written already."""

    def __init__(
        self,
        folder: Path,
        tell: Tell,
        *,
        places: Mapping[str, int] | None = None,
        last: int = 0,
        share: Share | None = None,
    ) -> None:
        self.tell, self.last, self.done = tell, last, places or {}
        self.tables = {
            layout.name: Table(folder, layout, tell, skip=self.done.get(layout.name, 0), share=share)
            for layout in OF_CASES
        }
        self._out = ExitStack()

    def __enter__(self) -> Self:
        for table in self.tables.values():
            self._out.callback(table.close)
        self.parties = Along(self.tables[PARTIES.name])
        self.counts = Along(self.tables[COUNTS.name])
        self.attorneys = Along(self.tables[ATTORNEYS.name])
        self.entries = Along(self.tables[ENTRIES.name])
        self.papers = Along(self.tables[PAPERS.name])
        self.work = tuple(Along(self.tables[layout.name]) for layout in WORK)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.close()

    @property
    def _along(self) -> tuple[Along, ...]:
        return (self.parties, self.counts, self.attorneys, self.entries, self.papers, *self.work)

    @property
    def places(self) -> dict[str, int]:
        """Records of each file that were handed out, between two cases."""
        ahead = {along.table.layout.name: along.row is not None for along in self._along}
        return {name: table.records - ahead.get(name, False) for name, table in self.tables.items()}

    def __iter__(self) -> Iterator[CaseInput]:
        table = self.tables[CASES.name]
        for row in table:
            if row[0] <= self.last:
                table.refuse(f"case_id {row[0]} does not rise: it is there twice, or the file is not in its order")
                continue
            self.last = row[0]
            parts = understand(row[NUMBER])
            if parts is None:
                table.refuse(f"number: is not a case number: {row[NUMBER]!r}")
                parts = CaseNumber(year=2000, serial=0)
            found = CaseInput(self, table.line, row, table.extras, parts)
            yield found
        for along in self._along:
            along.rest()
