"""Pure decisions of the calendar room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


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
