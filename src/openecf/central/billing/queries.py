"""Reading the usage ledger: what an account used, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from openecf.central.billing import rules
from openecf.central.billing.models import Exemption, LedgerLine, PostedBill, UsageLine
from openecf.kernel import courts
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money
from openecf.platform.config import this_site
from openecf.platform.postgres import prepared
from openecf.platform.shell.exemptions import PURPOSE_WORDS

PAGE = 100


@dataclass(frozen=True)
class Purpose:
    """A purpose for which somebody may read without paying today, and at which courts."""

    purpose: str
    what: str
    courts: str


def exempt_purposes(*, account: UUID, now: datetime) -> list[Purpose]:
    """For what the account may read without paying, anywhere. The days of an exemption are the court's own: one of a
    court that lies further west is offered some hours early or late, and counts only where the court says so."""
    today = legal_day(now, rules.ZONE)
    rows = Exemption.objects.filter(account_id=account, ended_at=None, since__lte=today)
    live = rows.filter(Q(until=None) | Q(until__gte=today)).order_by("purpose", "court")
    found: dict[str, list[str]] = {}
    for purpose, court in live.values_list("purpose", "court").distinct():
        found.setdefault(purpose, []).append(court.upper())
    return [Purpose(one, str(PURPOSE_WORDS.get(one, one)), ", ".join(courts)) for one, courts in found.items()]


_IS_EXEMPT = """
SELECT EXISTS (
  SELECT FROM exemption WHERE account_id = %(account)s AND ended_at IS NULL AND since <= %(today)s
    AND (until IS NULL OR until >= %(today)s)
)
"""


def is_exempt(*, account: UUID, now: datetime) -> bool:
    """Whether there is any of ``exempt_purposes``. Asked of searchers whenever they open a court."""
    return prepared.row(_IS_EXEMPT, {"account": account, "today": legal_day(now, rules.ZONE)})[0]


_ORDERS = {"date": ("-at", "-id"), "court": ("court", "-at", "-id"), "client_code": ("client_code", "-at", "-id")}


@dataclass(frozen=True)
class Quarter:
    """A quarter of an account's usage. ``due`` is what it would cost, or costs, with the waiver."""

    since: date
    until: date
    used: Money
    waiver: Money
    is_over: bool
    by_firm: Money = Money()
    """What of the account's usage a firm pays for; it is not in ``used``."""

    @property
    def due(self) -> Money:
        return rules.due(used=self.used, waiver=self.waiver)

    @property
    def is_waived(self) -> bool:
        """Whether something was used and nothing of it is to pay."""
        return bool(self.used) and not self.due

    @property
    def per_mille(self) -> int:
        """How much of the waiver is used, of 1000; for the gauge."""
        return min(1000, self.used.cents * 1000 // self.waiver.cents)

    @property
    def left(self) -> Money:
        """What may still be used without paying."""
        return max(Money(), self.waiver - self.used)


@dataclass(frozen=True)
class Line:
    """One access. ``at`` is in the Service Center's time."""

    at: datetime
    court: str
    client_code: str
    description: str
    criteria: str
    pages: int
    cost: Money
    exempt: bool
    exempt_for: str
    """The purpose in words; empty where nothing was said."""

    @property
    def printed_at(self) -> str:
        """``01/02/2024 14:03:11``, in the Service Center's time whatever the page's."""
        return self.at.strftime("%m/%d/%Y %H:%M:%S")


@dataclass(frozen=True)
class Total:
    """What was used at one court, or for one client. ``share`` is of 1000, for its bar."""

    name: str
    accesses: int
    pages: int
    cost: Money
    share: int
    code: str = ""


@dataclass(frozen=True)
class Selection:
    """Which lines: days of the Service Center's calendar, both included; "" means any. ``client_code`` None means any,
    "" means without one."""

    since: date
    until: date
    court: str = ""
    client_code: str | None = None
    sort: rules.Sort = "date"


@dataclass(frozen=True)
class Usage:
    """A page of an account's usage, with the totals of the whole selection."""

    lines: Sequence[Line]
    page: int
    pages: int
    total: Total
    by_court: Sequence[Total]
    by_client: Sequence[Total]
    chart: rules.Chart | None = field(default=None)


def midnight(day: date) -> datetime:
    """When the day begins at the Service Center."""
    return datetime.combine(day, time(), ZoneInfo(rules.ZONE))


def lines_between(account: UUID, since: datetime, until: date) -> QuerySet[UsageLine]:
    """The account's lines from a moment to the end of a day of the Service Center's calendar."""
    return UsageLine.objects.filter(account_id=account, at__gte=since, at__lt=midnight(until + timedelta(days=1)))


def _between(account: UUID, since: date, until: date) -> QuerySet[UsageLine]:
    return lines_between(account, midnight(since), until)


def _used(account: UUID, since: date, until: date) -> Money:
    return Money(_between(account, since, until).aggregate(cents=Sum("cents", default=0))["cents"])


def _quarter(account: UUID, since: date, until: date, today: date) -> Quarter:
    return Quarter(since, until, _used(account, since, until), rules.waiver_on(until), until < today)


def quarter_began(at: datetime) -> datetime:
    """The first moment of the quarter that is running at ``at``."""
    return midnight(rules.quarter_of(legal_day(at, rules.ZONE))[0])


def quarter_to_date(*, account: UUID, now: datetime) -> Quarter:
    """What the account used in the running quarter."""
    today = legal_day(now, rules.ZONE)
    return _quarter(account, *rules.quarter_of(today), today)


@dataclass(frozen=True)
class Share:
    """What was used in a stretch of an account's time, of what costs something; by client code or as a whole."""

    account: UUID
    client_code: str
    accesses: int
    pages: int
    cost: Money


# By the index of account and time, however many stretches are asked for.
_SHARES = """
SELECT s.n - 1, u.client_code, count(*), sum(u.pages)::bigint, sum(u.cents)::bigint
FROM unnest(%(accounts)s::uuid[], %(since)s::timestamptz[], %(until)s::timestamptz[])
     WITH ORDINALITY AS s(account, since, until, n)
JOIN usage_line u ON u.account_id = s.account AND u.at >= s.since AND u.at < s.until AND u.cents > 0
GROUP BY 1, 2 ORDER BY 1, 2
"""


def shares(stretches: Sequence[tuple[UUID, datetime, datetime]]) -> list[tuple[int, Share]]:
    """What was used in each stretch (account, since, until), by client code: place of the stretch, and the share.

    Amounts only. What was looked at stays with whoever looked at it.
    """
    accounts, since, until = ([each[n] for each in stretches] for n in range(3))
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, {"accounts": accounts, "since": since, "until": until})
        rows = cursor.fetchall()
    return [(n, Share(accounts[n], code, accesses, pages, Money(cents))) for n, code, accesses, pages, cents in rows]


