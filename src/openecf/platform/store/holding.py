"""The store keeps equal bytes once: who names them anew and who drops them wait for each other."""

from __future__ import annotations

from django.db import connection


def one_at_a_time(sha256: str) -> None:
    """Nobody else names or drops these bytes until the caller's transaction ends. Who names them looks then whether the
    store has them still; who drops them, whether anybody needs them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('stored:' || %s, 0))", [sha256])
