"""Reading the Service Center: who works there, whom they serve, what waits for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext

from openecf.central.accounts import queries as accounts
from openecf.central.billing import queries as billing
from openecf.central.courts import queries as courts
from openecf.central.factors import queries as factors
from openecf.central.firms import queries as firms
from openecf.central.service_center import act_words, rules
from openecf.central.service_center.models import Agent, Attachment, Post, Request, Role, Ticket, Verification
from openecf.central.signon import queries as sign_ons
from openecf.kernel.money import Money
from openecf.platform.audit import queries as audit
from openecf.platform.config import this_site

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account


@dataclass(frozen=True)
class Staff:
    """Somebody at the desk: the account that acts, and what it may."""

    account: UUID
    name: str
    is_supervisor: bool

    @property
    def ref(self) -> str:
        """As the record of acts names the agent."""
        return str(self.account)


def staff(account: UUID) -> Staff | None:
    """The agent or supervisor whose account this is; None for everybody else, and for who left."""
    row = Agent.objects.filter(account_id=account, ended_at=None).select_related("account").first()
    if row is None or not row.account.is_active or row.account.is_shared:
        return None
    return Staff(row.account_id, row.account.name.direct, row.role == Role.SUPERVISOR)


def all_staff() -> list[Agent]:
    """Who works at the Service Center, by name."""
    rows = Agent.objects.filter(ended_at=None).select_related("account")
    return sorted(rows, key=lambda row: row.account.name.inverted.casefold())


def ways_verified(*, agent: UUID, account: UUID, now: datetime) -> set[str]:
    """How this agent verified the caller within the last half hour."""
    rows = Verification.objects.filter(
        agent_id=agent, account_id=account, proved_at__gt=now - rules.VERIFIED_FOR, proved_at__lte=now
    )
    return set(rows.values_list("how", flat=True))


def code_is_out(*, agent: UUID, account: UUID, now: datetime) -> bool:
    """Whether a mailed code waits to be read out to this agent."""
    rows = Verification.objects.filter(agent_id=agent, account_id=account, how=Verification.How.MAILED_CODE)
    return rows.filter(
        proved_at=None, asked_at__gt=now - rules.CODE_LIFE, asked_at__lte=now, tries__lt=rules.CODE_TRIES
    ).exists()


@dataclass(frozen=True)
class Found:
    """A page of the accounts that a search found."""

    rows: Sequence[Account]
    has_more: bool
    too_short: bool = False


def find(typed: str, *, page: int = 1) -> Found:
    """Accounts by user name, number, e-mail address, name or telephone number: whole, or how it begins."""
    sought = rules.typed(typed)
    if not sought.words or rules.is_too_short(sought):
        return Found([], False, too_short=bool(sought.whole))
    rows, has_more = accounts.found(sought.words, digits=sought.digits, page=page)
    return Found(rows, has_more)


@dataclass(frozen=True)
class Served:
    """An account as the desk sees it: facts, how it stands, what it is connected with. No secret is among them."""

    account: Account
    factors: factors.Factors
    sessions: Sequence[object]
    courts: Sequence[object]
    firm: Account | None
    merged: Sequence[Account]
    ways: set[str]
    code_is_out: bool
    requests: Sequence[Request]
    quarter: billing.Quarter
    balance: Money
    tickets: Sequence[Ticket]

    @property
    def owed(self) -> Money:
        return max(Money(), self.balance)

    @property
    def credit(self) -> Money:
        return max(Money(), Money() - self.balance)

    @property
    def is_verified(self) -> bool:
        return rules.is_verified(self.ways, strictly=False)

    @property
    def is_verified_strictly(self) -> bool:
        return rules.is_verified(self.ways, strictly=True)

    @property
    def ways_said(self) -> str:
        return "; ".join(str(Verification.How(way).label) for way in sorted(self.ways))


def served(*, number: str, agent: UUID, now: datetime) -> Served | None:
    """The account of that number for an agent's page; None if there is none."""
    account = accounts.numbered(number)
    if account is None:
        return None
    membership = firms.membership_of(account.id)
    return Served(
        account=account,
        factors=factors.factors_of(account.id),
        sessions=sign_ons.live_sessions(account=account.id, now=now),
        courts=courts.registered_courts(account.id),
        firm=membership.firm if membership else None,
        merged=accounts.merged_into(account.id),
        ways=ways_verified(agent=agent, account=account.id, now=now),
        code_is_out=code_is_out(agent=agent, account=account.id, now=now),
        requests=list(
            Request.objects.filter(account=account).select_related("asked_by__account", "decided_by__account", "into")
            .order_by("-asked_at")[:10]
        ),
        quarter=billing.quarter_to_date(account=account.id, now=now),
        balance=billing.balance_now(payer=account.id),
        tickets=tickets_of(account.id)[:10],
    )  # fmt: skip


