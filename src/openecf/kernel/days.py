"""Legal days: the court's own calendar, holidays and the counting of time.

Sources: Fed. R. Civ. P. 6(a), Fed. R. App. P. 26(a), Fed. R. Bankr. P. 9006(a) (counting; legal holidays);
5 U.S.C. 6103 (the holidays themselves).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

SATURDAY = 5


def legal_day(at: datetime, zone: str) -> date:
    """The court's day of an instant: a filing counts for the day until the court's own midnight."""
    return at.astimezone(ZoneInfo(zone)).date()


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th given weekday (Monday is 0) of a month; -1 is the last."""
    if n > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
    last = (date(year + month // 12, month % 12 + 1, 1)) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """The days on which federal courts are closed, as observed (a Saturday moves to Friday, a Sunday to Monday)."""
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25), date(year + 1, 1, 1)]
    if year >= 2021:
        fixed.append(date(year, 6, 19))
    moved = {day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0)) for day in fixed}
    floating = {
        nth_weekday(year, 1, 0, 3),  # Birthday of Martin Luther King, Jr.
        nth_weekday(year, 2, 0, 3),  # Washington's Birthday
        nth_weekday(year, 5, 0, -1),  # Memorial Day
        nth_weekday(year, 9, 0, 1),  # Labor Day
        nth_weekday(year, 10, 0, 2),  # Columbus Day
        nth_weekday(year, 11, 3, 4),  # Thanksgiving Day
    }
    return frozenset(day for day in moved | floating if day.year == year)


def is_open(day: date, closed: frozenset[date] = frozenset()) -> bool:
    """Whether the court sits that day: no weekend, no holiday, none of its own ``closed`` days."""
    return day.weekday() < SATURDAY and day not in federal_holidays(day.year) and day not in closed


def last_day(*, trigger: date, days: int, closed: frozenset[date] = frozenset()) -> date:
    """Count from the day after the trigger; a last day on which the court is closed rolls forward."""
    day = trigger + timedelta(days=days)
    while not is_open(day, closed):
        day += timedelta(days=1)
    return day


def us_date(day: date | None) -> str:
    """``01/02/2024``, as dockets print days; empty for none."""
    return day.strftime("%m/%d/%Y") if day else ""
