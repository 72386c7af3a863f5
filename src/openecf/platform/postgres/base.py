"""Django's PostgreSQL backend with connections that are looked at, not asked, and a cursor for prepared statements.

``ENGINE`` of a site's database. The module's name is Django's.
"""

from __future__ import annotations

import contextlib
import select
import threading
import weakref
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

import psycopg
from django.db.backends.postgresql import base, operations
from psycopg_pool import ConnectionPool

A = TypeVar("A")
IDLE = 30.0
"""Seconds after which a connection is asked whether it still works, whatever it looks like."""
MOST_PREPARED = 400
"""Statements that the server keeps ready for one connection."""


class _Held:
    """The connections that one thread has of pools. When the thread ends, however it ends, those that it did not give
    back are given back: what it had begun is undone, what it had locked is free.

    Django's own wrapper of a connection is part of a circle, and would be found by the collector of garbage some time:
    until then the pool would be short of one, and everybody would wait for its locks.
    """

    def __init__(self) -> None:
        self.connections: dict[psycopg.Connection, ConnectionPool] = {}

    def __del__(self) -> None:
        for connection, pool in self.connections.items():
            with contextlib.suppress(Exception):  # at the end of the process the pool may be gone
                pool.putconn(connection)


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.held = _Held()


_of_thread = _OfThread()


class PreparedCursor(psycopg.Cursor):
    """Sends a statement and its values apart; the server plans it once for the connection."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> PreparedCursor:
        return super().execute(query, params, prepare=True, **options)


class DatabaseOperations(operations.DatabaseOperations):
    """What Django asks of PostgreSQL's ways."""

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """For lists of statements: a prepared one as it was written, without its values."""
        return super().last_executed_query(cursor, sql, params) or str(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    """A restart of the server costs nobody a page: a connection that it ended is noticed before it is used."""

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.together = False
        self._pipeline: psycopg.Pipeline | None = None
        self._leave: Callable[..., Any] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection:
        connection = super().get_new_connection(conn_params)
        while self.pool and not _works(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = self.pool.getconn()
        if self.pool:
            # Weakly: in a circle of its own it would not go with its thread either.
            connection.held = weakref.ref(_of_thread.held)  # type: ignore[attr-defined]
            _of_thread.held.connections[connection] = self.pool
        return connection

    def _configure_connection(self, connection: psycopg.Connection) -> bool:
        connection.prepared_max = MOST_PREPARED
        return super()._configure_connection(connection)

    def _close(self) -> None:
        if self.connection is not None:
            self.connection.used_at = monotonic()  # type: ignore[attr-defined]
            # Whichever thread closes it: the one that had it must not give it back a second time.
            if self.pool and (held := self.connection.held()):  # type: ignore[attr-defined]
                held.connections.pop(self.connection, None)
        super()._close()

    def create_cursor(self, name: str | None = None) -> Any:
        # Django looks at once at what its cursors did, which in a pipeline nobody knows yet.
        self.wait(end=True)
        return super().create_cursor(name)

    def go_on(self) -> None:
        """From here on statements do not wait for each other's answers, while ``together`` is set."""
        if self.together and self._pipeline is None:
            pipeline = self.connection.pipeline()
            self._pipeline, self._leave = pipeline.__enter__(), pipeline.__exit__

    def wait(self, *, end: bool = False, failed: BaseException | None = None) -> None:
        """For the answers to everything that was sent; what one of them says is raised here. ``end``: go on no more."""
        if self._pipeline is None:
            return
        with self.wrap_database_errors:
            if not end:
                self._pipeline.sync()
                return
            leave, self._pipeline, self._leave = self._leave, None, None
            leave(type(failed) if failed else None, failed, failed.__traceback__ if failed else None)

    def ask(self, statement: str, values: Any, answer: Callable[[Any], A]) -> A:
        """What ``answer`` makes of the cursor of a statement that the server keeps ready.

        ``platform.postgres.prepared`` is the way to use it.
        """
        self.ensure_connection()
        if self.queries_logged or self.execute_wrappers:
            with self.wrap_database_errors:
                watched = self._prepare_cursor(PreparedCursor(self.connection))
            with watched:
                watched.execute(statement, values)
                return answer(watched)
        # Nobody looks on: without the layers that Django puts around a cursor for those who might.
        self.validate_no_broken_transaction()
        with self.wrap_database_errors, PreparedCursor(self.connection) as cursor:
            cursor.execute(statement, values)
            return answer(cursor)


def _works(connection: psycopg.Connection) -> bool:
    """Whether a connection from the pool is still one.

    A server that ends a connection says so, and closes it: an idle one that has nothing to read is alive, which costs
    no round trip to see. A machine that vanished says nothing, hence the question after a while.
    """
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if not poll.poll(0) and monotonic() - getattr(connection, "used_at", 0.0) < IDLE:
        return True
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.Error:
        return False
    return True
