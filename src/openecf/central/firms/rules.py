"""Decisions about firms. Sources: PACER's frequently asked questions on PACER Administrative Accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from openecf.kernel.money import Money

INVITATION_LASTS = timedelta(days=30)
GUESSES, GUESSES_WITHIN = 20, timedelta(hours=1)
"""How often a firm may name a number and a last name that are not one person's: mistakes, not a search."""
ASKED_IN_VAIN = 3
"""Invitations to one account within INVITATION_LASTS that did not make it a member; then the firm waits."""


@dataclass(frozen=True)
class Standing:
    """What decides whether an account can be a member: no names, no secrets."""

    is_firm: bool
    is_upgraded: bool
    is_active: bool
    is_member_of: object | None


def why_not(standing: Standing, *, firm: object) -> str:
    """Why the account cannot join this firm, as a code; empty if it can."""
    if standing.is_firm:
        return "is-a-firm"
    if not standing.is_active:
        return "inactive"
    if not standing.is_upgraded:
        return "legacy"
    if standing.is_member_of == firm:
        return "member-already"
    if standing.is_member_of is not None:
        return "member-elsewhere"
    return ""


def same_last_name(typed: str, kept: str) -> bool:
    """Whether the last name that the administrator typed is the account's: case and spaces do not count."""
    return " ".join(typed.casefold().split()) == " ".join(kept.casefold().split())


def billed_from(*, joined: datetime, quarter_began: datetime, left_another: Iterable[datetime]) -> datetime:
    """From when the new firm pays: the balance of the running quarter moves to it, but not what another firm paid."""
    return max([quarter_began, *(left for left in left_another if left <= joined)])


@dataclass(frozen=True)
class Sum:
    """Accesses that cost something, their pages, their cost."""

    accesses: int = 0
    pages: int = 0
    cost: Money = field(default_factory=Money)


@dataclass(frozen=True)
class Line:
    """A member's part in one cost centre. ``left``: the account is no member any more."""

    centre: str
    number: str
    name: str
    left: bool
    sum: Sum


def added(sums: Iterable[Sum]) -> Sum:
    """One sum of several."""
    whole = Sum()
    for one in sums:
        whole = Sum(whole.accesses + one.accesses, whole.pages + one.pages, whole.cost + one.cost)
    return whole
