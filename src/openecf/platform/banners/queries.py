"""Reading banners. Every page asks, so a process asks the database twice a minute and no more."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import get_language

from openecf.platform.banners.models import Banner, Severity

log = structlog.get_logger()
KEPT_SECONDS = 30.0
_kept: tuple[float, tuple[Banner, ...]] = (-KEPT_SECONDS, ())
_asking = threading.Lock()


@dataclass(frozen=True)
class Shown:
    """A banner as a page shows it, in the reader's language. ``is_english`` where it has no words in that language."""

    id: UUID
    severity: str
    words: str
    is_english: bool
    ends_at: datetime

    @property
    def is_loud(self) -> bool:
        return self.severity == Severity.EMERGENCY


def shown(*, now: datetime) -> Sequence[Shown]:
    """What this site's pages show at this moment, the loudest first. None while the database is away: a page that says
    so must not fail on this."""
    language = (get_language() or "en")[:2]
    live = [row for row in _recent() if row.begins_at <= now < row.ends_at]
    order = list(Severity.values)
    live.sort(key=lambda row: (-order.index(row.severity), row.begins_at))
    return [_in(row, language) for row in live]


def _in(row: Banner, language: str) -> Shown:
    words = getattr(row, language, "") if language in ("es", "ht") else row.en
    return Shown(row.id, row.severity, words or row.en, not words and language != "en", row.ends_at)


def _recent() -> tuple[Banner, ...]:
    global _kept
    asked, rows = _kept
    if time.monotonic() - asked < KEPT_SECONDS or not _asking.acquire(blocking=False):
        return rows
    try:
        rows = tuple(Banner.objects.filter(withdrawn_at=None, ends_at__gt=timezone.now()).order_by("begins_at")[:50])
    except DatabaseError as trouble:
        log.warning("banners.not_read", error=type(trouble).__name__)
    finally:
        _kept = (time.monotonic(), rows)
        _asking.release()
    return rows


def forget() -> None:
    """Ask the database at the next page."""
    global _kept
    _kept = (-KEPT_SECONDS, ())


def all_banners() -> list[Banner]:
    """Every banner that is not over, and the last few that are, newest first."""
    return list(Banner.objects.order_by("-begins_at")[:50])
