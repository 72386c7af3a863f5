"""``openecf demo table``: where the demonstration is, and who can sign on to it; ``openecf demo code``: the codes that
their authenticator apps show now."""

from __future__ import annotations

import argparse
from base64 import b32decode
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from openecf.central.factors import rules
from openecf.cli.layout import Layout, layout_of
from openecf.kernel import courts
from openecf.kernel.refusal import Refusal
from openecf.platform.demo_cast import ACCOUNTS, COURT_PASSWORD, COURT_USERS, CastAccount


class NoSuchApp(Refusal):
    said = (
        "Nobody of the demonstration who has that user name has an authenticator app. openecf demo table shows who has."
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["table", "code"], help="print the table of addresses and sign-ins, or a code")
    parser.add_argument("username", nargs="?", default="", help="whose code; without a name everybody's")
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")


def run(args: argparse.Namespace) -> int:
    if args.what == "code":
        now = datetime.now(UTC)
        print(code_now(args.username, at=now) if args.username else codes_now(at=now))
    else:
        print_table(wide_console(), layout_of(args.var))
    return 0


def codes_now(*, at: datetime) -> str:
    """A line for each of the cast who has an authenticator app, with what it shows."""
    return "\n".join(f"{one.username}  {code_now(one.username, at=at)}" for one in ACCOUNTS if one.authenticator)


def code_now(username: str, *, at: datetime) -> str:
    """What the authenticator app of one of the cast shows. NoSuchApp."""
    person = next((one for one in ACCOUNTS if one.username == username and one.authenticator), None)
    if person is None:
        raise NoSuchApp
    return rules.code_of(b32decode(person.authenticator), rules.step_at(at))


def wide_console() -> Console:
    """A console; into a file or pipe it writes lines wide enough for the table."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=150)


def print_table(console: Console, layout: Layout) -> None:
    """Addresses of the sites, then whom the demonstration knows."""
    facts = layout.facts
    places = Table(title="Sites", title_justify="left", title_style="bold")
    for heading in ("site", "address", "what it is"):
        places.add_column(heading, no_wrap=heading != "what it is")
    for site in layout.sites():
        what = "PACER, Central Sign-On" if site.config.kind == "central" else courts.court(site.id).full_name
        places.add_row(site.id, site.config.base_url, what)
    if "mailbox" in facts:
        places.add_row("mailbox", facts["mailbox"]["url"], "every mail that the demonstration sends")
        places.add_row("paygov-sandbox", facts["paygov"]["url"], "a stand-in for Pay.gov: test cards, no money moves")
        proxy = f"HTTPS_PROXY for unmodified clients; CA: {facts['gateway']['ca']}"
        places.add_row("gateway", facts["gateway"]["proxy"], proxy)
    console.print(places)
    if any(site.config.demonstration for site in layout.sites()):
        console.print(_people())


def _people() -> Table:
    people = Table(title="Demonstration sign-ins (invented people)", title_justify="left", title_style="bold")
    for heading in ("who", "PACER username", "password", "court-issued login"):
        people.add_column(heading, no_wrap=heading != "who")
    for account in ACCOUNTS:
        who = f"{account.first} {account.last}: {account.role}"
        password = f"{account.password} + openecf demo code" if account.authenticator else account.password
        people.add_row(who, account.username, password, _court_login(account))
    return people


def _court_login(account: CastAccount) -> str:
    """The login that a person who is not linked yet proves at a court."""
    for user in COURT_USERS:
        if not user.account and (user.first, user.last) == (account.first, account.last):
            return f"{user.login} / {COURT_PASSWORD}"
    return ""
