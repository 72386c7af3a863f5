"""``openecf gateway``: see :mod:`openecf.cli.gateway`."""

from __future__ import annotations

import argparse

from openecf.cli import gateway
from openecf.cli.layout import GATEWAY, layout_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")
    parser.add_argument("--port", type=int, help="where to listen (default: beside the installation's sites)")


def run(args: argparse.Namespace) -> int:
    layout = layout_of(args.var)
    gateway.run(layout.var, args.port or layout.facts.get("first_port", 8000) + GATEWAY)
    return 0
