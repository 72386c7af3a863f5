"""Decisions about a court's move to NextGen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from openecf.kernel.days import legal_day


class GoesLive(Protocol):
    """What a profile tells about the move."""

    live_at: datetime | None


def is_live(profile: GoesLive, now: datetime) -> bool:
    """Whether the court runs NextGen: people sign on with PACER and link their court-issued accounts."""
    return profile.live_at is not None and profile.live_at <= now


def live_on(profile: GoesLive, zone: str) -> date | None:
    """The court's day of going live; None while none is set."""
    return legal_day(profile.live_at, zone) if profile.live_at else None