_NO_ACTS = ("usage.recorded", "signon.told", "signon.courts-ask-again", "factors.code-asked")
"""What tells nothing about an account, and there is much of it. Usage has pages of its own."""


@dataclass(frozen=True)
class Done:
    """An act in the history of an account. ``who`` is "owner", a name of the staff, or how the record names others."""

    at: datetime
    act: str
    what: str
    who: str
    why: str


def history(*, account: UUID, limit: int = 100) -> list[Done]:
    """What was done by the account and to it, newest first."""
    lines = audit.about(ref=str(account), but=_NO_ACTS, limit=limit)
    agents = Agent.objects.filter(account_id__in={one for line in lines if (one := _uuid(line.by))})
    names = {str(row.account_id): row.account.name.direct for row in agents.select_related("account")}
    names[str(account)] = gettext("the owner")
    return [
        Done(
            at=line.at,
            act=line.act,
            what=act_words.words(line.act),
            who=names.get(line.by, line.by),
            why=str(line.facts.get("reason") or line.facts.get("why") or ""),
        )
        for line in lines
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def waiting_requests(*, now: datetime) -> list[Request]:
    """What waits for a second person or for its time, the oldest first."""
    rows = Request.objects.filter(outcome__in=[Request.Outcome.WAITING, Request.Outcome.APPROVED])
    rows = rows.exclude(outcome=Request.Outcome.WAITING, expires_at__lte=now)
    return list(rows.select_related("account", "into", "asked_by__account").order_by("asked_at"))


def tickets_of(account: UUID) -> list[Ticket]:
    """What the account asked, newest first."""
    return list(Ticket.objects.filter(account_id=account).order_by("-opened_at")[:50])


def ticket_of(*, account: UUID, ticket: UUID) -> Ticket | None:
    """The account's own ticket of that id; None for anybody else's, as for none."""
    return Ticket.objects.filter(id=ticket, account_id=account).first()


def ticket(which: UUID) -> Ticket | None:
    """A ticket for the staff; one whose mailbox was not proved is none."""
    rows = Ticket.objects.exclude(state=Ticket.State.UNPROVED).select_related("account", "assigned__account")
    return rows.filter(id=which).first()


def ticket_numbered(number: str) -> Ticket | None:
    """The ticket that somebody on the telephone names, ``26-000123`` or ``26 123``; None if there is none."""
    year, _dash, count = "-".join(number.replace("-", " ").split()).partition("-")
    rows = Ticket.objects.exclude(state=Ticket.State.UNPROVED)
    return rows.filter(number=f"{year}-{count.zfill(6)}").first() if count else None


def thread(ticket: Ticket, *, internal: bool = False) -> list[Post]:
    """What was written, oldest first; what the staff wrote to each other only if asked for."""
    posts = Post.objects.filter(ticket=ticket) if internal else Post.objects.filter(ticket=ticket, internal=False)
    return list(posts.select_related("agent__account").prefetch_related("attachments").order_by("at", "id"))


@dataclass(frozen=True)
class Removal:
    """When the files of a ticket are removed: so many days after it is closed; ``on``: the day, once it is."""

    days: int
    on: datetime | None


def removal(ticket: Ticket) -> Removal | None:
    """None if the ticket has no file, or none any more."""
    if not Attachment.objects.filter(post__ticket=ticket, removed_at=None).exists():
        return None
    kept = this_site().config.service_center.files_kept_days
    return Removal(kept, ticket.closed_at + timedelta(days=kept) if ticket.closed_at else None)


QUEUE_PAGE = 50


def queue(*, state: str, staff: Staff, page: int = 1) -> tuple[list[Ticket], bool]:
    """The staff's tickets: ``open`` (oldest first), ``mine``, ``answered`` or ``closed`` (newest first); a page of
    them, and whether there are more."""
    rows = Ticket.objects.select_related("assigned__account")
    if state == "mine":
        rows = rows.filter(assigned_id=staff.account).exclude(state__in=[Ticket.State.CLOSED, Ticket.State.UNPROVED])
    else:
        rows = rows.filter(state=state)
    order = "-changed_at" if state in ("closed", "answered") else "changed_at"
    since = (page - 1) * QUEUE_PAGE
    some = list(rows.order_by(order, "number")[since : since + QUEUE_PAGE + 1])
    return some[:QUEUE_PAGE], len(some) > QUEUE_PAGE


def open_tickets() -> int:
    """How many wait for the staff."""
    return Ticket.objects.filter(state=Ticket.State.OPEN).count()
