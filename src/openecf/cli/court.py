"""``openecf court create ID``: a new court from the national directory, copied from a template and ready at once."""

from __future__ import annotations

import argparse
import contextlib
import shutil
from collections.abc import Iterator

from rich.console import Console

from openecf.cli.databases import Database, given_url
from openecf.cli.layout import Layout, layout_of
from openecf.cli.postgres import PrivatePostgres
from openecf.cli.prepare import Preparation, settle
from openecf.cli.site_files import address, lay_out_court, next_port, peers_digest, write_sites_file
from openecf.kernel import courts
from openecf.kernel.refusal import Refusal
from openecf.platform.config import Site


class NoSuchCourt(Refusal):
    """The national directory has no court of this id."""


class CourtExists(Refusal):
    """The court has a site here."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=["create"], help="what to do")
    parser.add_argument("courts", nargs="+", metavar="ID", help="ids from the national directory, such as akd or nysb")
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")


def run(args: argparse.Namespace) -> int:
    layout, console = layout_of(args.var), Console(stderr=True)
    central = layout.site("central")
    with database_server(layout) as url_for:
        for wanted in args.courts:
            site = create(layout, wanted, central=central, url_for=url_for, say=console.print)
            console.print(f"{site.id} is ready: {site.config.base_url} (openecf up starts it, if it runs, by itself)")
    return 0


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
