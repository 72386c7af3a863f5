"""``openecf record COURT``: whether a court's record is still what was entered. Changes nothing.

Each case's entries and corrections form a chain, each filed document carries the court's signature, and the store
keeps bytes under their hash. Whoever rewrites history in the database or on the disk breaks at least one of them.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.progress import Progress

from openecf.cli.inside import enter
from openecf.cli.layout import layout_of


@dataclass(frozen=True)
class Broken:
    """One thing that is not as it was entered."""

    case: str
    what: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("court", help="the court's id")
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")
    parser.add_argument("--case", default="", help="only the case of this number")
    parser.add_argument("--bytes", action="store_true", help="read every document's bytes again, too (takes long)")


def run(args: argparse.Namespace) -> int:
    """Walk the record. 0: all of it is as entered; 1: something is not, and which is said."""
    enter(layout_of(args.var).site(args.court).folder)
    console, wrong = Console(highlight=False), 0
    cases = [row for row in _cases() if args.case in ("", row[1])]
    with Progress(console=console, transient=True) as progress:
        for case_id, number in progress.track(cases, description="Reading the record"):
            for broken in breaks(case_id, number, with_bytes=args.bytes):
                console.print(f"[red]✗[/] {broken.case}: {broken.what}", soft_wrap=True)
                wrong += 1
    said = "the record is as it was entered" if not wrong else "not everything is as it was entered"
    console.print(f"Cases read: {len(cases)}. Places that are wrong: {wrong}; {said}.")
    return 1 if wrong else 0


def _cases() -> Iterator[tuple[int, str]]:
    return importlib.import_module("openecf.court.cases.queries").every_number()


def breaks(case_id: int, number: str, *, with_bytes: bool) -> Iterator[Broken]:
    """What is not as it was entered in a case, in words."""
    dockets = importlib.import_module("openecf.court.docket.queries")
    notices = importlib.import_module("openecf.court.notices.queries")
    # Twice, for a correction may be made while its case is read.
    found = dockets.chain_breaks(case_id)
    for seq in [each for each in found if each in dockets.chain_breaks(case_id)]:
        lost = "the end of its chain is missing: entries or corrections were removed"
        yield Broken(
            number, lost if seq == dockets.LOST else f"entry {seq} is not what the chain of the case vouches for"
        )
    for seq, part in notices.stamp_breaks(case_id):
        yield Broken(number, f"entry {seq}, part {part}: the court's stamp does not vouch for what is on record")
    if with_bytes:
        documents = importlib.import_module("openecf.court.documents.services")
        for row in importlib.import_module("openecf.court.documents.queries").held_of(case_id):
            if documents.hash_of(document=row) != row.sha256:
                yield Broken(number, f"entry {row.entry.seq}, part {row.part}: the stored bytes are missing or altered")
