"""Guessing that spares each account and shows only over many: one password tried on everybody, a stolen list from one
network.

Names that no account has count like others. Whoever signs on where they did before, or with a passkey, never meets this.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from openecf.central.accounts import rules
from openecf.platform.config import this_site
from openecf.platform.throttle import services as throttle


@dataclass(frozen=True)
class Pattern:
    """One counter over many names: it shows from so many failures, over so many different names, within its window."""

    key: str
    failures: int
    names: int
    window: timedelta

    def shows_in(self, counted: throttle.Failures) -> bool:
        return counted.n >= self.failures and counted.apart >= self.names

    def count(self, *, name: str, now: datetime) -> None:
        """One more failure for the name of this digest."""
        throttle.count_apart(key=self.key, what=name[:16], most=self.names, window=self.window, now=now)


def patterns_of(*, password: str, network: str, now: datetime) -> tuple[Pattern, ...]:
    """What a failure with this password from this network may be a part of."""
    return (
        Pattern(
            f"sprayed:{fingerprint(password, now)}", rules.SPRAYED_NAMES, rules.SPRAYED_NAMES, rules.SPRAYED_WITHIN
        ),
        Pattern(f"stuffing:{network}", rules.STUFFING_FAILURES, rules.STUFFING_NAMES, rules.STUFFING_WITHIN),
    )


def fingerprint(password: str, now: datetime) -> str:
    """Tells equal passwords of one day (UTC) from others, and nothing else: what was mistyped is near what is right, so
    neither a copy of the database nor yesterday's counters may be good for trying passwords on."""
    secret = bytes.fromhex(this_site().secrets.pepper)
    of_the_day = hmac.digest(secret, f"openecf password fingerprint {now.astimezone(UTC):%Y-%m-%d}".encode(), "sha256")
    return hmac.new(of_the_day, rules.normal(password).encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]
