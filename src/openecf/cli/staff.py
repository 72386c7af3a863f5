"""``openecf staff``: who works at the Service Center. The person has a PACER account already, and signs in with it."""

from __future__ import annotations

import argparse
import importlib
from datetime import UTC, datetime

from openecf.cli.court import database_server
from openecf.cli.inside import enter
from openecf.cli.layout import layout_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    appoint = acts.add_parser("appoint", help="let the owner of a PACER account work at the desk")
    appoint.add_argument("username", help="the user name of the PACER account")
    appoint.add_argument("--role", choices=["agent", "supervisor"], default="agent", help="default: agent")
    dismiss = acts.add_parser("dismiss", help="close the desk to somebody, and end that account's sign-ons")
    dismiss.add_argument("username", help="the user name of the PACER account")
    everybody = acts.add_parser("list", help="who works at the desk")
    for one in (appoint, dismiss, everybody):
        one.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")


def run(args: argparse.Namespace) -> int:
    layout = layout_of(args.var)
    site = layout.site("central")
    with database_server(layout):
        enter(site.folder)
        room = importlib.import_module("openecf.central.service_center.services")
        if args.act == "appoint":
            room.appoint(username=args.username, role=args.role, by="operator", at=datetime.now(UTC))
            print(f"{args.username} opens the desk at {site.config.base_url}/service-center/desk as {args.role}.")
        elif args.act == "dismiss":
            room.dismiss(username=args.username, by="operator", at=datetime.now(UTC))
            print(f"The desk is closed to {args.username}, and every sign-on of that account has ended.")
        else:
            for agent in importlib.import_module("openecf.central.service_center.queries").all_staff():
                print(f"{agent.role:<10}  {agent.account.username:<20}  since {agent.since:%Y-%m-%d}")
    return 0
