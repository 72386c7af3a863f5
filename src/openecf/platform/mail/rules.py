"""Pure decisions of outgoing mail."""

from __future__ import annotations

from datetime import timedelta

MAX_ATTEMPTS = 30
LEASE = timedelta(minutes=2)


def pause(*, attempts: int, luck: float) -> timedelta:
    """5 s, 10 s, … at most 15 minutes; ``luck`` in [0, 1) spreads senders apart."""
    whole = min(timedelta(seconds=5) * 2 ** min(attempts - 1, 10), timedelta(minutes=15))
    return whole * (0.5 + luck / 2)


def is_dead(*, attempts: int) -> bool:
    """After about six hours of trying, a person has to look."""
    return attempts >= MAX_ATTEMPTS
