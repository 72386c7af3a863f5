"""Reading firms: members, invitations, who pays for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from openecf.central.billing import queries as billing
from openecf.central.billing.queries import Quarter
from openecf.central.courts import queries as courts
from openecf.central.firms.models import FirmRules, Invitation, Membership


@dataclass(frozen=True)
class Member:
    """A member as the firm sees it: how the account stands and what it costs, never what it looked at."""

    id: int
    number: str
    name: str
    email: str
    cost_centre: str
    joined_at: datetime
    search_status: str
    files_at: tuple[str, ...]
    quarter: Quarter


@dataclass(frozen=True)
class Span:
    """A firm pays for an account from ``since`` up to but not including ``until``."""

    account: UUID
    firm: UUID
    since: datetime
    until: datetime
    cost_centre: str


def members(*, firm: UUID, now: datetime) -> list[Member]:
    """The firm's members, by name."""
    rows = Membership.objects.filter(firm_id=firm, left_at=None).select_related("account")
    found = [
        Member(
            id=row.id,
            number=row.account.number,
            name=row.account.name.inverted,
            email=row.account.email,
            cost_centre=row.cost_centre,
            joined_at=row.joined_at,
            search_status=row.account.get_search_status_display(),
            files_at=tuple(one.court for one in courts.registered_courts(row.account_id)),
            quarter=billing.quarter_to_date(account=row.account_id, now=now),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: one.name.casefold())


def membership_of(account: UUID) -> Membership | None:
    """The firm that pays for the account now."""
    return Membership.objects.filter(account_id=account, left_at=None).select_related("firm").first()


def waiting_for(*, account: UUID, now: datetime) -> list[Invitation]:
    """Invitations that the owner of the account has not answered."""
    rows = Invitation.objects.filter(account_id=account, outcome=Invitation.Outcome.WAITING, expires_at__gt=now)
    return list(rows.select_related("firm").order_by("asked_at"))


def requests_of(*, firm: UUID, now: datetime) -> list[Invitation]:
    """Everything the firm asked, newest first: PACER's page View All My Requests."""
    rows = list(Invitation.objects.filter(firm_id=firm).select_related("account").order_by("-asked_at")[:200])
    for row in rows:
        row.is_over = row.outcome == Invitation.Outcome.WAITING and row.expires_at <= now  # type: ignore[attr-defined]
    return rows


def rules_of(firm: UUID) -> FirmRules:
    """The firm's rules; its first ones if it never set any."""
    return FirmRules.objects.filter(firm_id=firm).first() or FirmRules(firm_id=firm)


def paid_by(*, firm: UUID, since: datetime, until: datetime) -> list[tuple[UUID, datetime, datetime]]:
    """For which accounts, from when to when, the firm pays inside a stretch of time: what an invoice lists."""
    rows = Membership.objects.filter(firm_id=firm, billed_from__lt=until).order_by("billed_from", "id")
    spans = [
        (row.account_id, max(since, row.billed_from), min(until, row.left_at or until))
        for row in rows
        if row.left_at is None or row.left_at > since
    ]
    return [span for span in spans if span[1] < span[2]]


def spans(*, until: datetime) -> Iterator[Span]:
    """All times before ``until`` at which some firm paid for an account. No moment of an account's is in two spans."""
    rows = Membership.objects.filter(billed_from__lt=until).order_by("account_id", "billed_from", "id")
    account, taken_to = None, None
    for row in rows.iterator(chunk_size=2000):
        since = max(row.billed_from, taken_to) if row.account_id == account and taken_to else row.billed_from
        ends = min(until, row.left_at or until)
        if since < ends:
            account, taken_to = row.account_id, ends
            yield Span(row.account_id, row.firm_id, since, ends, row.cost_centre)
