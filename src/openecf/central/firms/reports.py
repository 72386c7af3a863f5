"""What a firm's members used of what it pays for: by cost centre, by member, by client code. Amounts only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from openecf.central.accounts import queries as accounts
from openecf.central.billing import queries as billing
from openecf.central.billing import rules as money
from openecf.central.billing.queries import Quarter
from openecf.central.firms import queries
from openecf.central.firms.rules import Line, Sum, added
from openecf.kernel.days import legal_day

QUARTERS = 9
"""The running one and those of the past 24 months, as invoices are kept."""


@dataclass(frozen=True)
class Centre:
    """A cost centre (``name`` empty: none), its members by name, and their sum."""

    name: str
    lines: Sequence[Line]
    sum: Sum


@dataclass(frozen=True)
class Report:
    """A firm's quarter. ``by_client`` is of the whole firm, dearest first."""

    quarter: Quarter
    centres: Sequence[Centre]
    by_client: Sequence[tuple[str, Sum]]
    sum: Sum

    @property
    def lines(self) -> list[Line]:
        """Every line, in the order of the centres."""
        return [line for centre in self.centres for line in centre.lines]


def used_by_member(*, firm: UUID, now: datetime) -> dict[UUID, Sum]:
    """What each member used in the running quarter of what the firm pays for."""
    since, until = money.quarter_of(legal_day(now, money.ZONE))
    found: dict[UUID, list[Sum]] = {}
    for _centre, share in queries.shares(firm=firm, since=since, until=until):
        found.setdefault(share.account, []).append(_sum(share))
    return {account: added(parts) for account, parts in found.items()}


def quarters(*, now: datetime) -> list[tuple[date, date]]:
    """The quarters that there is a report of, newest first."""
    return money.quarters_before(legal_day(now, money.ZONE), count=QUARTERS)


def report(*, firm: UUID, since: date, until: date, now: datetime) -> Report:
    """What was used from ``since`` to ``until`` (a quarter's first and last day), to this moment."""
    parts = queries.shares(firm=firm, since=since, until=until)
    names = {one.id: one for one in accounts.several({share.account for _centre, share in parts})}
    members = {one.account for one in queries.members(firm=firm)}
    by_line: dict[tuple[str, UUID], list[Sum]] = {}
    by_client: dict[str, list[Sum]] = {}
    for centre, share in parts:
        by_line.setdefault((centre, share.account), []).append(_sum(share))
        by_client.setdefault(share.client_code, []).append(_sum(share))
    lines = [
        Line(centre, names[account].number, names[account].name.inverted, account not in members, added(sums))
        for (centre, account), sums in by_line.items()
    ]
    whole = added(line.sum for line in lines)
    quarter = Quarter(since, until, whole.cost, money.waiver_on(until), until < legal_day(now, money.ZONE))
    clients = [(code, added(sums)) for code, sums in by_client.items()]
    return Report(quarter, _centres(lines), sorted(clients, key=lambda one: (-one[1].cost.cents, one[0])), whole)


def _centres(lines: Iterable[Line]) -> list[Centre]:
    # Those without a cost centre come last, as what is still to be put in order.
    by_centre: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda one: (not one.centre, one.centre.casefold(), one.name.casefold(), one.number)):
        by_centre.setdefault(line.centre, []).append(line)
    return [Centre(name, found, added(line.sum for line in found)) for name, found in by_centre.items()]


def _sum(share: billing.Share) -> Sum:
    return Sum(share.accesses, share.pages, share.cost)
