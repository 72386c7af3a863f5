"""Who came in with the court's own login."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection

from openecf.court.currentgen import rules
from openecf.court.people.rules import Reader
from openecf.kernel.tokens import digest

_LIVE = """
WITH touched AS (
  UPDATE own_session SET seen_at = %(now)s WHERE digest = %(digest)s AND seen_at < %(touch)s AND seen_at > %(idle)s
)
SELECT u.id, u."group", u.first_name, u.last_name, u.login, u.email, s.created_at
FROM own_session s JOIN court_user u ON u.id = s.user_id
WHERE s.digest = %(digest)s AND s.seen_at > %(idle)s AND s.created_at > %(oldest)s AND u.active
"""


def reader_of(*, cookie: str, beside: Reader, now: datetime) -> Reader | None:
    """The person of a live session; what a separate PACER sign-in (``beside``) adds is searching at PACER's fees."""
    with connection.cursor() as cursor:
        cursor.execute(
            _LIVE,
            {
                "digest": digest(cookie),
                "now": now,
                "touch": now - timedelta(minutes=1),
                "idle": now - rules.IDLE,
                "oldest": now - rules.LONGEST,
            },
        )
        row = cursor.fetchone()
    if row is None:
        return None
    user, group, first, last, login, email, since = row
    own = {"user": user, "group": group, "name": f"{first} {last}".strip(), "own_login": True}
    if beside.signed_on:
        return replace(beside, **own)
    return Reader(**own, username=login, email=email, kind="browser", auth_time=since, sid=f"own:{digest(cookie)[:16]}")


def is_good_link(*, secret: str, now: datetime) -> bool:
    """Whether a mailed link can still be used."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM own_reset_link WHERE digest = %s AND used_at IS NULL AND expires_at > %s",
            [digest(secret), now],
        )
        return cursor.fetchone() is not None
