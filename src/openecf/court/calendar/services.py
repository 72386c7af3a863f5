"""Deadlines and hearings: set, satisfied and ended by docket entries.

Each runs inside the transaction of the filing whose entry does it; that filing's audit line covers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import QuerySet

from openecf.court.calendar.models import Deadline, Hearing
from openecf.court.transition import queries as transition
from openecf.kernel.days import last_day


def due_day(*, trigger: date, days: int) -> date:
    """The last day of a period that starts with ``trigger``, by legal days and the court's own closed days."""
    return last_day(trigger=trigger, days=days, closed=frozenset(transition.profile().closed_days))


def start_clock(*, case_id: int, entry_id: int, kind: str, trigger: date, days: int) -> Deadline:
    """Something is due ``days`` after ``trigger`` (the filing's legal day)."""
    return set_deadline(case_id=case_id, entry_id=entry_id, kind=kind, due=due_day(trigger=trigger, days=days))


def set_deadline(*, case_id: int, entry_id: int, kind: str, due: date) -> Deadline:
    """Something is due on a given day, whatever day of the week the court chose."""
    return Deadline.objects.create(case_id=case_id, kind=kind[:80], due=due, set_by_id=entry_id)


def satisfy_deadlines(*, case_id: int, entry_id: int, kinds: Sequence[str], under: Sequence[int] = ()) -> int:
    """What was due was done: how many deadlines. ``under``: only those that these entries set, where they set any."""
    return _narrowed(_pending(case_id, kinds), under).update(satisfied_by_id=entry_id)


def end_deadlines(*, case_id: int, entry_id: int, kinds: Sequence[str] = (), under: Sequence[int] = ()) -> int:
    """Deadlines fall away: how many. No kinds: all that are pending. ``under`` as above."""
    rows = _pending(case_id, kinds).exclude(set_by_id=entry_id)
    return _narrowed(rows, under if kinds else ()).update(terminated_by_id=entry_id)


def set_hearing(*, case_id: int, entry_id: int, kind: str, at: datetime, place: str) -> Hearing:
    """The court will sit at that instant."""
    return Hearing.objects.create(case_id=case_id, kind=kind[:80], at=at, place=place[:200], set_by_id=entry_id)


def end_hearings(*, case_id: int, entry_id: int, kinds: Sequence[str] = ()) -> int:
    """Hearings were held or fall away: how many. No kinds: all that were not ended."""
    rows = Hearing.objects.filter(case_id=case_id, ended_by=None).exclude(set_by_id=entry_id)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return rows.update(ended_by_id=entry_id)


def _pending(case_id: int, kinds: Sequence[str]) -> QuerySet[Deadline]:
    rows = Deadline.objects.filter(case_id=case_id, satisfied_by=None, terminated_by=None)
    return rows.filter(kind__in=kinds) if kinds else rows


def _narrowed(rows: QuerySet[Deadline], under: Sequence[int]) -> QuerySet[Deadline]:
    # Two motions may each wait for a response: a response to one leaves the other's deadline alone.
    own = rows.filter(set_by_id__in=under) if under else rows.none()
    return own if own.exists() else rows
