"""Changing the event dictionary of this court."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from openecf.court.events import dictionary as files
from openecf.court.events.models import EventChange
from openecf.court.events.rules import Change, overlaid
from openecf.platform.audit.services import record


def hide_event(*, code: str, by: str, at: datetime) -> None:
    """Take an event off this court's menu."""
    _change(Change(code, "hide"), by=by, at=at)


def reword_event(*, code: str, words: Mapping[str, object], by: str, at: datetime) -> None:
    """Change title, wording, keywords, text or defaults of an event; BadDictionary when it no longer holds together."""
    _change(Change(code, "reword", words), by=by, at=at)


def add_event(*, code: str, data: Mapping[str, object], by: str, at: datetime) -> None:
    """Add an event of this court's own; BadDictionary when it is not sound."""
    _change(Change(code, "add", data), by=by, at=at)


def restore_event(*, code: str, by: str, at: datetime) -> None:
    """Take back this court's change of an event."""
    with transaction.atomic():
        EventChange.objects.filter(code=code).delete()
        record(act="events.restore", by=by, at=at, subject=f"event:{code}")


def _change(change: Change, *, by: str, at: datetime) -> None:
    with transaction.atomic():
        # One change at a time: two sound changes could fail to hold together.
        kept = [
            Change(row.code, row.kind, row.data)
            for row in EventChange.objects.select_for_update().exclude(code=change.code)
        ]
        overlaid(files.base(), [*kept, change])
        EventChange.objects.update_or_create(
            code=change.code, defaults={"kind": change.kind, "data": dict(change.data), "at": at, "by": by}
        )
        record(act=f"events.{change.kind}", by=by, at=at, subject=f"event:{change.code}")
