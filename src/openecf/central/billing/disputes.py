"""Reading Credit Requests, credits of the desk, refunds, and what the desk found about payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from openecf.central.billing import queries, rules
from openecf.central.billing.models import CreditLine, CreditRequest, DeskCredit, Finding, Refund
from openecf.central.billing.rows import SHOWN, called, day, first, names_of
from openecf.central.billing.services.disputes import disputable_from
from openecf.kernel.money import Money


@dataclass(frozen=True)
class Charge:
    """A line that may be disputed. ``taken``: it is in a request already."""

    id: int
    line: queries.Line
    taken: bool


@dataclass(frozen=True)
class Asked:
    """A Credit Request as pages show it. ``granted`` and ``remark`` are what was decided; what the first of two people
    would grant is ``proposed``, for the desk alone."""

    id: UUID
    payer: UUID
    account_number: str
    account_name: str
    payer_number: str
    payer_name: str
    on: date
    reason: str
    case: str
    text: str
    amount: Money
    outcome: str
    said: str
    granted: Money
    remark: str
    decided_on: date | None
    lines: Sequence[queries.Line]
    first_by: UUID | None
    agreed_by: str
    proposed: Money
    proposed_remark: str

    @property
    def is_waiting(self) -> bool:
        return self.outcome == CreditRequest.Outcome.WAITING

    @property
    def needs_second(self) -> bool:
        return self.outcome == CreditRequest.Outcome.SECOND

    @property
    def is_open(self) -> bool:
        return self.is_waiting or self.needs_second


def charges(*, account: UUID, since: date, until: date, now: datetime) -> list[Charge]:
    """The account's charges of these days that may be disputed, newest first."""
    first = max(queries.midnight(since), disputable_from(now))
    rows = list(queries.lines_between(account, first, until).filter(cents__gt=0).order_by("-at", "-id")[:SHOWN])
    taken = set(CreditLine.objects.filter(line__in=rows, live=True).values_list("line_id", flat=True))
    return [Charge(row.pk, queries.line(row), row.pk in taken) for row in rows]


def requests_of(*, account: UUID) -> list[Asked]:
    """What the account asked, newest first."""
    return _asked(CreditRequest.objects.filter(account_id=account).order_by("-asked_at")[:SHOWN])


def request(request_id: UUID) -> Asked | None:
    return first(_asked(CreditRequest.objects.filter(pk=request_id)))


def waiting() -> list[Asked]:
    """What the desk has to decide, oldest first."""
    open_ = (CreditRequest.Outcome.WAITING, CreditRequest.Outcome.SECOND)
    rows = CreditRequest.objects.filter(outcome__in=open_)
    return _asked(rows.order_by("asked_at")[:SHOWN])