def balance_now(*, payer: UUID) -> Money:
    """What the payer owes now by its ledger; negative: a credit."""
    return Money(int(LedgerLine.objects.filter(payer_id=payer).aggregate(cents=Sum("cents", default=0))["cents"]))


_ALONE = """
WITH alone AS NOT MATERIALIZED (
  SELECT payer_id, first_by AS by, cents, decided_at FROM refund WHERE outcome = 'made' AND second_by IS NULL
  UNION ALL
  SELECT payer_id, first_by, cents, decided_at FROM desk_credit WHERE outcome = 'given' AND second_by IS NULL
  UNION ALL
  SELECT payer_id, CASE WHEN decided_by ~ '^[0-9a-f-]{36}$' THEN decided_by::uuid END, granted_cents, decided_at
  FROM credit_request
  WHERE outcome IN ('granted', 'in-part') AND second_by IS NULL
)
SELECT
  (SELECT coalesce(sum(cents), 0) FROM alone WHERE payer_id = %(payer)s AND decided_at > %(month)s)::bigint,
  (SELECT coalesce(sum(cents), 0) FROM alone WHERE by = %(by)s AND decided_at > %(day)s)::bigint,
  (SELECT coalesce(sum(cents), 0) FROM alone WHERE by = %(by)s AND decided_at > %(quarter)s)::bigint
"""


def given_alone(*, payer: UUID, by: UUID, at: datetime) -> rules.GivenAlone:
    """What the payer was given on one person's word each time, since ``GIVEN_COUNTS_FOR`` before a moment; and what
    that person gave alone to anybody.

    Without an end: of two who act at once, the one who came first may look after the other has written.
    """
    since = {"month": at - rules.GIVEN_COUNTS_FOR, "day": at - rules.A_DAY, "quarter": at - rules.A_QUARTER}
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, {"payer": payer, "by": by} | since)
        return rules.GivenAlone(*map(Money, cursor.fetchone()))


_WAITING = """
SELECT (SELECT count(*) FROM credit_request WHERE outcome IN ('waiting', 'second'))
  + (SELECT count(*) FROM refund WHERE outcome IN ('waiting', 'second'))
  + (SELECT count(*) FROM desk_credit WHERE outcome = 'second')
  + (SELECT count(*) FROM exemption_request WHERE outcome = 'second')
  + (SELECT count(*) FROM mailed_check WHERE left_cents > 0)
"""


