"""Reading the meter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum

from openecf.court.fees.models import Exemption, MeterLine
from openecf.court.fees.owing import fee_of_entry as fee_of_entry
from openecf.court.fees.owing import open_fees as open_fees
from openecf.court.fees.owing import overdue as overdue
from openecf.court.fees.owing import rules_here as rules_here
from openecf.court.people import queries as people
from openecf.court.people.rules import Reader
from openecf.kernel import courts
from openecf.kernel.billing import Schedule, schedule_on
from openecf.kernel.days import legal_day
from openecf.kernel.exemptions import TRUSTEE
from openecf.kernel.money import Money
from openecf.platform.config import this_site
from openecf.platform.shell.exemptions import PURPOSE_WORDS

MOST_LINES = 2000


def prices(*, at: datetime) -> Schedule:
    """The prices of this court's day, for pages that say what something costs before it is known how long it is."""
    return schedule_on(legal_day(at, courts.court(this_site().id).zone))


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
    exempt_for: str

    @property
    def printed_at(self) -> str:
        """``01/02/2024 14:03:11``, in the court's time whatever the page's."""
        return self.at.strftime("%m/%d/%Y %H:%M:%S")


@dataclass(frozen=True)
class ByCode:
    """What was charged to one client code; "" where none was given."""

    code: str
    accesses: int
    pages: int
    cost: Money


@dataclass(frozen=True)
class History:
    """A reader's accesses in a period, the newest of them, and all of them in sum. ``more``: some are not shown."""

    lines: Sequence[Line] = ()
    total: Money = field(default_factory=Money)
    by_code: Sequence[ByCode] = ()
    more: bool = False


def history(*, reader: Reader, since: date, until: date) -> History:
    """The reader's own metered accesses from one court day to another, newest first, with the totals of all."""
    if reader.account is None:
        return History()
    zone = ZoneInfo(courts.court(this_site().id).zone)
    rows = MeterLine.objects.filter(
        account=reader.account,
        at__gte=datetime.combine(since, time(), zone),
        at__lt=datetime.combine(until + timedelta(days=1), time(), zone),
    ).order_by("-at", "-id")
    lines = [
        Line(
            row.at.astimezone(zone),
            row.client_code,
            row.description,
            row.criteria,
            row.pages,
            Money(row.cents),
            row.exempt,
            purpose_words(row.exempt_for),
        )
        for row in rows[:MOST_LINES]
    ]
    sums = rows.order_by("client_code").values_list("client_code").annotate(Count("id"), Sum("pages"), Sum("cents"))
    by_code = [ByCode(code, accesses, pages, Money(cents)) for code, accesses, pages, cents in sums]
    total = sum((one.cost for one in by_code), Money())
    return History(lines, total, by_code, more=sum(one.accesses for one in by_code) > len(lines))


@dataclass(frozen=True)
class Exempt:
    """An exemption that a reader may use here today. ``what`` is in words."""

    id: UUID
    purpose: str
    what: str
    case: str


def exemptions(*, reader: Reader, at: datetime) -> list[Exempt]:
    """What the reader may read as today, without paying: the own exemptions, and while a trustee's agent acts for the
    trustee, the trustee's, for the cases that the trustee takes part in."""
    if reader.account is None:
        return []
    today = legal_day(at, courts.court(this_site().id).zone)
    whose = Q(account=reader.account)
    if reader.acting and reader.user and (principal := people.user(reader.user).account):
        whose |= Q(account=principal, purpose=TRUSTEE)
    rows = Exemption.objects.filter(whose, ended=False, since__lte=today)
    valid = rows.filter(Q(until=None) | Q(until__gte=today)).order_by("purpose", "case", "id")
    return [Exempt(row.pk, row.purpose, purpose_words(row.purpose), row.case) for row in valid]


def purpose_words(purpose: str) -> str:
    """A purpose in words, in the reader's language; of one that this version has no words for, itself."""
    return str(PURPOSE_WORDS.get(purpose, purpose))
