"""Who signed on: one statement for a browser, one for a program whose token was looked at within seconds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from openecf.kernel.tokens import digest
from openecf.platform.postgres import prepared

IDLE = timedelta(minutes=30)
BELIEVED_FOR = timedelta(seconds=5)
BELIEVED_WHILE_AWAY = timedelta(minutes=15)
"""While the provider does not answer, programs go on reading this long; they do not file."""
_TOUCH = timedelta(minutes=1)

_BROWSER = """
WITH touched AS (
  UPDATE rp_session SET seen_at = %(now)s
  WHERE digest = %(digest)s AND seen_at < %(touch)s AND seen_at > %(idle)s
)
SELECT sid, facts::text, (SELECT heard_at FROM rp_feed), {beside} FROM rp_session
WHERE digest = %(digest)s AND expires_at > %(now)s AND seen_at > %(idle)s
"""
_PROGRAM = """
SELECT sid, facts::text, (SELECT heard_at FROM rp_feed), {beside} FROM rp_api_token
WHERE digest = %(digest)s AND checked_at > %(since)s
"""


_WITHDRAWN = "SELECT withdrawn_keys::text FROM rp_feed"


@dataclass(frozen=True)
class Found:
    """A live session: its name, its facts, when this court last heard from the provider.

    ``beside``: what the site asks about the person in the same statement (``OPENECF_BESIDE_SESSION``); empty where it
    found nothing, None where the site asks nothing.
    """

    sid: str
    facts: dict
    heard_at: datetime | None
    beside: tuple | None


def _find(statement: str, values: dict[str, object]) -> Found | None:
    beside = settings.OPENECF_BESIDE_SESSION
    row = prepared.row(statement.format(beside=beside or "NULL"), values)
    return Found(row[0], json.loads(row[1]), row[2], tuple(row[3] or ()) if beside else None) if row else None


def browser(*, cookie: str, now: datetime) -> Found | None:
    """The live session of a browser's cookie; its use is noted once a minute in the same statement."""
    return _find(_BROWSER, {"digest": digest(cookie), "now": now, "touch": now - _TOUCH, "idle": now - IDLE})


def program(*, token: str, now: datetime, within: timedelta = BELIEVED_FOR) -> Found | None:
    """What the provider said of a program's token within the last seconds."""
    return _find(_PROGRAM, {"digest": digest(token), "since": now - within})


def withdrawn_keys() -> frozenset[str]:
    """The ids of the provider's keys that it withdrew: every process of the court refuses them from that moment."""
    row = prepared.row(_WITHDRAWN)
    return frozenset(json.loads(row[0])) if row else frozenset()
