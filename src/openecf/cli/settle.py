"""``openecf settle``: prepare one site's database. A step that is asked for and done already does nothing twice."""

from __future__ import annotations

import argparse
import importlib
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from django.core.management import call_command

from openecf.cli.inside import enter
from openecf.platform.postgres.giving_way import giving_way


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="the site's folder")
    parser.add_argument("--migrate", action="store_true", help="bring the schema up to date")
    parser.add_argument("--peer", type=Path, action="append", default=[], help="folder of a site to know")
    parser.add_argument("--tell-again", action="store_true", help="a demonstration's court: tell the central site anew")
    parser.add_argument("--establish", action="store_true", help="write a new court's profile: live from now on")
    parser.add_argument("--demonstration", action="store_true", help="load the demonstration's invented data")


def run(args: argparse.Namespace) -> int:
    site = enter(args.folder.resolve())
    if args.migrate:
        giving_way(partial(call_command, "migrate", verbosity=0, interactive=False))
    now = datetime.now(UTC)
    inside = importlib.import_module(f"openecf.cli.inside_{site.config.kind}")
    for peer in args.peer:
        inside.meet(peer.resolve(), at=now)
    if args.tell_again:
        inside.tell_again(at=now)
    if args.establish:
        inside.establish(at=now)
    if args.demonstration:
        inside.load_demonstration(at=now)
    return 0
