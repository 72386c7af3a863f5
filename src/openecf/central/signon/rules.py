"""Decisions of Central Sign-On."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from openecf.kernel.assurance import AAL1, AAL2

IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=12)
"""NIST SP 800-63B-4 2.2.3 allows 24 hours at AAL2; a working day is enough."""
CODE_LIFE = timedelta(seconds=60)
TOKEN_LIFE = timedelta(minutes=5)
ID_TOKEN_LIFE = timedelta(minutes=5)
REFRESH_LIFE = timedelta(hours=8)
"""Of a whole family of refresh tokens; none outlives its sign-on either."""
NONCE_LENGTH = 512
CLIENT_CODE_LENGTH = 32
LONGEST_HINT = 45
"""Characters of a ``login_hint``: no user name is longer."""
SESSIONS_OF_A_KIND = 20
"""An account's live sessions of one kind; the oldest ends when one more begins."""

JWKS_MAX_AGE = timedelta(minutes=5)
KEY_DWELL = timedelta(minutes=10)
"""A key is published this long before it signs: longer than JWKS_MAX_AGE and a client's cool-down together."""
KEY_TOLD_AFTER = timedelta(seconds=3)
"""Courts hear so long after it was withdrawn to refuse a key: no process of the provider signs with it any more."""
KEY_SIGNS_FOR = timedelta(days=90)
KEY_VERIFIES_FOR = timedelta(days=2)
"""After its last signature; longer than any token or logout hint is of use."""

SCOPES = ("openid", "profile", "email", "offline_access")
FILERS = frozenset({"attorney", "non-attorney"})


def acr_of(amr: Iterable[str]) -> str:
    """How much a sign-on proves that was done by these methods (RFC 8176)."""
    return AAL2 if "mfa" in amr else AAL1


def asks_for_aal2(acr_values: str) -> bool:
    """Whether a relying party wants two factors and no less: it names them, and not one factor as well."""
    asked = acr_values.split()
    return AAL2 in asked and AAL1 not in asked


Prompt = Literal["none", "login", ""]


class BadPrompt(ValueError):
    """``prompt`` is not one that this provider knows, or mixes ``none`` with another."""


def prompt_of(value: str) -> Prompt:
    """What the relying party wants to happen: "none", "login" or nothing. ``consent`` and ``select_account`` ask
    for nothing that a court could be refused."""
    asked = set(value.split())
    if not asked <= {"none", "login", "consent", "select_account"} or ("none" in asked and len(asked) > 1):
        raise BadPrompt(value)
    if "none" in asked:
        return "none"
    return "login" if asked & {"login", "select_account"} else ""


def max_age_of(value: str) -> timedelta | None:
    """``max_age`` as a duration; None if the relying party did not ask. ValueError if it is not a number of seconds."""
    if not value:
        return None
    seconds = int(value)
    if seconds < 0:
        raise ValueError(value)
    return timedelta(seconds=min(seconds, 10**8))


def fresh_enough(
    *, auth_time: datetime, now: datetime, prompt: Prompt, max_age: timedelta | None, asked_at: datetime | None
) -> bool:
    """Whether a sign-on at ``auth_time`` satisfies the request, which sent the person to sign on at ``asked_at``."""
    if asked_at is not None and auth_time >= asked_at:
        return True
    if prompt == "login":
        return False
    return max_age is None or auth_time + max_age >= now


def client_code_faults(code: str) -> bool:
    """Whether this cannot be a client code: longer than 32 characters, or with spaces, commas or control characters."""
    return len(code) > CLIENT_CODE_LENGTH or any(c in ", " or not c.isprintable() for c in code)


def seconds_left(*, ends: datetime, now: datetime) -> int:
    """How long a browser that asks nothing more from now on stays signed on."""
    return int(min(IDLE, ends - now).total_seconds())


def by_password(amr: Iterable[str]) -> bool:
    """Whether a password was among what proved a sign-on."""
    return "pwd" in amr


def storable(text: str) -> bool:
    """Whether this is text that people type: no control characters, no halves of characters."""
    return not any(ord(c) < 32 or 0xD800 <= ord(c) <= 0xDFFF or ord(c) == 127 for c in text)


def admitted_address(target: str, origins: Iterable[str]) -> str:
    """``target`` if its origin is one of ``origins``, else ""."""
    if any(ord(c) < 33 or c == "\\" for c in target):
        return ""
    try:
        parts = urlsplit(target)
    except ValueError:
        return ""
    if parts.username is not None or parts.scheme not in {"http", "https"}:
        return ""
    return target if f"{parts.scheme}://{parts.netloc}" in set(origins) else ""


@dataclass(frozen=True)
class Telling:
    """What a person must read before the first court of a session: a kind of text, and whether it is a duty."""

    kind: Literal["redaction", "legacy", "administrative", "inactive", "exemption"]


def telling(*, account_type: str, upgraded: bool, may_search: bool, is_exempt: bool) -> Telling | None:
    """What to tell this account; None for people who only look, may, and pay for it. ``is_exempt``: some court lets it
    read without paying, which is chosen anew in each sign-on."""
    if account_type == "paa":
        return Telling("administrative")
    if not upgraded:
        return Telling("legacy")
    if account_type in FILERS:
        return Telling("redaction")
    if not may_search:
        return Telling("inactive")
    return Telling("exemption") if is_exempt else None


def may_search(*, account_type: str, upgraded: bool, is_active: bool, search_status: str) -> bool:
    """Whether the account may look at cases: not a firm's administrative account, not legacy, not on hold."""
    return account_type != "paa" and upgraded and is_active and search_status == "active"


def claims_of_scope(facts: dict[str, object], scope: str) -> dict[str, object]:
    """What userinfo may tell under this scope: the name with ``profile``, the address with ``email``."""
    granted = set(scope.split())
    withheld = set()
    if "profile" not in granted:
        withheld |= {"name", "preferred_username"}
    if "email" not in granted:
        withheld.add("email")
    return {name: value for name, value in facts.items() if name not in withheld}


def retry_after(attempts: int) -> timedelta:
    """How long a failed logout delivery waits: 1 s doubling to 5 minutes."""
    return min(timedelta(minutes=5), timedelta(seconds=2 ** min(attempts, 9)))


GIVE_UP_AFTER = 160
"""Attempts. At up to five minutes each they pass the longest life of a session: nothing is left that could be live."""

WATCHED = timedelta(minutes=30)
"""What happened within so long happened at once."""
NETWORKS_OF_A_CROWD, SEATS_OF_A_CROWD, DAYS_OF_A_CROWD = 3, 4, 3
CROWDS_COUNT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Seat:
    """Where a live sign-on sits: the network it came from, and what the browser calls itself."""

    network: str
    device: str


def is_crowd(seats: Iterable[Seat]) -> bool:
    """Whether so many places at once are more than one person's.

    A person at the office with a telephone on its own network is two places; a third network at the same time, or a
    fourth browser, is somebody else. Programs do not count: one person may run many.
    """
    places = set(seats)
    return len({seat.network for seat in places}) >= NETWORKS_OF_A_CROWD or len(places) >= SEATS_OF_A_CROWD


def appears_shared(crowded: Iterable[date], *, today: date) -> bool:
    """Whether an account was crowded so often of late that several people use it: once may be a journey."""
    return len({day for day in crowded if today - day < CROWDS_COUNT_FOR}) >= DAYS_OF_A_CROWD
