"""Reading the meter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from openecf.court.fees.models import MeterLine
from openecf.court.people.rules import Reader
from openecf.kernel import courts
from openecf.kernel.money import Money
from openecf.platform.config import this_site


@dataclass(frozen=True)
class Line:
    """One access that was metered, as the reader sees it. ``at`` is in the court's time."""

    at: datetime
    client_code: str
    description: str
    criteria: str
    pages: int
    cost: Money
    exempt: bool

    @property
    def printed_at(self) -> str:
        """``01/02/2024 14:03:11``, in the court's time whatever the page's."""
        return self.at.strftime("%m/%d/%Y %H:%M:%S")


def history(*, reader: Reader, since: date, until: date) -> tuple[list[Line], Money]:
    """The reader's own metered accesses from one court day to another, newest first, and their total."""
    if reader.account is None:
        return [], Money()
    zone = ZoneInfo(courts.court(this_site().id).zone)
    rows = MeterLine.objects.filter(
        account=reader.account,
        at__gte=datetime.combine(since, time(), zone),
        at__lt=datetime.combine(until + timedelta(days=1), time(), zone),
    ).order_by("-at", "-id")
    lines = [
        Line(
            row.at.astimezone(zone), row.client_code, row.description, row.criteria, row.pages, Money(row.cents), row.exempt
        )
        for row in rows[:2000]
    ]
    return lines, sum((line.cost for line in lines), Money())