def _asked(rows: QuerySet[CreditRequest]) -> list[Asked]:
    rows = list(rows.select_related("account", "payer").prefetch_related("lines__line"))
    names = names_of(row.first_by for row in rows)
    return [
        Asked(
            id=row.pk,
            payer=row.payer_id,
            account_number=row.account.number,
            account_name=row.account.name.direct,
            payer_number=row.payer.number,
            payer_name=called(row.payer),
            on=day(row.asked_at),
            reason=row.get_reason_display(),
            case=row.case,
            text=row.text,
            amount=Money(row.cents),
            outcome=row.outcome,
            said=row.get_outcome_display(),
            granted=Money(row.granted_cents if row.decided_at else 0),
            remark=row.remark if row.decided_at else "",
            decided_on=day(row.decided_at) if row.decided_at else None,
            lines=[queries.line(one.line) for one in row.lines.all()],
            first_by=row.first_by,
            agreed_by=names.get(row.first_by, ""),
            proposed=Money(row.granted_cents),
            proposed_remark=row.remark,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class ByHand:
    """A credit that the desk gives of its own accord, as pages show it. ``first`` wrote it; ``second`` agreed, or set it
    aside."""

    id: UUID
    payer_number: str
    payer_name: str
    amount: Money
    reason: str
    on: date
    outcome: str
    said: str
    first_by: UUID
    first: str
    second: str
    remark: str

    @property
    def needs_second(self) -> bool:
        return self.outcome == DeskCredit.Outcome.SECOND


def desk_credits_of(*, payer: UUID) -> list[ByHand]:
    """What the desk gave the payer of its own accord, or would, newest first."""
    return _by_hand(DeskCredit.objects.filter(payer_id=payer).order_by("-asked_at")[:SHOWN])


def desk_credit(credit_id: UUID) -> ByHand | None:
    return first(_by_hand(DeskCredit.objects.filter(pk=credit_id)))


def desk_credits_waiting() -> list[ByHand]:
    """What waits for a second person, oldest first."""
    return _by_hand(DeskCredit.objects.filter(outcome=DeskCredit.Outcome.SECOND).order_by("asked_at")[:SHOWN])


def _by_hand(rows: QuerySet[DeskCredit]) -> list[ByHand]:
    rows = list(rows.select_related("payer"))
    names = names_of(who for row in rows for who in (row.first_by, row.second_by))
    return [
        ByHand(
            id=row.pk,
            payer_number=row.payer.number,
            payer_name=called(row.payer),
            amount=Money(row.cents),
            reason=row.reason,
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


@dataclass(frozen=True)
class GivingBack:
    """A refund as pages show it. ``agreed_by`` names the first of two people; ``needs_two`` is known where it is
    decided (``refund``)."""

    id: UUID
    payer_number: str
    payer_name: str
    amount: Money
    reason: str
    on: date
    outcome: str
    said: str
    agreed_by: str
    tracking: str
    remark: str
    needs_two: bool = False

    @property
    def is_open(self) -> bool:
        return self.outcome in (Refund.Outcome.WAITING, Refund.Outcome.SECOND)


def refunds_of(*, payer: UUID) -> list[GivingBack]:
    """The payer's refunds, newest first."""
    return _giving(Refund.objects.filter(payer_id=payer).order_by("-asked_at")[:SHOWN])


def refund(refund_id: UUID, *, by: UUID, now: datetime) -> GivingBack | None:
    """One refund, for its decision by that person of the desk."""
    rows = Refund.objects.filter(pk=refund_id)
    found = _giving(rows)
    if not found:
        return None
    lately = queries.given_alone(payer=rows.values_list("payer", flat=True).get(), by=by, at=now)
    return replace(found[0], needs_two=rules.needs_two(found[0].amount, lately=lately, most=queries.most_alone()))


def refunds_waiting() -> list[GivingBack]:
    """What the desk has to decide, oldest first."""
    open_ = (Refund.Outcome.WAITING, Refund.Outcome.SECOND)
    return _giving(Refund.objects.filter(outcome__in=open_).order_by("asked_at")[:SHOWN])


def _giving(rows: QuerySet[Refund]) -> list[GivingBack]:
    rows = list(rows.select_related("payer"))
    names = names_of(row.first_by for row in rows)
    return [
        GivingBack(
            id=row.pk,
            payer_number=row.payer.number,
            payer_name=called(row.payer),
            amount=Money(row.cents),
            reason=row.reason,
            on=day(row.asked_at),
            outcome=row.outcome,
            said=row.get_outcome_display(),
            agreed_by=names.get(row.first_by, ""),
            tracking=row.tracking,
            remark=row.remark,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Found:
    """What somebody at the desk read in Pay.gov's reports about a payment. ``second`` names who agreed or refused."""

    id: UUID
    number: str
    verdict: str
    said: str
    tracking: str
    paid_on: date | None
    reason: str
    first: str
    found_at: datetime
    outcome: str
    outcome_said: str
    second: str
    remark: str
    first_by: UUID

    @property
    def is_waiting(self) -> bool:
        return self.outcome == Finding.Outcome.WAITING


def findings(number: str) -> list[Found]:
    """What was found about the payment of that reference, newest first."""
    return _found(Finding.objects.filter(number=number).order_by("-found_at"))


def findings_waiting() -> dict[str, Found]:
    """What waits for a second person, by the payment's reference."""
    return {one.number: one for one in _found(Finding.objects.filter(outcome=Finding.Outcome.WAITING))}


def _found(rows: QuerySet[Finding]) -> list[Found]:
    rows = list(rows[:SHOWN])
    names = names_of(who for row in rows for who in (row.first_by, row.second_by))
    return [
        Found(
            id=row.pk,
            number=row.number,
            verdict=row.verdict,
            said=row.get_verdict_display(),
            tracking=row.tracking,
            paid_on=row.paid_on,
            reason=row.reason,
            first=names.get(row.first_by, ""),
            found_at=row.found_at,
            outcome=row.outcome,
            outcome_said=row.get_outcome_display(),
            second=names.get(row.second_by, ""),
            remark=row.remark,
            first_by=row.first_by,
        )
        for row in rows
    ]
