"""``openecf messages SITE``: the desk of messages and mails that got stuck, for operators on the site's own machine."""

from __future__ import annotations

import argparse
import importlib
from datetime import UTC, datetime
from uuid import UUID

from rich.console import Console
from rich.table import Table

from openecf.cli.demo import wide_console
from openecf.cli.inside import enter
from openecf.cli.layout import layout_of
from openecf.kernel.refusal import Refusal


class NoSuchKey(Refusal):
    said = "Name a message by the id that the list shows, or a mail as mail:NUMBER."


class ReasonNeeded(Refusal):
    said = "Giving up needs a reason: --reason '…'. It stays on record."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", help="the site's id: central, or a court's")
    parser.add_argument("act", nargs="?", choices=["list", "retry", "discard"], default="list", help="what to do")
    parser.add_argument(
        "keys", nargs="*", metavar="KEY", help="which ones, as the list shows them (retry: none is all)"
    )
    parser.add_argument("--reason", default="", help="why they are given up")
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")


def run(args: argparse.Namespace) -> int:
    enter(layout_of(args.var).site(args.site).folder)
    desk = Desk()
    if args.act == "list":
        desk.show(wide_console())
        return 0
    if args.act == "discard" and not (args.reason.strip() and args.keys):
        raise ReasonNeeded
    if args.act == "retry" and not args.keys:
        Console(stderr=True).print(desk.retry_all())
        return 0
    for key in args.keys:
        desk.decide(key, act=args.act, reason=args.reason)
        Console(stderr=True).print(f"{key}: {'tried again' if args.act == 'retry' else 'given up'}")
    return 0


class Desk:
    """What is stuck at the site of this process."""

    def __init__(self) -> None:
        self._bus = importlib.import_module("openecf.platform.bus.services")
        self._mail = importlib.import_module("openecf.platform.mail.services")
        self._messages = importlib.import_module("openecf.platform.bus.queries").stuck()
        self._mails = importlib.import_module("openecf.platform.mail.queries").stuck()

    def retry_all(self) -> str:
        """Give everything another round; what became of it."""
        facts = {"by": "operator", "at": datetime.now(UTC)}
        done, failed = self._bus.retry_all(**facts)
        mails = self._mail.retry_all(**facts)
        return f"tried again: {done} messages, {mails} mails; failed again: {failed} messages"

    def show(self, console: Console) -> None:
        """The list, oldest first; mails by their reference, never by their recipients."""
        table = Table("key", "what", "since (UTC)", "tries", "why")
        for one in self._messages:
            way = "to" if one.way == "out" else "from"
            table.add_row(str(one.id), f"{one.type} {way} {one.site}", _at(one.since), str(one.attempts), one.why)
        for one in self._mails:
            since = _at(one.dead_at) if one.dead_at else ""
            table.add_row(f"mail:{one.pk}", one.reference or "mail", since, str(one.attempts), one.last_error)
        if table.row_count:
            console.print(table)
        else:
            console.print("Nothing is stuck.")

    def decide(self, key: str, *, act: str, reason: str) -> None:
        """Try one again, or give it up. NoSuchKey; NotStuck if somebody else dealt with it."""
        room, name, number = self._bus, "message_id", key
        if key.startswith("mail:"):
            room, name, number = self._mail, "mail_id", key.removeprefix("mail:")
        try:
            which = {name: int(number) if name == "mail_id" else UUID(number)}
        except ValueError:
            raise NoSuchKey from None
        facts = {"by": "operator", "at": datetime.now(UTC), **({"reason": reason} if act == "discard" else {})}
        getattr(room, act)(**which, **facts)


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
