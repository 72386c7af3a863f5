"""Threads that end without giving their connection back: nobody waits for what they held."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

import pytest
from django.db import connection
from django.utils import timezone

from openecf.platform.config import this_site
from openecf.platform.throttle import services as counters

HOUR = timedelta(hours=1)
PATIENCE = 5.0
"""Seconds; half of what a page waits for a connection before it fails."""


@pytest.fixture
def no_collector():
    """Nothing goes by chance: the collector of cycles would find a dead thread's connection some time."""
    gc.disable()
    yield
    gc.enable()


def in_threads_that_end(act: Callable[[], None], *, times: int = 1) -> None:
    for _ in range(times):
        thread = threading.Thread(target=act, daemon=True)
        thread.start()
        thread.join(60)
        assert not thread.is_alive()


def ask() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def hold_a_row() -> None:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT FROM throttle_counter WHERE key = 'held' FOR UPDATE")


@pytest.mark.django_db(transaction=True)
def test_more_threads_than_the_pool_has_connections_may_end_with_one(no_collector) -> None:
    failures: list[Exception] = []

    def ask_and_tell() -> None:
        try:
            ask()
        except Exception as failure:  # noqa: BLE001  (told below)
            failures.append(failure)

    begun = monotonic()
    in_threads_that_end(ask_and_tell, times=3 * this_site().config.database_pool)
    assert not failures and monotonic() - begun < PATIENCE


@pytest.mark.django_db(transaction=True)
def test_what_a_thread_had_locked_when_it_ended_is_free_at_once(no_collector) -> None:
    counters.count(key="held", window=HOUR, now=timezone.now())
    in_threads_that_end(hold_a_row)
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{PATIENCE:.0f}s'")
    try:
        assert counters.count(key="held", window=HOUR, now=timezone.now()) == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_given_back_is_not_given_back_again_by_who_had_it(no_collector) -> None:
    had: list[object] = []

    def ask_and_close() -> None:
        ask()
        had.append(connection.connection)
        connection.close()

    ask()
    in_threads_that_end(ask_and_close)
    connection.close()
    in_threads_that_end(ask_and_close)
    assert all(one.held() is None for one in had), "gone with their threads"
    stats = connection.pool.get_stats()
    assert stats["pool_available"] <= stats["pool_size"]
