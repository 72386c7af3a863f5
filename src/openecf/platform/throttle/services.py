"""Counting failures, one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from openecf.platform.postgres import prepared

_COUNT = """
INSERT INTO throttle_counter AS c (key, window_start, n) VALUES (%(key)s, %(now)s, 1)
ON CONFLICT (key) DO UPDATE SET
  n = CASE WHEN c.window_start <= %(now)s - %(window)s THEN 1 ELSE c.n + 1 END,
  window_start = CASE WHEN c.window_start <= %(now)s - %(window)s THEN %(now)s ELSE c.window_start END
RETURNING n
"""
_LOOK = "SELECT n FROM throttle_counter WHERE key = %(key)s AND window_start > %(now)s - %(window)s"

_LOOK_MANY = "SELECT key, n FROM throttle_counter WHERE key = ANY(%(keys)s) AND window_start > %(now)s - %(window)s"


def count(*, key: str, window: timedelta, now: datetime) -> int:
    """Count one more failure; the number of failures in the running window, this one included."""
    return prepared.row(_COUNT, {"key": key, "now": now, "window": window})[0]


def failures(*, key: str, window: timedelta, now: datetime) -> int:
    """Failures counted in the running window."""
    row = prepared.row(_LOOK, {"key": key, "now": now, "window": window})
    return row[0] if row else 0


def failures_by_key(*, keys: Sequence[str], window: timedelta, now: datetime) -> dict[str, int]:
    """Failures of several keys that share a window, in one statement; a key without any counts 0."""
    found = dict(prepared.rows(_LOOK_MANY, {"keys": list(keys), "now": now, "window": window}))
    return {key: found.get(key, 0) for key in keys}


LONGEST_WINDOW = timedelta(days=1)
"""No window is longer than this; most are minutes."""


def sweep(*, at: datetime) -> int:
    """Forget counters whose window is over, whatever it was; how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM throttle_counter WHERE window_start < %s", [at - LONGEST_WINDOW])
        return cursor.rowcount


def forget(*, key: str) -> None:
    """A success: start over."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM throttle_counter WHERE key = %s", [key])


def forget_beginning(*, prefix: str) -> None:
    """Start over for every key that begins so."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM throttle_counter WHERE starts_with(key, %s)", [prefix])
