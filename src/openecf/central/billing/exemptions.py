"""Reading exemptions, and what the desk would grant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncQuarter

from openecf.central.billing import queries, rules
from openecf.central.billing.models import Exemption, ExemptionRequest, UsageLine
from openecf.central.billing.rows import SHOWN, day, first, names_of
from openecf.platform.shell.exemptions import PURPOSE_WORDS


@dataclass(frozen=True)
class Exempt:
    """An exemption as pages show it."""

    id: UUID
    court: str
    what: str
    case: str
    since: date
    until: date | None
    order: str


def exemptions(*, account: UUID) -> list[Exempt]:
    """What the account is exempt for, that was not ended, by court."""
    rows = Exemption.objects.filter(account_id=account, ended_at=None).order_by("court", "purpose", "case")
    return [
        Exempt(row.pk, queries.court_name(row.court), _words(row.purpose), row.case, row.since, row.until, row.order)
        for row in rows
    ]


@dataclass(frozen=True)
class ExemptUse:
    """How much an account read as exempt at a court in a quarter, for a purpose; never what it looked at."""

    quarter: str
    court: str
    what: str
    accesses: int
    pages: int


def exempt_use(*, account: UUID, now: datetime) -> list[ExemptUse]:
    """What the account read as exempt in the past 24 months, newest quarter first."""
    quarters = rules.quarters_before(day(now), count=rules.KEPT_MONTHS // 3 + 1)
    lines = UsageLine.objects.filter(account_id=account, exempt=True, at__gte=queries.midnight(quarters[-1][0]))
    rows = lines.annotate(quarter=TruncQuarter("at", tzinfo=ZoneInfo(rules.ZONE))).values(
        "quarter", "court", "exempt_for"
    )
    return [
        ExemptUse(
            rules.quarter_name(row["quarter"]), queries.court_name(row["court"]), _words(row["exempt_for"]), row["n"],
            row["pages"],
        )
        for row in rows.annotate(n=Count("id"), pages=Sum("pages")).order_by("-quarter", "court", "exempt_for")
    ]  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """An exemption that one person of the desk would grant, or would let go on, as pages show it.

    ``first`` wrote it; ``second`` agreed, or set it aside. ``until_now`` is the last day of one that would go on.
    """

    id: UUID
    account_number: str
    account_name: str
    courts: Sequence[str]
    what: str
    case: str
    since: date
    until: date | None
    until_now: date | None
    goes_on: bool
    order: str
    on: date
    outcome: str
    said: str
    first_by: UUID
    first: str
    second: str
    remark: str

    @property
    def needs_second(self) -> bool:
        return self.outcome == ExemptionRequest.Outcome.SECOND


def asked(request_id: UUID) -> Asked | None:
    return first(_asked(ExemptionRequest.objects.filter(pk=request_id)))


def asked_of(*, account: UUID) -> list[Asked]:
    """What the desk granted the account, or would, newest first."""
    return _asked(ExemptionRequest.objects.filter(account_id=account).order_by("-asked_at")[:SHOWN])


def waiting() -> list[Asked]:
    """What waits for a second person, oldest first."""
    second = ExemptionRequest.objects.filter(outcome=ExemptionRequest.Outcome.SECOND)
    return _asked(second.order_by("asked_at")[:SHOWN])


def _asked(rows: QuerySet[ExemptionRequest]) -> list[Asked]:
    rows = list(rows.select_related("account", "extends"))
    names = names_of(who for row in rows for who in (row.first_by, row.second_by))
    return [
        Asked(
            id=row.pk,
            account_number=row.account.number,
            account_name=row.account.name.direct,
            courts=[queries.court_name(court) for court in row.courts],
            what=_words(row.purpose),
            case=row.case,
            since=row.since,
            until=row.until,
            until_now=row.extends.until if row.extends else None,
            goes_on=row.extends is not None,
            order=row.order,
            on=day(row.asked_at),
            outcome=row.outcome,
            said=row.get_outcome_display(),
            first_by=row.first_by,
            first=names.get(row.first_by, ""),
            second=names.get(row.second_by, ""),
            remark=row.remark,
        )
        for row in rows
    ]


def _words(purpose: str) -> str:
    return str(PURPOSE_WORDS.get(purpose, purpose))
