"""Counting failures, one statement each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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

_COUNT_APART = """
INSERT INTO throttle_counter AS c (key, window_start, n, seen) VALUES (%(key)s, %(now)s, 1, ARRAY[%(what)s::text])
ON CONFLICT (key) DO UPDATE SET
  n = CASE WHEN c.window_start <= %(now)s - %(window)s THEN 1 ELSE c.n + 1 END,
  seen = CASE
    WHEN c.window_start <= %(now)s - %(window)s THEN excluded.seen
    WHEN excluded.seen[1] = ANY(c.seen) OR cardinality(c.seen) >= %(most)s THEN c.seen
    ELSE c.seen || excluded.seen END,
  window_start = CASE WHEN c.window_start <= %(now)s - %(window)s THEN %(now)s ELSE c.window_start END
"""
_LOOK_MANY = """
SELECT c.key, c.n, cardinality(c.seen)
FROM unnest(%(keys)s::text[], %(windows)s::interval[]) AS asked (key, span)
JOIN throttle_counter c ON c.key = asked.key AND c.window_start > %(now)s - asked.span
"""


@dataclass(frozen=True)
class Failures:
    """What a counter holds: how many failures, and of how many different things (0 unless it counts them apart)."""

    n: int = 0
    apart: int = 0


def count(*, key: str, window: timedelta, now: datetime) -> int:
    """Count one more failure; the number of failures in the running window, this one included."""
    return prepared.row(_COUNT, {"key": key, "now": now, "window": window})[0]


def failures(*, key: str, window: timedelta, now: datetime) -> int:
    """Failures counted in the running window."""
    row = prepared.row(_LOOK, {"key": key, "now": now, "window": window})
    return row[0] if row else 0


def count_apart(*, key: str, what: str, most: int, window: timedelta, now: datetime) -> None:
    """Count one more failure, and ``what`` failed (64 characters) if it did not yet in the running window. No more than
    ``most`` different things are kept: a counter that is full tells what it is asked for."""
    values = {"key": key, "what": what, "most": most, "window": window, "now": now}
    prepared.run(_COUNT_APART, values)


def look(*, windows: Mapping[str, timedelta], now: datetime) -> dict[str, Failures]:
    """Failures of several keys, each in its own running window, in one statement."""
    values = {"keys": list(windows), "windows": list(windows.values()), "now": now}
    found = {key: Failures(n, apart) for key, n, apart in prepared.rows(_LOOK_MANY, values)}
    return {key: found.get(key, Failures()) for key in windows}


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
