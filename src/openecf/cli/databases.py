"""A database for each site, and a template from which a new court's is copied at once.

What a database has been through is written in its own comment, as JSON: ``state`` (``filling`` until it is ready for
use), ``migrations`` (a digest of the schema it has), ``peers`` (a digest of the sites that it knows).
"""

from __future__ import annotations

import hashlib
import json
import os
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

import openecf
from openecf.kernel.refusal import Refusal

OLDEST_POSTGRES = 15


class DatabaseTrouble(Refusal):
    """The database server cannot be used as it is."""


class PlaceholderMissing(DatabaseTrouble):
    said = "DATABASE_URL needs {site} in it (postgresql://user@host/openecf_{site}): every site has its own database."


def schema_digest() -> str:
    """A digest of every migration that a site may need: when it is unchanged, there is nothing to migrate."""
    package = Path(openecf.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.glob("*/**/migrations/*.py")):
        digest.update(str(path.relative_to(package)).encode() + path.read_bytes())
    for distribution in ("Django", "procrastinate"):
        digest.update(version(distribution).encode())
    return digest.hexdigest()[:16]


def given_url(site_id: str) -> str | None:
    """The address that the operator set for this site: ``DATABASE_URL_FLSB``, or ``DATABASE_URL`` with ``{site}``."""
    if own := os.environ.get(f"DATABASE_URL_{site_id.upper()}"):
        return own
    if shared := os.environ.get("DATABASE_URL"):
        if "{site}" not in shared:
            raise PlaceholderMissing
        return shared.replace("{site}", site_id)
    return None


class Database:
    """One site's database, by its address; statements about it go through the server's ``postgres`` database."""

    def __init__(self, url: str) -> None:
        self.url = url
        parts = urlsplit(url)
        self.name = parts.path.lstrip("/")
        self._maintenance_url = urlunsplit(parts._replace(path="/postgres"))

    def _connect(self) -> psycopg.Connection:
        try:
            return psycopg.connect(self._maintenance_url, autocommit=True, connect_timeout=10)
        except psycopg.OperationalError as trouble:
            raise DatabaseTrouble(f"The database server of {self.name} cannot be reached: {trouble}") from None

    def facts(self) -> dict | None:
        """What its comment says; None if there is no such database."""
        with self._connect() as connection:
            if connection.info.server_version // 10000 < OLDEST_POSTGRES:
                raise DatabaseTrouble(f"PostgreSQL {OLDEST_POSTGRES} or later is needed.")
            row = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [self.name]
            ).fetchone()
        if row is None:
            return None
        try:
            return json.loads(row[0] or "{}")
        except json.JSONDecodeError:
            return {}

    def note(self, **facts: str) -> None:
        """Add to what its comment says."""
        merged = json.dumps({**(self.facts() or {}), **facts}, sort_keys=True)
        with self._connect() as connection:
            connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(self.name), merged))

    def create(self, *, template: Database | None = None) -> None:
        """Create it, empty or as a copy of ``template``, in the state ``filling``."""
        name = sql.Identifier(self.name)
        # UTF-8 and byte order everywhere: the same sorting on every machine.
        words = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(name)
        if template:
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            words = copy.format(name, sql.Identifier(template.name))
        with self._connect() as connection:
            try:
                connection.execute(words)
            except psycopg.errors.DuplicateDatabase:
                pass
            except psycopg.errors.InsufficientPrivilege:
                raise DatabaseTrouble(
                    f"There is no database {self.name} and this user may not create it: create it, then start again."
                ) from None
        self.note(state="filling")

    def drop(self) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))
