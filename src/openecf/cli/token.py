"""``openecf token SITE``: what an operator's program on this machine shows to read a site's ``/metrics``."""

from __future__ import annotations

import argparse
import importlib

from openecf.cli.inside import enter
from openecf.cli.layout import layout_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", help="the site's id: central, or a court's")
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")


def run(args: argparse.Namespace) -> int:
    enter(layout_of(args.var).site(args.site).folder)
    print(importlib.import_module("openecf.platform.bus.access").operator_token())
    return 0
