"""How a measurement is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Row:
    """One line of the table. ``bar`` is the ratio to meet; ``better`` says on which side of it."""

    work: str
    ours: str
    against: str
    theirs: str
    ratio: float | None
    bar: float | None = None
    better: str = "below"
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.ratio is None or self.bar is None:
            return ""
        met = self.ratio <= self.bar if self.better == "below" else self.ratio >= self.bar
        return "met" if met else "MISSED"


def seconds(act: Callable[[], object], *, times: int = 5, warm: int = 1) -> float:
    """The median of ``times`` runs after ``warm`` that do not count."""
    for _ in range(warm):
        act()
    taken = []
    for _ in range(times):
        started = perf_counter()
        act()
        taken.append(perf_counter() - started)
    return median(taken)


def print_table(rows: Iterable[Row]) -> None:
    """Plain text, one line a row."""
    lines = [("work", "ours", "against", "theirs", "ratio", "bar", "", "note")]
    for row in rows:
        sign = "≤" if row.better == "below" else "≥"
        lines.append(
            (
                row.work,
                row.ours,
                row.against,
                row.theirs,
                "" if row.ratio is None else f"{row.ratio:.3g}",
                "" if row.bar is None else f"{sign} {row.bar:g}",
                row.verdict,
                row.note,
            )
        )
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
