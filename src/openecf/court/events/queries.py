"""Reading the event dictionary as this court uses it."""

from __future__ import annotations

import json
from functools import lru_cache

from openecf.court.events import dictionary as files
from openecf.court.events.effects import EndDeadlines, SatisfyDeadlines
from openecf.court.events.models import EventChange
from openecf.court.events.rules import Change, Dictionary, Event, Offered, offered, overlaid
from openecf.platform.postgres import prepared

_CHANGES = """
SELECT coalesce(jsonb_agg(jsonb_build_array(code, kind, data) ORDER BY code, id), '[]')::text FROM event_change
"""


def dictionary() -> Dictionary:
    """Every event in use here: the bench's dictionary with this court's changes."""
    return _with(prepared.row(_CHANGES)[0])


@lru_cache(maxsize=4)
def _with(changes: str) -> Dictionary:
    return overlaid(files.base(), [Change(code, kind, data) for code, kind, data in json.loads(changes)])


def event(code: str) -> Event:
    """The event of that code; NoSuchEvent when there is none or this court hid it."""
    return dictionary().event(code)


def menu(*, group: str, typed: str = "", category: str = "", menu: str = "") -> tuple[Offered, ...]:
    """What a group may file: categories with their events; ``menu`` as the menu bar calls it (``civil``)."""
    return offered(dictionary(), group=group, typed=typed, category=category, menu=menu)


def deadlines_ended() -> frozenset[str]:
    """The kinds of deadlines that some event of this court satisfies or ends by name."""
    ends = (SatisfyDeadlines, EndDeadlines)
    effects = [one for event in dictionary().events.values() for kind in ends for one in event.effects_of(kind)]
    return frozenset(kind for effect in effects for kind in effect.kinds)


def changes() -> list[Change]:
    """This court's own changes."""
    return [Change(row.code, row.kind, row.data) for row in EventChange.objects.all()]
