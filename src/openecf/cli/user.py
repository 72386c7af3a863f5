"""``openecf user SITE LOGIN``: a court-issued account, such as the first clerk's, with a password to link it by."""

from __future__ import annotations

import argparse
import importlib
from datetime import UTC, datetime

from openecf.cli.court import database_server
from openecf.cli.inside import enter
from openecf.cli.layout import layout_of
from openecf.kernel.refusal import Refusal


class NotACourt(Refusal):
    said = "Court-issued accounts belong to courts. At the central site people register themselves."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("court", help="the court's id")
    parser.add_argument("login", help="the login to issue, such as idelgado")
    parser.add_argument("--group", required=True, help="clerk, judge, chambers, attorney, trustee, …")
    parser.add_argument("--first", default="", help="first name")
    parser.add_argument("--last", required=True, help="last name")
    parser.add_argument("--email", required=True, help="where the person gets notices")
    parser.add_argument("--bar-id", default="", help="an attorney's bar number")
    parser.add_argument("--firm", default="", help="the firm")
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")


def run(args: argparse.Namespace) -> int:
    layout = layout_of(args.var)
    site = layout.site(args.court)
    if site.config.kind != "court":
        raise NotACourt
    with database_server(layout):
        enter(site.folder)
        password = importlib.import_module("openecf.court.people.services").issue_account(
            login=args.login,
            group=args.group,
            first_name=args.first,
            last_name=args.last,
            email=args.email,
            bar_id=args.bar_id,
            firm=args.firm,
            by="operator",
            at=datetime.now(UTC),
        )
    print(f"login     {args.login}\npassword  {password}")
    print(
        f"The person signs on at {site.config.base_url} with the own PACER account and links this one: Utilities → Link."
    )
    return 0
