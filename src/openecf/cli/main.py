"""The ``openecf`` command. Each subcommand is a module of this folder, imported only when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import warnings
from collections.abc import Sequence
from types import ModuleType

from openecf.cli.process import follow_parent
from openecf.kernel.refusal import Refusal

COMMANDS = {
    "up": ("up", "start the central site, the courts, their workers, the mailbox and the gateway"),
    "serve": ("serve", "serve one site over HTTP"),
    "work": ("work", "run one site's jobs"),
    "migrate": ("migrate", "bring the databases of all sites, or of one, up to date"),
    "court": ("court", "create a court's site, or change what a court decides for itself"),
    "user": ("user", "issue a court's account to a person, such as the first clerk"),
    "staff": ("staff", "let somebody work at the Service Center, as an agent or supervisor, or no more"),
    "two-step": ("two_step", "say from which day accounts of a type need a second factor to sign on"),
    "keys": ("keys", "list the keys that sign sign-ons, publish the next, or withdraw one that is in wrong hands"),
    "import": ("importing", "import dockets from JSON files"),
    "verify": ("verify", "check the stamps of a notice and its documents, offline"),
    "gateway": ("gateway_command", "carry the judiciary's host names to the sites on this machine"),
    "mailbox": ("mailbox", "receive the demonstration's mail and show it on a web page"),
    "paygov-sandbox": ("paygov_sandbox", "stand in for Pay.gov, for tests and the demonstration; no money moves"),
    "demo": ("demo", "show the demonstration's addresses and sign-ins"),
    "record": ("record", "say whether a court's record is still what was entered: chains, stamps, stored bytes"),
    "doctor": ("doctor", "say what is wrong with an installation, and the mend"),
    "messages": ("messages", "show the messages and mails of one site that got stuck; try again, or give up"),
    "token": ("token", "print the token with which a program on this machine reads a site's metrics"),
    "assets": ("assets", "build the web assets from their npm packages, and the translations"),
    "catalogues": ("catalogues", "collect the words of the pages into the catalogues of their translations"),
    "settle": ("settle", "prepare one site: migrations, its peers, demonstration data (used by up)"),
    "manage": ("manage", "run a Django management command in one site"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; the exit code is 0 when it did what was asked."""
    follow_parent()
    # A library of the private PostgreSQL looks for a runtime folder at import; that there is none is no news here.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] not in COMMANDS:
        return _explain(words)
    name, help_text = COMMANDS[words[0]]
    module = importlib.import_module(f"openecf.cli.{name}")
    parser = argparse.ArgumentParser(prog=f"openecf {words[0]}", description=help_text[0].upper() + help_text[1:] + ".")
    module.add_arguments(parser)
    return _run(module, in_any_order(parser, words[1:]))


def in_any_order(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.Namespace:
    """Read what was typed, options before, between or after names: ``demo code --var DIR NAME`` as well as the other way.

    A parser whose first word decides what follows (``court create``, ``manage``) refuses to be read like that by a
    TypeError, and reads in order.
    """
    try:
        return parser.parse_intermixed_args(words)
    except TypeError:
        return parser.parse_args(words)


def _run(module: ModuleType, args: argparse.Namespace) -> int:
    try:
        return module.run(args) or 0
    except Refusal as refusal:
        print(f"openecf: {refusal.said}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; nothing is left to say to anyone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _explain(words: Sequence[str]) -> int:
    asked = not words or words[0] in {"-h", "--help", "help"}
    out = sys.stdout if asked else sys.stderr
    if not asked:
        print(f"openecf: there is no command {words[0]!r}\n", file=out)
    print("usage: openecf COMMAND …\n", file=out)
    for command, (_, help_text) in COMMANDS.items():
        print(f"  {command:<14} {help_text}", file=out)
    print("\nopenecf COMMAND --help says more.", file=out)
    return 0 if asked else 2


if __name__ == "__main__":
    sys.exit(main())
