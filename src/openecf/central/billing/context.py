"""What pages show of an account's quarters, as their payer sees them: what a firm pays for is not its member's to pay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from openecf.central.billing import queries, rules
from openecf.central.billing.queries import Quarter
from openecf.central.firms import queries as firms
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money

Stretch = tuple[UUID, datetime, datetime]


def quarters(*, account: UUID, is_firm: bool, now: datetime, count: int = 9) -> list[Quarter]:
    """The running quarter and those before it, newest first: of a firm, its members' together."""
    today = legal_day(now, rules.ZONE)
    days = rules.quarters_before(today, count=count)
    ends = queries.midnight(days[0][1] + timedelta(days=1))
    spans = [] if is_firm else firms.spans_for(account=account, until=ends)
    own: list[tuple[date, Stretch]] = []
    others: list[tuple[date, Stretch]] = []
    for since, until in days:
        begins, over = queries.midnight(since), queries.midnight(until + timedelta(days=1))
        paid = [(max(begins, span.since), min(over, span.until)) for span in spans]
        paid = [stretch for stretch in paid if stretch[0] < stretch[1]]
        others += [(since, (account, *stretch)) for stretch in paid]
        if is_firm:
            found = firms.spans_of(firm=account, since=begins, until=over)
            own += [(since, (span.account, span.since, span.until)) for span in found]
        else:
            own += [(since, (account, *stretch)) for stretch in _rest(begins, over, paid)]
    used, by_firm = _sums(own), _sums(others)
    return [
        Quarter(
            since, until, used.get(since, Money()), rules.waiver_on(until), until < today, by_firm.get(since, Money())
        )
        for since, until in days
    ]


def since_the_first_use(found: list[Quarter]) -> list[Quarter]:
    """Without the quarters before anything was used; the running one in any case. Newest first."""
    used = [n for n, one in enumerate(found) if one.used or one.by_firm]
    return found[: max(used, default=0) + 1]


def _rest(
    begins: datetime, over: datetime, taken: Iterable[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """What is left of a stretch of time without those, which are in order and apart."""
    left = []
    for since, until in taken:
        if begins < since:
            left.append((begins, since))
        begins = until
    return [*left, (begins, over)] if begins < over else left


def _sums(stretches: list[tuple[date, Stretch]]) -> dict[date, Money]:
    sums: dict[date, Money] = {}
    for place, share in queries.shares([stretch for _since, stretch in stretches]):
        since = stretches[place][0]
        sums[since] = sums.get(since, Money()) + share.cost
    return sums
