"""``openecf migrate [SITE]``: bring the database of one site, or of all, up to date."""

from __future__ import annotations

import argparse

from rich.console import Console

from openecf.cli.court import database_server
from openecf.cli.databases import Database, schema_digest
from openecf.cli.layout import layout_of
from openecf.cli.prepare import settle


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sites", nargs="*", metavar="SITE", help="sites' ids (default: all)")
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")


def run(args: argparse.Namespace) -> int:
    layout, console = layout_of(args.var), Console(stderr=True)
    sites = [layout.site(site_id) for site_id in args.sites] or list(layout.sites())
    with database_server(layout):
        for place, site in enumerate(sites, 1):
            settle(site, "--migrate")
            database = Database(site.config.database_url)
            database.note(**((database.facts() or {"state": "ready"}) | {"migrations": schema_digest()}))
            console.print(f"{place}/{len(sites)} {site.id}: up to date")
    return 0
