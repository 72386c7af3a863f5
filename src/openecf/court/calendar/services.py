"""Deadlines and hearings: set, satisfied and ended by docket entries.

Each runs inside the transaction of the filing whose entry does it; that filing's audit line covers it. Only what moves
deadlines past the weekend of going live makes entries of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from openecf.court.bench import bench
from openecf.court.calendar import queries
from openecf.court.calendar.models import Deadline, Hearing
from openecf.court.calendar.rules import DEADLINES_MOVED, moved_text
from openecf.court.conversion import queries as conversion
from openecf.court.docket import services as docket
from openecf.court.transition import queries as transition
from openecf.court.transition import services as transitions
from openecf.court.transition.rules import Era, era, missed_days
from openecf.kernel.days import last_day, legal_day
from openecf.platform.audit import services as audit
from openecf.platform.postgres import prepared

_SATISFY = """
UPDATE deadline SET satisfied_by_id = %s
WHERE case_id = %s AND kind = ANY(%s) AND satisfied_by_id IS NULL AND terminated_by_id IS NULL
"""


def due_day(*, trigger: date, days: int) -> date:
    """The last day of a period that starts with ``trigger``, by legal days and the court's own closed days."""
    profile = transition.profile()
    closed = frozenset(profile.closed_days) | missed_days(profile, settings.COURT.zone)
    return last_day(trigger=trigger, days=days, closed=closed)


def start_clock(*, case_id: int, entry_id: int, kind: str, trigger: date, days: int) -> None:
    """Something is due ``days`` after ``trigger`` (the filing's legal day)."""
    set_deadline(case_id=case_id, entry_id=entry_id, kind=kind, due=due_day(trigger=trigger, days=days))


def set_deadline(*, case_id: int, entry_id: int, kind: str, due: date) -> None:
    """Something is due on a given day, whatever day of the week the court chose."""
    prepared.add(Deadline, [{"case_id": case_id, "kind": kind[:80], "due": due, "set_by_id": entry_id}])


def satisfy_deadlines(*, case_id: int, entry_id: int, kinds: Sequence[str], under: Sequence[int] = ()) -> int:
    """What was due was done: how many deadlines. ``under``: only those that these entries set, where they set any."""
    if under:
        return _narrowed(_pending(case_id, kinds), under).update(satisfied_by_id=entry_id)
    return prepared.run(_SATISFY, [entry_id, case_id, list(kinds)])


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


def move_past_closure(*, at: datetime) -> int:
    """Once filing has closed for the move to NextGen: deadlines of the closed days end when it opens; how many moved.

    Each case's docket says so in an entry of its own, and the old deadlines stay on record as ended by it. A case is
    one transaction, so that a killed job goes on where it stopped; when none is left the profile notes it. Cases that
    are being converted are left alone until the switch, which has this done once more.
    """
    profile = transition.profile()
    days = missed_days(profile, settings.COURT.zone)
    closed = era(profile, at) in (Era.FILING_CLOSED, Era.NEXTGEN)
    if not days or profile.deadlines_rolled_at or not closed or profile.live_at is None:
        return 0
    to = due_day(trigger=legal_day(profile.live_at, settings.COURT.zone), days=0)
    moved = 0
    for case_id in conversion.that_count(queries.cases_with_deadlines_on(days)):
        with transaction.atomic():
            moved += _move(case_id, days, to, at)
    with transaction.atomic():
        # A switch, or another weekend, may have come meanwhile: then the next run goes on.
        same = missed_days(transitions.hold(), settings.COURT.zone) == days
        if same and not conversion.that_count(queries.cases_with_deadlines_on(days)):
            transitions.note_deadlines_moved(at=at)
    return moved


def _move(case_id: int, days: frozenset[date], to: date, at: datetime) -> int:
    rows = list(_pending(case_id, ()).filter(due__in=days).select_for_update().order_by("due", "id"))
    if not rows:
        return 0
    text = moved_text(
        moved=[(row.kind, row.due) for row in rows], days=days, to=to, rule=bench().deadlines.when_inaccessible
    )
    entry = docket.enter(
        case_id=case_id,
        event=DEADLINES_MOVED,
        title="Deadlines Extended",
        text=text,
        at=at,
        entered_by="system",
        numbered=False,
    )
    docket.finish(entry)
    for row in rows:
        set_deadline(case_id=case_id, entry_id=entry.id, kind=row.kind, due=to)
    Deadline.objects.filter(id__in=[row.id for row in rows]).update(terminated_by_id=entry.id)
    audit.record(
        act="calendar.deadlines-moved", by="system", at=at, subject=f"case:{case_id}", deadlines=len(rows), to=str(to)
    )
    return len(rows)


def _pending(case_id: int, kinds: Sequence[str]) -> QuerySet[Deadline]:
    rows = Deadline.objects.filter(case_id=case_id, satisfied_by=None, terminated_by=None)
    return rows.filter(kind__in=kinds) if kinds else rows


def _narrowed(rows: QuerySet[Deadline], under: Sequence[int]) -> QuerySet[Deadline]:
    # Two motions may each wait for a response: a response to one leaves the other's deadline alone.
    own = rows.filter(set_by_id__in=under) if under else rows.none()
    return own if own.exists() else rows
