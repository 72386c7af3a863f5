"""Reading the checks that came by mail, and the bills that one can be put on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from openecf.central.billing import queries, rules
from openecf.central.billing.models import Check, CheckShare, Statement
from openecf.central.billing.rows import SHOWN, called, day, first, names_of
from openecf.kernel.money import Money

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

DAYS_SHOWN = 31


@dataclass(frozen=True)
class Share:
    """What of a check went to an account: to the invoice of that number, or ("") to the account as a whole."""

    payer: UUID
    payer_number: str
    invoice: str
    amount: Money
    on: date
    by: str


@dataclass(frozen=True)
class Mailed:
    """A check as pages show it. ``left`` is in nobody's ledger yet. ``why`` in words: it was taken back."""

    id: UUID
    number: str
    amount: Money
    dated: date
    drawer: str
    is_another: bool
    received_on: date
    payer: UUID | None
    payer_number: str
    payer_name: str
    entered_on: date
    entered_by: str
    left: Money
    shares: Sequence[Share]
    returned_on: date | None
    returned_by: str
    why: str
    remark: str
    fee: Money

    @property
    def is_live(self) -> bool:
        return self.returned_on is None


@dataclass(frozen=True)
class Came:
    """A check as the payer reads of it: what of it was entered, and what waits, for this payer's account alone."""

    number: str
    received_on: date
    entered: Money
    left: Money
    why: str
    fee: Money


@dataclass(frozen=True)
class Open:
    """A bill of a payer that is not wholly paid."""

    statement: int
    number: str
    due_on: date
    left: Money


@dataclass(frozen=True)
class Day:
    """The checks received on a day that were not taken back: to compare with what the bank was given."""

    day: date
    checks: int
    amount: Money
    taken_back: int


def check(which: UUID) -> Mailed | None:
    return first(_mailed(Check.objects.filter(pk=which)))


def unsettled() -> list[Mailed]:
    """The checks of which something is in nobody's ledger, longest ago received first."""
    return _mailed(Check.objects.filter(left_cents__gt=0).order_by("received_on", "entered_at")[:SHOWN])


def of_number(number: str) -> list[Mailed]:
    """The checks of a number, as somebody types it, newest first."""
    plain = rules.check_number(number)
    return _mailed(Check.objects.filter(number=plain).order_by("-received_on")[:SHOWN]) if plain else []


def of_payer(payer: UUID) -> list[Mailed]:
    """The checks that came for an account, or of which something went to it, newest first."""
    mine = Q(payer_id=payer) | Q(pk__in=CheckShare.objects.filter(payer_id=payer).values("check_of"))
    return _mailed(Check.objects.filter(mine).order_by("-received_on", "-entered_at")[:SHOWN])


def came(payer: UUID) -> list[Came]:
    """The same for their payer's own page: nothing of what a check brought to other accounts."""
    return [
        Came(
            number=one.number,
            received_on=one.received_on,
            entered=sum((each.amount for each in one.shares if each.payer == payer), Money()),
            left=one.left if one.payer == payer else Money(),
            why=one.why,
            fee=one.fee if one.payer == payer else Money(),
        )
        for one in of_payer(payer)
    ]


def days(*, until: date) -> list[Day]:
    """The latest days on which checks were received, newest first."""
    live = Q(returned_at=None)
    rows = Check.objects.filter(received_on__lte=until).values("received_on").order_by("-received_on")
    summed = rows.annotate(
        n=Count("id", filter=live), cents=Sum("cents", filter=live, default=0), back=Count("id", filter=~live)
    )
    return [Day(row["received_on"], row["n"], Money(int(row["cents"])), row["back"]) for row in summed[:DAYS_SHOWN]]


def open_bills(payer: Account) -> list[Open]:
    """The payer's bills that are not wholly paid, oldest first; the oldest are paid first, however they are paid."""
    rows = list(Statement.objects.filter(payer=payer, billed_cents__gt=0).select_related("run").order_by("run__since"))
    left = rules.open_amounts(
        owed=queries.balance_now(payer=payer.id), billed=[Money(row.billed_cents) for row in rows]
    )
    return [
        Open(row.pk, rules.statement_number(account_number=payer.number, since=row.run.since), row.due_on, each)
        for row, each in zip(rows, left, strict=True)
        if each
    ]


def _mailed(rows: QuerySet[Check]) -> list[Mailed]:
    shares = CheckShare.objects.select_related("payer", "statement__run").order_by("id")
    rows = list(rows.select_related("payer").prefetch_related(Prefetch("shares", shares)))
    desk = (who for row in rows for who in (row.entered_by, row.returned_by, *(one.by for one in row.shares.all())))
    names = names_of(desk)
    return [
        Mailed(
            id=row.pk,
            number=row.number,
            amount=Money(row.cents),
            dated=row.dated,
            drawer=row.drawer,
            is_another=row.copy > 0,
            received_on=row.received_on,
            payer=row.payer_id,
            payer_number=row.payer.number if row.payer else "",
            payer_name=called(row.payer) if row.payer else "",
            entered_on=day(row.entered_at),
            entered_by=names.get(row.entered_by, ""),
            left=Money(row.left_cents),
            shares=[_share(one, names) for one in row.shares.all()],
            returned_on=day(row.returned_at) if row.returned_at else None,
            returned_by=names.get(row.returned_by, ""),
            why=row.get_why_display(),
            remark=row.remark,
            fee=Money(row.fee_cents),
        )
        for row in rows
    ]


def _share(row: CheckShare, names: dict[UUID, str]) -> Share:
    invoice = (
        rules.statement_number(account_number=row.payer.number, since=row.statement.run.since) if row.statement else ""
    )
    return Share(row.payer_id, row.payer.number, invoice, Money(row.cents), day(row.at), names.get(row.by, ""))
