"""``openecf work SITE``: one site's jobs."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os

from procrastinate.contrib.django import app

from openecf.cli.inside import enter
from openecf.cli.layout import layout_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", help="the site's id: central, or a court's")
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")
    parser.add_argument("--concurrency", type=int, default=4, help="jobs at a time")
    parser.add_argument(
        "--nice", type=int, default=10, help="how far jobs give way to pages on a busy machine, 0 to 19"
    )
    parser.add_argument("--once", action="store_true", help="do the jobs that wait, then end")


def run(args: argparse.Namespace) -> int:
    site = layout_of(args.var).site(args.site)
    enter(site.folder)
    services = importlib.import_module("openecf.platform.jobs.services")
    # Nobody waits for a job as people wait for a page; on a machine with time to spare nothing changes. Not while it
    # starts, though: until it has, no job is done, and courts are told of no sign-off.
    os.nice(min(max(args.nice, 0), 19))
    with app.replace_connector(app.connector.get_worker_connector()):
        asyncio.run(services.work(name=f"openecf {args.site}", concurrency=args.concurrency, wait=not args.once))
    return 0
