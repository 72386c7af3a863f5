"""Reading the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from openecf.court.calendar.models import Deadline, Hearing
from openecf.court.calendar.rules import DeadlineRow, HearingRow, state_of
from openecf.kernel.days import legal_day

DAYS_AHEAD = 90


def deadlines_of(case_id: int, *, at: datetime, restriction: int = 0) -> list[DeadlineRow]:
    """The deadlines of a case, soonest first. Those set by entries above ``restriction`` stay out."""
    today = legal_day(at, settings.COURT.zone)
    rows = Deadline.objects.filter(case_id=case_id, set_by__restriction__lte=restriction)
    return [
        DeadlineRow(
            kind=row.kind,
            due=row.due,
            set_by=row.set_by.number or row.set_by.title,
            state=state_of(
                due=row.due,
                satisfied=row.satisfied_by_id is not None,
                terminated=row.terminated_by_id is not None,
                today=today,
            ),
            done_by=_done_by(row, restriction),
        )
        for row in rows.select_related("set_by", "satisfied_by", "terminated_by").order_by("due", "id")
    ]


def cases_with_deadlines_on(days: Iterable[date]) -> list[int]:
    """The cases that have pending deadlines on these days."""
    rows = Deadline.objects.filter(due__in=list(days), satisfied_by=None, terminated_by=None)
    return list(rows.order_by("case").values_list("case", flat=True).distinct())


def _done_by(row: Deadline, restriction: int) -> str:
    entry = row.satisfied_by or row.terminated_by
    return (entry.number or entry.title) if entry and entry.restriction <= restriction else ""


def hearings_of(case_id: int, *, restriction: int = 0) -> list[HearingRow]:
    """The hearings of a case, soonest first, in the court's time."""
    rows = Hearing.objects.filter(case_id=case_id, set_by__restriction__lte=restriction)
    return [_row(row) for row in rows.select_related("set_by", "case").order_by("at", "id")]


def court_calendar(*, first: date, days: int = DAYS_AHEAD) -> list[HearingRow]:
    """Public hearings of the whole court, from a day on. Sealed cases and restricted entries stay out."""
    zone = ZoneInfo(settings.COURT.zone)
    start = datetime(first.year, first.month, first.day, tzinfo=zone)
    rows = Hearing.objects.filter(
        at__gte=start, at__lt=start + timedelta(days=days), ended_by=None, case__restriction=0, set_by__restriction=0
    )
    return [_row(row) for row in rows.select_related("set_by", "case").order_by("at", "id")[:1000]]


def _row(row: Hearing) -> HearingRow:
    return HearingRow(
        kind=row.kind,
        at=row.at.astimezone(ZoneInfo(settings.COURT.zone)),
        place=row.place,
        set_by=row.set_by.number or row.set_by.title,
        ended=row.ended_by_id is not None,
        case_id=row.case_id,
        number=row.case.number,
        title=row.case.caption or row.case.short_title,
    )
