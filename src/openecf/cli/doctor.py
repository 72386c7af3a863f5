"""``openecf doctor``: what is wrong with an installation, and the mend. Changes nothing."""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import smtplib
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from rich.console import Console

from openecf.cli import hashing
from openecf.cli.collect import BUILT
from openecf.cli.databases import OLDEST_POSTGRES, Database, schema_digest
from openecf.cli.layout import Layout, layout_of
from openecf.cli.postgres import PrivatePostgres
from openecf.cli.process import openecf
from openecf.platform.config import Site

OLDEST_PYTHON = (3, 11)
LEAST_FREE = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ``mend`` is empty when it is as it should be."""

    where: str
    what: str
    mend: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")
    parser.add_argument("--record", action="store_true", help="read each court's record, too, as openecf record does")


def run(args: argparse.Namespace) -> int:
    layout, console = layout_of(args.var), Console()
    wrong = 0
    looked = itertools.chain(findings(layout), records(layout)) if args.record else findings(layout)
    for finding in looked:
        sign = "[red]✗[/]" if finding.mend else "[green]✓[/]"
        console.print(f"{sign} {finding.where}: {finding.what}", soft_wrap=True)
        if finding.mend:
            console.print(f"    → {finding.mend}", soft_wrap=True)
            wrong += 1
    console.print("Nothing is wrong." if not wrong else f"{wrong} to mend.")
    return 1 if wrong else 0


def findings(layout: Layout) -> Iterator[Finding]:
    """Everything that was looked at, machine first, then each site."""
    version = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info[:2] < OLDEST_PYTHON
    yield Finding("machine", f"Python {version}", "Install Python 3.11 or later." if old else "")
    yield _hash()
    yield Finding("machine", "web assets", "" if (BUILT / "staticfiles.json").exists() else "Run openecf assets.")
    if not layout.var.exists():
        yield Finding("machine", f"{layout.var} does not exist", "Run openecf up, or name the folder with --var.")
        return
    free = shutil.disk_usage(layout.var).free
    mend = "Make room: documents are refused, never half kept, when the disk is full." if free < LEAST_FREE else ""
    yield Finding("machine", f"{free / 1024**3:.1f} GiB free for {layout.var}", mend)
    private = PrivatePostgres(layout.var / "pg", layout.var / "log" / "postgres.log")
    if private.folder.exists():
        runs = private.running_elsewhere()
        yield Finding(
            "machine", f"private PostgreSQL {'runs' if runs else 'is stopped'}", "" if runs else "Run openecf up."
        )
    for site in layout.sites():
        for looked in (_keys, _database, _store, _mail, _web):
            yield looked(site)


def _hash() -> Finding:
    try:
        return Finding("machine", f"{hashing.cost():.0f} ms of the processor for each password hash")
    except hashing.HashBroken as broken:
        return Finding("machine", f"the password hash {broken.facts['why']}", hashing.MEND)


def records(layout: Layout) -> Iterator[Finding]:
    """Whether each court's record is as it was entered; each court in a process of its own."""
    for site in layout.sites():
        if site.config.central is None:
            continue
        command = openecf("record", site.id, "--var", str(layout.var))
        asked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (our own command)
        said = (asked.stdout.strip().splitlines() or ["its record could not be read"])[-1]
        mend = f"openecf record {site.id} names the places. Compare with the notices that people hold: openecf verify."
        yield Finding(site.id, said, mend if asked.returncode else "")


def _keys(site: Site) -> Finding:
    loose = [
        path.name
        for path in (site.folder / "secrets.json", site.folder / "keys" / "signing.pem")
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    mend = f"chmod 600 {' '.join(loose)} in {site.folder}: others can read them." if loose else ""
    return Finding(site.id, "secrets and signing key are the owner's alone" if not loose else "secrets lie open", mend)


def _database(site: Site) -> Finding:
    try:
        with psycopg.connect(site.config.database_url, connect_timeout=3) as connection:
            major = connection.info.server_version // 10000
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        return Finding(site.id, f"the database cannot be reached: {reason}", "Start the server, or mend database_url.")
    if major < OLDEST_POSTGRES:
        return Finding(site.id, f"PostgreSQL {major}", f"Move to PostgreSQL {OLDEST_POSTGRES} or later.")
    facts = Database(site.config.database_url).facts() or {}
    if facts.get("migrations") != schema_digest():
        return Finding(site.id, "the schema is not today's", "Run openecf up (it migrates), or openecf migrate.")
    return Finding(site.id, f"PostgreSQL {major}, schema is today's")


def _store(site: Site) -> Finding:
    if site.config.store.kind != "folder":
        return Finding(site.id, f"documents in {site.config.store.kind}")
    folder = site.documents_folder
    place = folder if folder.exists() else folder.parent
    try:
        with tempfile.NamedTemporaryFile(dir=place) as probe:
            probe.write(b"openecf doctor")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return Finding(
            site.id, f"documents cannot be written to {Path(place)}: {error.strerror}", "Mend rights or space."
        )
    return Finding(site.id, "documents can be written and synced")


def _mail(site: Site) -> Finding:
    smtp = site.config.smtp
    try:
        with smtplib.SMTP(smtp.host, smtp.port, timeout=3) as server:
            server.noop()
    except (OSError, smtplib.SMTPException):
        return Finding(
            site.id,
            f"the mail server {smtp.host}:{smtp.port} does not answer",
            "Start it. Mail waits in the database until then; nothing is lost.",
        )
    return Finding(site.id, f"the mail server {smtp.host}:{smtp.port} answers")


def _web(site: Site) -> Finding:
    try:
        with urllib.request.urlopen(f"{site.config.base_url}/readyz", timeout=5) as answer:  # noqa: S310  (our own)
            return Finding(site.id, f"{site.config.base_url} is ready ({answer.status})")
    except urllib.error.HTTPError as error:
        return Finding(
            site.id, f"{site.config.base_url}/readyz says {error.code}", "Its answer and log say what is missing."
        )
    except OSError:
        return Finding(site.id, f"{site.config.base_url} does not answer", "Start it: openecf up, or openecf serve.")
