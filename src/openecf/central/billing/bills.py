"""Reading bills: the statements of a payer, and its balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from openecf.central.billing import queries, rules
from openecf.central.billing.models import LedgerLine, PostedBill, Statement, StatementItem
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money

SHOWN_LINES = 200


@dataclass(frozen=True)
class Item:
    """A member's part in one cost centre; of a person's own statement, the whole of it."""

    number: str
    name: str
    cost_centre: str
    accesses: int
    pages: int
    cost: Money


@dataclass(frozen=True)
class Bill:
    """A statement, finished for a page, a paper and a mail. ``before`` and ``due`` are negative where they are credit."""

    id: int
    number: str
    quarter: str
    since: date
    until: date
    made_on: date
    due_on: date
    account_number: str
    is_firm: bool
    address: Sequence[str]
    email: str
    items: Sequence[Item]
    accesses: int
    pages: int
    used: Money
    waiver: Money
    billed: Money
    before: Money
    due: Money
    late_accesses: int
    late: Money
    paper: str

    @property
    def is_invoice(self) -> bool:
        return rules.is_invoice(self.due)

    @property
    def waived(self) -> Money:
        return self.used - self.billed

    @property
    def credit_before(self) -> Money:
        """The credit brought forward; nothing if a balance was owed."""
        return max(Money(), Money() - self.before)

    @property
    def owed_before(self) -> Money:
        return max(Money(), self.before)

    @property
    def credit_left(self) -> Money:
        return max(Money(), Money() - self.due)


@dataclass(frozen=True)
class LedgerEntry:
    """A line of the ledger, as its payer reads it. ``kind`` in words; ``quarter`` is that of the statement charged."""

    on: date
    kind: str
    quarter: str
    note: str
    amount: Money

    @property
    def signed(self) -> str:
        """``+30.01`` is owed, ``-30.01`` was paid."""
        return f"+{self.amount}" if self.amount > Money() else str(self.amount)


@dataclass(frozen=True)
class Balance:
    """What a payer owes now. ``is_all`` is False where there are older lines than those listed."""

    now: Money
    lines: Sequence[LedgerEntry]
    is_all: bool

    @property
    def owed(self) -> Money:
        return max(Money(), self.now)

    @property
    def credit(self) -> Money:
        return max(Money(), Money() - self.now)


def statements(*, payer: UUID, now: datetime) -> list[Bill]:
    """The payer's statements of the past 24 months, newest first."""
    return [bill(row) for row in _shown(payer, now)]


def statement(*, payer: UUID, quarter: str, now: datetime) -> Bill | None:
    """The payer's own statement of a quarter; None if it has none, or none that is still shown."""
    since = rules.quarter_named(quarter)
    row = _shown(payer, now).filter(run__since=since).first() if since else None
    return bill(row) if row else None


def _shown(payer: UUID, now: datetime) -> QuerySet[Statement]:
    today = legal_day(now, rules.ZONE)
    first = rules.quarters_before(today, count=rules.KEPT_MONTHS // 3 + 1)[-1][0]
    return whole(Statement.objects.filter(payer_id=payer, run__since__gte=first)).order_by("-run__since")


def whole(rows: QuerySet[Statement]) -> QuerySet[Statement]:
    """The statements with all that ``bill`` reads of them."""
    items = StatementItem.objects.select_related("account").order_by("cost_centre", "account__last_name", "account_id")
    return rows.select_related("run", "payer", "paper").prefetch_related(Prefetch("items", items))


def bill(row: Statement) -> Bill:
    """A row of ``whole``, finished."""
    payer, run, paper = row.payer, row.run, getattr(row, "paper", None)
    place = f"{payer.city}, {payer.state} {payer.zip}".strip(" ,")
    lines = (payer.firm, payer.name.direct, payer.unit, payer.address1, payer.address2, payer.address3, place)
    return Bill(
        id=row.pk,
        number=rules.statement_number(account_number=payer.number, since=run.since),
        quarter=rules.quarter_name(run.since),
        since=run.since,
        until=run.until,
        made_on=legal_day(row.made_at, rules.ZONE),
        due_on=row.due_on,
        account_number=payer.number,
        is_firm=payer.is_administrative,
        address=tuple(dict.fromkeys(line for line in lines if line)),
        email=payer.email,
        items=[
            Item(one.account.number, one.account.name.inverted, one.cost_centre, one.accesses, one.pages,
                 Money(one.cents))
            for one in row.items.all()
        ],
        accesses=row.accesses,
        pages=row.pages,
        used=Money(row.used_cents),
        waiver=Money(row.waiver_cents),
        billed=Money(row.billed_cents),
        before=Money(row.brought_forward_cents),
        due=Money(row.due_cents),
        late_accesses=row.late_accesses,
        late=Money(row.late_cents),
        paper=paper.sha256 if paper else "",
    )  # fmt: skip


POSTED_AT_ONCE = 100


def to_post(among: Sequence[int] | None = None) -> list[Bill]:
    """The bills that wait to be printed and mailed by post, longest first; only those of ``among`` if it is given."""
    waiting = PostedBill.objects.filter(posted_at=None).order_by("asked_at", "pk")
    if among is not None:
        waiting = waiting.filter(pk__in=among)
    keys = list(waiting.values_list("pk", flat=True)[:POSTED_AT_ONCE])
    return [bill(row) for row in whole(Statement.objects.filter(pk__in=keys)).order_by("pk")]


def balance(*, payer: UUID) -> Balance:
    """What the payer owes now: the sum of its ledger, and the lines, newest first."""
    lines = LedgerLine.objects.filter(payer_id=payer)
    rows = list(lines.select_related("statement__run").order_by("-at", "-id")[: SHOWN_LINES + 1])
    entries = [
        LedgerEntry(
            on=legal_day(row.at, rules.ZONE),
            kind=row.get_kind_display(),
            quarter=rules.quarter_name(row.statement.run.since) if row.statement else "",
            note=row.note,
            amount=Money(row.cents),
        )
        for row in rows[:SHOWN_LINES]
    ]
    return Balance(queries.balance_now(payer=payer), entries, len(rows) <= SHOWN_LINES)
