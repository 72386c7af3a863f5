"""``openecf manage SITE COMMAND…``: Django's own management commands, in one site."""

from __future__ import annotations

import argparse

from django.core.management import execute_from_command_line

from openecf.cli.inside import enter
from openecf.cli.layout import layout_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")
    parser.add_argument("site", help="the site's id")
    parser.add_argument("words", nargs=argparse.REMAINDER, help="the command and its arguments")


def run(args: argparse.Namespace) -> int:
    enter(layout_of(args.var).site(args.site).folder)
    execute_from_command_line(["openecf manage", *args.words])
    return 0
