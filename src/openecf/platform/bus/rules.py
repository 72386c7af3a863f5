"""Pure decisions of the bus: when to try again, when to give up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import accumulate

MAX_ATTEMPTS = 14
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=15)
LEASE = timedelta(seconds=45)
"""A message taken by a relay that then died is free again after this long."""
ENVELOPE_LIFE = timedelta(minutes=5)
CLOCK_SKEW = timedelta(seconds=60)
MOST_TOGETHER = 200
"""Messages that one envelope carries."""
LARGEST_TOGETHER = 500_000
"""Characters of their bodies; a signed envelope is about a third longer, and an inbox takes a million bytes."""
LONGEST_TOGETHER = timedelta(seconds=8)
"""After that long an inbox answers for what it has applied; the rest of the envelope is sent again, at no attempt."""


def together(sizes: Sequence[int]) -> int:
    """How many of the first messages, of these sizes, share an envelope; one at least."""
    held = accumulate(sizes[:MOST_TOGETHER])
    return max(sum(size <= LARGEST_TOGETHER for size in held), 1)


def pause(*, attempts: int, luck: float) -> timedelta:
    """How long to wait after that many failed attempts. ``luck`` in [0, 1) spreads senders apart (half to full)."""
    whole = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return whole * (0.5 + luck / 2)


def pause_while_away(*, waited: timedelta, luck: float) -> timedelta:
    """While the other site does not answer: 2 s at first, a quarter of the time already waited, at most 5 minutes.

    However long that lasts, the message is not at fault and no person has to look at it.
    """
    whole = min(max(waited / 4, FIRST_PAUSE), timedelta(minutes=5))
    return whole * (0.5 + luck / 2)


def is_dead(*, attempts: int) -> bool:
    """After about an hour and a half of being refused, a person has to look."""
    return attempts >= MAX_ATTEMPTS
