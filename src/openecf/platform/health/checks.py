"""What must hold before a site may be sent people: its database, its schema, its store, its jobs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache

import structlog
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from openecf.platform.config import this_site

log = structlog.get_logger()


def failures() -> dict[str, str]:
    """The name of each check that fails, with what it met; that goes to the log too, for it may hold addresses."""
    found = {}
    for name, check in CHECKS.items():
        try:
            check()
        except Exception as trouble:  # noqa: BLE001  (whatever it is, this site is not ready, and the operator is told)
            found[name] = f"{type(trouble).__name__}: {trouble}"
            log.error("health.not_ready", check=name, error=found[name][:500])
    return found


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    if pending := _pending():
        raise RuntimeError(f"migrations are pending: {pending}; run openecf migrate")


@cache
def _nothing_pending() -> bool:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        # Not remembered: someone may be migrating right now.
        raise _Pending(", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in pending))
    return True


class _Pending(Exception):
    pass


def _pending() -> str:
    try:
        _nothing_pending()
    except _Pending as pending:
        return str(pending)
    return ""


def _store() -> None:
    site = this_site()
    if site.config.store.kind == "folder":
        site.documents_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=site.documents_folder) as probe:
            probe.write(b"ready")
            probe.flush()


def _jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM procrastinate_jobs LIMIT 1")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "store": _store,
    "jobs": _jobs,
}
