"""Changing a table beside people who read it: nobody waits behind a change that waits."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.db import OperationalError, connection
from psycopg import errors

log = structlog.get_logger()
TRIES, WAIT, PAUSE = 60, "3s", 5.0


def giving_way(act: Callable[[], object], *, tries: int = TRIES, wait: str = WAIT, pause: float = PAUSE) -> None:
    """Run what asks for whole tables, and undoes itself when it fails, until it gets them: it waits for a table no longer
    than ``wait``, then lets those through who came meanwhile, for ``pause`` seconds.

    PostgreSQL lets nobody pass whoever waits for a whole table: one long report would stop the site. OperationalError
    after ``tries``.
    """
    for left in range(tries - 1, -1, -1):
        try:
            _hold_to(wait)
            act()
            break
        except OperationalError as wrong:
            if not left or not isinstance(wrong.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
                raise
            log.warning("postgres.gave_way", left=left)
        finally:
            _hold_to("0")
        time.sleep(pause)


def _hold_to(wait: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [wait])
