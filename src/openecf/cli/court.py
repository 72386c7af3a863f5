"""``openecf court``: a new court from the national directory, what a court decides for itself, its old record."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from openecf.cli import converting
from openecf.cli.databases import Database, given_url
from openecf.cli.inside import enter
from openecf.cli.layout import Layout, layout_of
from openecf.cli.postgres import PrivatePostgres
from openecf.cli.prepare import Preparation, settle
from openecf.cli.site_files import address, lay_out_court, next_port, peers_digest, write_sites_file
from openecf.kernel import courts
from openecf.kernel.refusal import Refusal
from openecf.platform.config import Site


class NoSuchCourt(Refusal):
    """The national directory has no court of this id."""


class NoSuchFile(Refusal):
    """A setting names a file that cannot be read."""


class CourtExists(Refusal):
    """The court has a site here."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    new = acts.add_parser("create", help="make the sites of courts")
    new.add_argument("courts", nargs="+", metavar="ID", help="ids from the national directory, such as akd or nysb")
    profile = acts.add_parser("profile", help="show or change what a court decides for itself")
    profile.add_argument("court", metavar="ID", help="the court's id")
    profile.add_argument(
        "settings",
        nargs="*",
        metavar="NAME=VALUE",
        help="what to change, such as help_phone=555-0100; NAME=@FILE takes what the file holds",
    )
    clock = acts.add_parser("clock", help="rehearse the move of a demonstration's court: show it as at another hour")
    clock.add_argument("court", metavar="ID", help="the court's id")
    clock.add_argument("hour", nargs="?", metavar="HOUR", help="such as 2027-04-02T08:30, the court's time; none: now")
    convert = acts.add_parser("convert", help="take over a court's old record from an export")
    converting.add_arguments(convert)
    for one in (new, profile, clock, convert):
        one.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")


def run(args: argparse.Namespace) -> int:
    layout, console = layout_of(args.var), Console(stderr=True)
    if args.act == "profile":
        with database_server(layout):
            return profile(layout.site(args.court), args.settings, Console(highlight=False))
    if args.act == "clock":
        with database_server(layout):
            return clock(layout.site(args.court), args.hour, console)
    if args.act == "convert":
        with database_server(layout):
            return converting.run(layout.site(args.court), args, console)
    central = layout.site("central")
    with database_server(layout) as url_for:
        for wanted in args.courts:
            site = create(layout, wanted, central=central, url_for=url_for, say=console.print)
            console.print(f"{site.id} is ready: {site.config.base_url} (openecf up starts it, if it runs, by itself)")
    return 0


def profile(site: Site, settings: list[str], console: Console) -> int:
    """Change the settings given, then show all of them, as they are typed."""
    enter(site.folder)
    room = importlib.import_module("openecf.court.transition.services")
    if settings:
        words = {name: _typed(text) for name, _equals, text in (pair.partition("=") for pair in settings)}
        room.change_profile(words=words, by="operator", at=datetime.now(UTC))
    kept = importlib.import_module("openecf.court.transition.queries").profile()
    rules, zone = importlib.import_module("openecf.court.transition.rules"), courts.court(site.id).zone
    for name in sorted(rules.Settings.model_fields):
        console.print(f"{name}={rules.as_typed(getattr(kept, name), zone=zone)}", soft_wrap=True, markup=False)
    return 0


class NoHour(Refusal):
    """What was typed is no hour."""


def clock(site: Site, hour: str | None, console: Console) -> int:
    """Let the court's move go by another hour, or again by the real clock."""
    enter(site.folder)
    room = importlib.import_module("openecf.court.transition.services")
    zone = ZoneInfo(courts.court(site.id).zone)
    try:
        wanted = datetime.fromisoformat(hour) if hour else None
    except ValueError:
        raise NoHour(f"{hour!r} is not an hour such as 2027-04-02T08:30.") from None
    if wanted is not None and wanted.tzinfo is None:
        wanted = wanted.replace(tzinfo=zone)
    room.rehearse(hour=wanted, by="operator", at=datetime.now(UTC))
    console.print(
        f"{site.id} is shown as at {wanted:%A, %B %d, %Y, %H:%M}." if wanted else f"{site.id} goes by the clock."
    )
    return 0


def _typed(text: str) -> str:
    """The value of a setting; after an ``@`` the name of the file that holds it, for what is long."""
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as wrong:
        raise NoSuchFile(f"The file {text[1:]} cannot be read: {wrong}") from None


@contextlib.contextmanager
def database_server(layout: Layout) -> Iterator:
    """A way to name databases; the private server is started for the time being if ``openecf up`` does not run it."""
    postgres = PrivatePostgres(layout.var / "pg", layout.var / "log" / "postgres.log")
    private = not given_url("central")
    if private and not postgres.running_elsewhere():
        postgres.start()
    try:
        yield lambda site_id: given_url(site_id) or postgres.url(f"openecf_{site_id}")
    finally:
        postgres.stop()


def create(layout: Layout, wanted: str, *, central: Site, url_for, say) -> Site:
    """Make one court's site. Its folder appears under its name only when everything is done."""
    court_id = wanted.lower()
    if (panel := courts.listed().get(court_id)) and panel.within:
        raise NoSuchCourt(f"{panel.full_name} has no site of its own: it sits on that of {panel.within}.")
    if court_id not in courts.directory():
        raise NoSuchCourt(f"The national directory has no court {wanted!r}; ids look like akd, nysb, ca11.")
    folder = layout.site_folder(court_id)
    if folder.exists():
        raise CourtExists(f"{court_id} has a site here already: {folder}.")
    first_port = central.config.port
    preparation = Preparation(layout, url_for=url_for, first_port=first_port, say=say)
    database = Database(url_for(court_id))
    database.drop()
    database.create(template=preparation.court_template())
    half = layout.var / f".{court_id}.new"
    shutil.rmtree(half, ignore_errors=True)
    site = lay_out_court(
        half,
        court_id,
        port=next_port(layout, first_port),
        first_port=first_port,
        database_url=database.url,
        demonstration=central.config.demonstration,
        central=central,
    )
    settle(site, "--peer", str(central.folder), "--establish")
    settle(central, "--peer", str(site.folder))
    database.note(state="ready", migrations=preparation.digest, peers=peers_digest(site, [central]))
    half.rename(folder)
    write_sites_file(layout, first_port=first_port)
    made = Site(folder)
    assert made.config.base_url == address(made.config.port)  # noqa: S101  (what sites.json says is what it serves)
    return made
