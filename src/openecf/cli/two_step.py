"""``openecf two-step``: from which day accounts of a type need a second factor to sign on."""

from __future__ import annotations

import argparse
import importlib
from datetime import UTC, date, datetime

from openecf.cli.court import database_server
from openecf.cli.inside import enter
from openecf.cli.layout import layout_of

TYPES = ("attorney", "non-attorney", "search", "paa")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("type", nargs="?", choices=TYPES, help="the type of account; without it, the plans are listed")
    parser.add_argument("day", nargs="?", help="the first day, as 2027-02-01, at least 30 days ahead; or never")
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")


def run(args: argparse.Namespace) -> int:
    layout = layout_of(args.var)
    site = layout.site("central")
    with database_server(layout):
        enter(site.folder)
        queries = importlib.import_module("openecf.central.factors.queries")
        services = importlib.import_module("openecf.central.factors.services")
        at = datetime.now(UTC)
        if args.type and args.day == "never":
            services.withdraw(whom=args.type, by="operator", at=at)
        elif args.type and args.day:
            try:
                begins = date.fromisoformat(args.day)
            except ValueError:
                print(f"{args.day} is not a day. Write it as 2027-02-01.")
                return 2
            services.plan(whom=args.type, begins=begins, by="operator", at=at)
        plans = queries.plans()
        for whom in [args.type] if args.type else TYPES:
            print(f"{whom:<14}{plans.get(whom, 'no plan')}")
    return 0
