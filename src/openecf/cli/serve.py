"""``openecf serve SITE``: one site over HTTP, on Granian."""

from __future__ import annotations

import argparse
import os

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from openecf.cli import hashing
from openecf.cli.layout import layout_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", help="the site's id: central, or a court's")
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")
    parser.add_argument("--address", default="127.0.0.1", help="where to listen (default: this machine only)")
    parser.add_argument("--port", type=int, help="default: the port in site.json")
    parser.add_argument("--processes", type=int, default=1, help="server processes; metrics are counted per process")
    parser.add_argument("--threads", type=int, default=8, help="requests that one process answers at a time")


def run(args: argparse.Namespace) -> int:
    site = layout_of(args.var).site(args.site)
    os.environ["OPENECF_SITE"] = str(site.folder)
    hashing.cost()  # refuses to serve with a hash that would end the server at the first sign-on
    Server(
        "openecf.sites.wsgi:application",
        address=args.address,
        port=args.port or site.config.port,
        interface=Interfaces.WSGI,
        workers=args.processes,
        blocking_threads=args.threads,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    ).serve()
    return 0