def how_many_wait() -> int:
    """How many decisions about money wait for somebody of the desk; payments that Pay.gov never answered about apart."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return cursor.fetchone()[0]


def bills_to_post() -> int:
    """How many bills wait to be printed and mailed by post."""
    return PostedBill.objects.filter(posted_at=None).count()


def most_alone() -> rules.MostAlone:
    """What the installation lets one person of the desk give alone."""
    told = this_site().config.service_center
    return rules.MostAlone(Money(100 * told.alone_in_a_day), Money(100 * told.alone_in_a_quarter))


def _selected(account: UUID, chosen: Selection) -> QuerySet[UsageLine]:
    lines = _between(account, chosen.since, chosen.until)
    if chosen.court:
        lines = lines.filter(court=chosen.court)
    if chosen.client_code is not None:
        lines = lines.filter(client_code=chosen.client_code)
    return lines


def usage(*, account: UUID, chosen: Selection, page: int = 1) -> Usage:
    """The account's own lines of the selection: one page of them, totals and chart of all."""
    lines = _selected(account, chosen)
    by_court, by_client = _totals(lines, "court"), _totals(lines, "client_code")
    accesses = sum(one.accesses for one in by_court)
    pages = max(1, -(-accesses // PAGE))
    page = min(max(1, page), pages)
    shown = lines.order_by(*_ORDERS[chosen.sort])[(page - 1) * PAGE : page * PAGE]
    total = Total("", accesses, sum(one.pages for one in by_court), sum((one.cost for one in by_court), Money()), 1000)
    cents = _cents_by_step(lines, rules.step_for(chosen.since, chosen.until))
    drawn = rules.chart(cents=cents, since=chosen.since, until=chosen.until)
    return Usage([line(row) for row in shown], page, pages, total, by_court, by_client, drawn)


def _totals(lines: QuerySet[UsageLine], by: str) -> list[Total]:
    rows = list(
        lines.order_by(by)
        .values(by)
        .annotate(n=Count("id"), pages=Sum("pages"), cents=Sum("cents"))
        .order_by("-cents", by)
    )
    most = max((row["cents"] for row in rows), default=0) or 1
    return [
        Total(
            name=court_name(row[by]) if by == "court" else row[by],
            accesses=row["n"],
            pages=row["pages"],
            cost=Money(row["cents"]),
            share=row["cents"] * 1000 // most,
            code=row[by],
        )
        for row in rows
    ]


def _cents_by_step(lines: QuerySet[UsageLine], step: rules.Step) -> dict[tuple[date, str], int]:
    found: dict[tuple[date, str], int] = {}
    days = lines.annotate(day=TruncDate("at", tzinfo=ZoneInfo(rules.ZONE))).values("day", "court")
    for row in days.annotate(cents=Sum("cents")).order_by("day", "court"):
        key = (rules.begins(row["day"], step), row["court"])
        found[key] = found.get(key, 0) + row["cents"]
    return found


def court_name(court_id: str) -> str:
    """The court's full name; its id if the national directory has none such."""
    try:
        return courts.court(court_id).full_name
    except courts.NoSuchCourt:
        return court_id


def all_lines(*, account: UUID, chosen: Selection) -> Iterator[Line]:
    """Every line of the selection, fetched as it is read: for downloads of any length."""
    return (line(row) for row in _selected(account, chosen).order_by(*_ORDERS[chosen.sort]).iterator(chunk_size=2000))


def courts_used(*, account: UUID) -> list[tuple[str, str]]:
    """Id and name of the courts whose record the account ever looked at."""
    ids = UsageLine.objects.filter(account_id=account).order_by("court").values_list("court", flat=True).distinct()
    return [(court_id, court_name(court_id)) for court_id in ids]


def client_codes_used(*, account: UUID) -> list[str]:
    """The client codes that the account ever gave, in order."""
    codes = UsageLine.objects.filter(account_id=account).exclude(client_code="")
    return list(codes.order_by("client_code").values_list("client_code", flat=True).distinct()[:500])


def line(row: UsageLine) -> Line:
    """A row of the ledger, finished for a page."""
    return Line(
        at=row.at.astimezone(ZoneInfo(rules.ZONE)),
        court=row.court,
        client_code=row.client_code,
        description=row.description,
        criteria=row.criteria,
        pages=row.pages,
        cost=Money(row.cents),
        exempt=row.exempt,
        exempt_for=str(PURPOSE_WORDS.get(row.exempt_for, row.exempt_for)),
    )
