"""Decisions of the Service Center: what must be proved before which act, how long the owner has to object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

VERIFIED_FOR = timedelta(minutes=30)
"""How long an agent may act for a caller whose identity was verified."""
FEWEST_FACTS = 3
CODE_DIGITS = 8
CODE_LIFE = timedelta(minutes=15)
CODE_TRIES = 5

OWNER_MAY_OBJECT = timedelta(hours=24)
"""Between asking for a reset of factors, or for a merger, and doing it (identity of NIST SP 800-63B-4 4.2)."""
EMAIL_WAITS = timedelta(hours=48)
REQUEST_LIFE = timedelta(days=7)

CHANNELS = frozenset({"call-back", "mailed", "papers"})
"""Ways of verifying that reach the person by something kept before, or by sight. Facts alone are known to others too."""


def is_verified(ways: Iterable[str], *, strictly: bool) -> bool:
    """Whether these ways of verifying, all of the last half hour, are enough. ``strictly``: for an act that changes who
    gets into the account, facts that the caller can tell are not (NIST SP 800-63B-4 3.1.1.2 forbids to rely on them)."""
    proved = set(ways)
    return bool(proved & CHANNELS) if strictly else bool(proved)


def wait_before_factors_go(ways: Iterable[str]) -> timedelta:
    """How long the owner may object before the second factors go: a day, or nothing if two separate channels proved the
    person (NIST SP 800-63B-4 4.2.2.2: two recovery codes by two methods)."""
    return timedelta(0) if len(set(ways) & CHANNELS) >= 2 else OWNER_MAY_OBJECT


@dataclass(frozen=True)
class Standing:
    """What decides whether two accounts can be merged: no names, no secrets. ``courts`` are where they are linked."""

    account: object
    is_firm: bool
    is_active: bool
    courts: frozenset[str]


def why_not_merged(closing: Standing, kept: Standing) -> str:
    """Why one account cannot be merged into another, as a code; empty if it can."""
    if closing.account == kept.account:
        return "same"
    if closing.is_firm or kept.is_firm:
        return "firm"
    if not kept.is_active:
        return "kept-closed"
    if closing.courts & kept.courts:
        return "linked-twice"
    return ""


@dataclass(frozen=True)
class Typed:
    """What was typed into the desk's search box, as it can be looked for."""

    words: tuple[str, ...]
    digits: str
    whole: str


def typed(text: str) -> Typed:
    """``Halloran, Nerys``, ``nerys halloran``, ``(518) 555-01``, ``7200001``, ``nerys@co…``: cut for the search."""
    whole = " ".join(text.lower().split())
    words = tuple(word for word in whole.replace(",", " ").split() if word)
    digits = "".join(c for c in whole if c.isascii() and c.isdecimal())
    only_numbers = not any(c.isalpha() for c in whole)
    return Typed(words, digits if only_numbers else "", whole)


def is_too_short(sought: Typed) -> bool:
    """Whether a search would list half of the accounts."""
    return len(sought.whole) < 2


LATE_AFTER = timedelta(minutes=3)
DOWN_AFTER = timedelta(minutes=15)


def stands(*, heard_at: datetime | None, now: datetime) -> str:
    """How a court stands whose programs ask every two seconds, noted to the minute: up, late, down or unknown."""
    if heard_at is None:
        return "unknown"
    silent = now - heard_at
    return "up" if silent < LATE_AFTER else "late" if silent < DOWN_AFTER else "down"


HELP_GOOD_FOR = timedelta(days=180)
"""How long a text of the help counts as reviewed."""


def why_review_is_due(*, reviewed_at: datetime | None, is_same_text: bool, now: datetime) -> str:
    """Why a text of the help should be read again: ``never`` reviewed, ``changed`` since, ``old``; empty if it need not."""
    if reviewed_at is None:
        return "never"
    if not is_same_text:
        return "changed"
    return "old" if now - reviewed_at > HELP_GOOD_FOR else ""
