"""``openecf paygov-sandbox``: a stand-in for Pay.gov's hosted collection. No money moves."""

from __future__ import annotations

import argparse
import signal
from datetime import timedelta
from types import FrameType
from urllib.parse import urlsplit

from openecf.cli.layout import PAYGOV, Layout, layout_of
from openecf.cli.paygov_books import Books
from openecf.cli.paygov_pages import sandbox_server
from openecf.cli.site_files import SANDBOX_APP, SANDBOX_TOKEN


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")
    parser.add_argument("--port", type=int, help="where it listens (default: beside the installation's sites)")
    parser.add_argument("--app-id", default=SANDBOX_APP, help="the agency application that it knows")
    parser.add_argument("--access-token", default=SANDBOX_TOKEN, help="what callers show in Authentication: Bearer")
    parser.add_argument("--host", action="append", default=[], help="a further host to which payers may be sent back")
    parser.add_argument("--settles-after", type=float, default=60, metavar="SECONDS", help="for bank accounts")
    parser.add_argument("--late", type=float, default=40, metavar="SECONDS", help="how long a late answer takes")


def run(args: argparse.Namespace) -> int:
    layout = layout_of(args.var)
    folder = layout.var / "paygov"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    books = Books(
        folder / "books.sqlite3", app_id=args.app_id, hosts=hosts_of(layout) | set(args.host),
        settles_after=timedelta(seconds=args.settles_after),
    )  # fmt: skip
    port = args.port or layout.facts.get("first_port", 8000) + PAYGOV
    server = sandbox_server(books, port=port, access_token=args.access_token, late=args.late)
    signal.signal(signal.SIGTERM, _end)
    try:
        server.serve_forever()
    finally:
        server.server_close()
    return 0


def hosts_of(layout: Layout) -> frozenset[str]:
    """The host names of the installation's sites."""
    names = {"127.0.0.1", "localhost"}
    for site in layout.sites():
        names |= {urlsplit(site.config.base_url).hostname or "", *site.config.hosts}
    return frozenset(names - {""})


def _end(_signum: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
