"""Pure decisions of the calendar room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from openecf.kernel.days import us_date
from openecf.kernel.restriction import Restriction

DEADLINES_MOVED = "deadlines:extended"
"""The event of the entry that tells of deadlines moved past the weekend of going live."""


class DeadlineRules(Protocol):
    """What differs from bench to bench about deadlines."""

    when_inaccessible: str
    """The rule that moves deadlines while the clerk's office is inaccessible."""


def moved_text(*, moved: Iterable[tuple[str, date]], days: Iterable[date], to: date, rule: str) -> str:
    """The docket text that says which deadlines (kind, day) moved, and why."""
    closed = sorted(days)
    listed = "; ".join(f"{kind} due {us_date(due)}" for kind, due in moved)
    return (
        f"Deadlines Extended. Filing at this court was closed from {us_date(closed[0])} to {us_date(closed[-1])} for "
        f"its move to NextGen CM/ECF. By {rule} these deadlines now end on {us_date(to)}: {listed}."
    )


def sees_up_to(*, court: bool, chambers: bool, participates: bool, terminal: bool) -> Restriction:
    """The highest level of entries whose deadlines and hearings a list of the whole case shows to this reader.

    Levels that open to chosen people or to one filer are no levels of a list: it shows them to the court alone.
    """
    if chambers:
        return Restriction.CHAMBERS
    if court:
        return Restriction.COURT
    if participates:
        return Restriction.PARTICIPANTS
    return Restriction.PARTICIPANTS_AND_TERMINAL if terminal else Restriction.PUBLIC


@dataclass(frozen=True)
class DeadlineRow:
    """A deadline as lists show it. ``state``: pending, overdue, satisfied or terminated."""

    kind: str
    due: date
    set_by: str
    state: str
    done_by: str = ""


@dataclass(frozen=True)
class HearingRow:
    """A hearing as lists show it, in the court's own time."""

    kind: str
    at: datetime
    place: str
    set_by: str
    ended: bool
    case_id: int = 0
    number: str = ""
    title: str = ""


def state_of(*, due: date, satisfied: bool, terminated: bool, today: date) -> str:
    """Where a deadline stands."""
    if satisfied:
        return "satisfied"
    if terminated:
        return "terminated"
    return "overdue" if due < today else "pending"
