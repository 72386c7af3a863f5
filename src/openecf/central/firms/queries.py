"""Reading firms: members, invitations, who pays for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet

from openecf.central.billing import queries as billing
from openecf.central.billing import rules as money
from openecf.central.courts import queries as courts
from openecf.central.firms.models import FirmRules, Invitation, Membership
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class FilesAt:
    """A court at which a member is linked, and as what."""

    court: str
    role: str


@dataclass(frozen=True)
class Member:
    """A member as the firm sees it: how the account stands, never what it looked at. ``two_step``: signing on asks for
    a second factor. ``files_at`` is empty for a member who only searches."""

    id: int
    account: UUID
    number: str
    name: str
    email: str
    cost_centre: str
    joined_at: datetime
    search_status: str
    two_step: bool
    files_at: Sequence[FilesAt]


@dataclass(frozen=True)
class Span:
    """A firm pays for an account from ``since`` up to but not including ``until``."""

    account: UUID
    firm: UUID
    since: datetime
    until: datetime
    cost_centre: str


def members(*, firm: UUID) -> list[Member]:
    """The firm's members, by name."""
    rows = list(Membership.objects.filter(firm_id=firm, left_at=None).select_related("account"))
    linked = courts.registered_courts_of(row.account_id for row in rows)
    found = [
        Member(
            id=row.id,
            account=row.account_id,
            number=row.account.number,
            name=row.account.name.inverted,
            email=row.account.email,
            cost_centre=row.cost_centre,
            joined_at=row.joined_at,
            search_status=row.account.get_search_status_display(),
            two_step=row.account.second_factor_since is not None,
            files_at=[FilesAt(one.court, one.role) for one in linked.get(row.account_id, [])],
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.number))


def has_members(firm: UUID) -> bool:
    """Whether the firm pays for somebody now."""
    return Membership.objects.filter(firm_id=firm, left_at=None).exists()


def firms_with_members() -> QuerySet:
    """The ids of the firms that pay for somebody now, to be asked for by another question."""
    return Membership.objects.filter(left_at=None).values("firm_id")


def membership_of(account: UUID) -> Membership | None:
    """The firm that pays for the account now."""
    return Membership.objects.filter(account_id=account, left_at=None).select_related("firm").first()


def left_by_its_owner(account: UUID) -> bool:
    """Whether the last firm that paid for the account does so no more because its owner left."""
    left_by = (
        Membership.objects.filter(account_id=account).order_by("-joined_at", "-id").values_list("left_by", flat=True)
    )
    return left_by.first() == "member"


def waiting_for(*, account: UUID, now: datetime) -> list[Invitation]:
    """Invitations that the owner of the account has not answered, of firms that are still there."""
    rows = Invitation.objects.filter(
        account_id=account, outcome=Invitation.Outcome.WAITING, expires_at__gt=now, firm__is_active=True
    )
    return list(rows.select_related("firm").order_by("asked_at"))


def asked_in_vain(*, firm: UUID, account: UUID, since: datetime) -> int:
    """How often the firm asked that account since then without its becoming a member."""
    asked = Invitation.objects.filter(firm_id=firm, account_id=account, asked_at__gt=since)
    return asked.exclude(outcome=Invitation.Outcome.ACCEPTED).count()


def requests_of(*, firm: UUID, now: datetime) -> list[Invitation]:
    """Everything the firm asked, newest first: PACER's page View All My Requests."""
    rows = list(Invitation.objects.filter(firm_id=firm).select_related("account").order_by("-asked_at")[:200])
    for row in rows:
        if row.outcome == Invitation.Outcome.WAITING and row.expires_at <= now:
            row.outcome = Invitation.Outcome.LAPSED
    return rows


def rules_of(firm: UUID) -> FirmRules:
    """The firm's rules; its first ones if it never set any."""
    return FirmRules.objects.filter(firm_id=firm).first() or FirmRules(firm_id=firm)


def spans_of(*, firm: UUID, since: datetime, until: datetime) -> list[Span]:
    """For which accounts, from when to when, the firm pays inside a stretch of time: what an invoice lists.

    Left members too: what they used until they left stays on the firm's bill.
    """
    rows = Membership.objects.filter(firm_id=firm, billed_from__lt=until).order_by("billed_from", "id")
    found = [
        Span(row.account_id, firm, max(since, row.billed_from), min(until, row.left_at or until), row.cost_centre)
        for row in rows
        if row.left_at is None or row.left_at > since
    ]
    return [span for span in found if span.since < span.until]


def spans(*, until: datetime) -> Iterator[Span]:
    """All times before ``until`` at which some firm paid for an account. No moment of an account's is in two spans."""
    return _spans(Membership.objects.filter(billed_from__lt=until), until)


def spans_for(*, account: UUID, until: datetime) -> list[Span]:
    """The times before ``until`` at which some firm paid for the account; none of its moments is in two of them."""
    return list(_spans(Membership.objects.filter(account_id=account, billed_from__lt=until), until))


def _spans(memberships: QuerySet[Membership], until: datetime) -> Iterator[Span]:
    account, taken_to = None, None
    for row in memberships.order_by("account_id", "billed_from", "id").iterator(chunk_size=2000):
        since = max(row.billed_from, taken_to) if row.account_id == account and taken_to else row.billed_from
        ends = min(until, row.left_at or until)
        if since < ends:
            account, taken_to = row.account_id, ends
            yield Span(row.account_id, row.firm_id, since, ends, row.cost_centre)


def shares(*, firm: UUID, since: date, until: date) -> list[tuple[str, billing.Share]]:
    """Cost centre and use of every stretch of time that the firm pays for in these days, both included."""
    ends = billing.midnight(until + timedelta(days=1))
    paid = spans_of(firm=firm, since=billing.midnight(since), until=ends)
    found = billing.shares([(span.account, span.since, span.until) for span in paid])
    return [(paid[place].cost_centre, share) for place, share in found]


def quarter_to_date(*, firm: UUID, now: datetime) -> billing.Quarter:
    """What all members together used in the running quarter, against the firm's one waiver."""
    since, until = money.quarter_of(legal_day(now, money.ZONE))
    used = sum((share.cost for _centre, share in shares(firm=firm, since=since, until=until)), Money())
    return billing.Quarter(since, until, used, money.waiver_on(until), is_over=False)
