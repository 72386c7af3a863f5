"""``openecf keys``: the keys with which Central Sign-On signs, one more before its time, one that is in wrong hands."""

from __future__ import annotations

import argparse
import importlib
from datetime import UTC, datetime

from openecf.cli.court import database_server
from openecf.cli.inside import enter
from openecf.cli.layout import layout_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    everything = acts.add_parser("list", help="the keys that are in use, and those that were withdrawn")
    publish = acts.add_parser("publish", help="publish a successor now; it signs when every court has read it")
    withdraw = acts.add_parser("withdraw", help="a key may be in wrong hands: nothing that it signed counts any more")
    withdraw.add_argument("kid", help="the key's id, as the list shows it")
    withdraw.add_argument("--reason", required=True, help="why; it is kept in the audit lines")
    for one in (everything, publish, withdraw):
        one.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")


def run(args: argparse.Namespace) -> int:
    layout = layout_of(args.var)
    site = layout.site("central")
    with database_server(layout):
        enter(site.folder)
        services = importlib.import_module("openecf.central.signon.services")
        at = datetime.now(UTC)
        if args.act == "publish":
            kid = services.publish_key(by="operator", at=at)
            print(f"{kid} is published. It signs by itself in some ten minutes, when every court has read it.")
        elif args.act == "withdraw":
            signing = services.withdraw_key(kid=args.kid, why=args.reason, by="operator", at=at)
            print(f"{args.kid} is withdrawn: within seconds no court takes it. {signing} signs.")
        else:
            for key in importlib.import_module("openecf.central.signon.queries").signing_keys():
                print(_line(key))
    return 0


def _line(key: object) -> str:
    state = "withdrawn" if key.withdrawn_at else key.state
    since = key.withdrawn_at or key.retired_at or key.signing_at or key.published_at
    return f"{key.kid:<43}  {state:<10}since {since:%Y-%m-%d %H:%M} UTC"
