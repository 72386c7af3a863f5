"""Pure decisions of outgoing mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

MAX_ATTEMPTS = 30
LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail: its name, its media type, and the SHA-256 under which the store has it."""

    name: str
    type: str
    sha256: str


def pause(*, attempts: int, luck: float) -> timedelta:
    """5 s, 10 s, … at most 15 minutes; ``luck`` in [0, 1) spreads senders apart."""
    whole = min(timedelta(seconds=5) * 2 ** min(attempts - 1, 10), timedelta(minutes=15))
    return whole * (0.5 + luck / 2)


def pause_while_away(*, waited: timedelta, luck: float) -> timedelta:
    """While no mail server answers: 3 s at first, a quarter of the time already waited, at most 5 minutes.

    However long that lasts, the mail is not at fault and no person has to look at it.
    """
    whole = min(max(waited / 4, timedelta(seconds=3)), timedelta(minutes=5))
    return whole * (0.5 + luck / 2)


def is_dead(*, attempts: int) -> bool:
    """After about six hours of a server's "try again later", a person has to look."""
    return attempts >= MAX_ATTEMPTS
