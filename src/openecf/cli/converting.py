"""``openecf court convert``: a court's old record, from an export in the layout of ``docs/court-conversion.md``."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from openecf.cli.inside import enter
from openecf.cli.process import child_environment, openecf
from openecf.kernel.refusal import Refusal
from openecf.platform.config import Site

ACTS = {
    "check": "look at everything, tell what does not fit, write nothing",
    "load": "take it over; started again after it was stopped, it goes on where it was",
    "verify": "compare every row and every document here with the export",
    "switch": "go on with the converted record: its cases open, its logins work",
    "invent": "write a small invented export into DIR, to try all this with",
    "roll-back": "take out again what was converted; until the court is live",
}
SHOWN = 20
"""Problems of each weight that are shown; ``--report`` has all of them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="the export: manifest.json and its files")
    parser.add_argument("--court", required=True, metavar="ID", help="the court's id")
    acts = parser.add_mutually_exclusive_group(required=True)
    for act, help_text in ACTS.items():
        acts.add_argument(f"--{act}", dest="convert", action="store_const", const=act, help=help_text)
    parser.add_argument("--report", metavar="FILE", help="write everything that is told, one JSON object a line")
    parser.add_argument(
        "--processes",
        type=int,
        default=min(os.cpu_count() or 1, 8),
        metavar="N",
        help="how many load at once (default: one for each processor, at most 8)",
    )
    parser.add_argument("--share", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--despite-findings", action="store_true", help="switch although people were not all looked at")


class RowsPerSecond(ProgressColumn):
    """How many a second, over the last half minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="progress.data.speed")


@contextmanager
def _bars(console: Console) -> Iterator[Any]:
    """A bar for each thing that is done, one under the other."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}/{task.total:,}"))
    with Progress(*columns, RowsPerSecond(), TimeElapsedColumn(), TimeRemainingColumn(), console=console) as bars:
        tasks: dict[str, Any] = {}

        def progress(what: str, done: int, total: int) -> None:
            if what not in tasks:
                # Without its beginning: what an earlier run did would count as this one's speed.
                tasks[what] = bars.add_task(what, total=max(total, 1), completed=done)
            bars.update(tasks[what], completed=done if total else 1, total=max(total, 1))

        yield progress


class StoppedShort(Refusal):
    """A process beside this one did not come to its end; ``said`` is what it said."""


class Helpers:
    """Processes of this very command that load the other shares. They end with this one, however it ends."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, shares: range) -> None:
        words = ["court", "convert", str(self.args.folder), "--court", self.args.court, "--load"]
        words += ["--var", self.args.var] if self.args.var else []
        self.processes = [
            subprocess.Popen(  # noqa: S603  (our own command)
                openecf(*words, "--share", str(share)), env=child_environment(), stderr=subprocess.PIPE, text=True
            )
            for share in shares
        ]

    def wait(self) -> None:
        said = [process.communicate()[1] for process in self.processes]
        wrong = [words for words, process in zip(said, self.processes, strict=True) if process.returncode]
        if wrong:
            raise StoppedShort(wrong[0].strip().removeprefix("openecf: ")[-2000:] or "A process ended early.")


def run(site: Site, args: argparse.Namespace, console: Console) -> int:
    """One act at one court. The exit code is 1 where something does not fit or differs."""
    enter(site.folder)
    room = importlib.import_module("openecf.court.conversion.services")
    reading = importlib.import_module("openecf.court.conversion.reading")
    report = Path(args.report).open("w", encoding="utf-8") if args.report else None
    try:
        told = reading.Told(most=SHOWN, also=_noting(report))
        return _run(room, args, told, report, console)
    finally:
        if report:
            report.close()


def _noting(report: TextIO | None) -> Any:
    def note(problem: Any) -> None:
        if report:
            report.write(json.dumps(asdict(problem)) + "\n")

    return note


def _run(room: Any, args: argparse.Namespace, told: Any, report: TextIO | None, console: Console) -> int:
    now = datetime.now(UTC)
    if args.convert == "invent":
        return _invented(room.invent(args.folder, at=now), console)
    with _bars(console) as progress:
        if args.convert == "check":
            found = room.check(args.folder, progress=progress, told=told)
        elif args.convert == "load" and args.share:
            room.load_share(args.folder, share=args.share, progress=lambda *_: None)
            return 0
        elif args.convert == "load":
            helpers = Helpers(args)
            done = room.load(args.folder, at=now, progress=progress, shares=args.processes, helpers=helpers)
        elif args.convert == "verify":
            conversion = room.verify(args.folder, at=now, progress=progress, told=told)
        elif args.convert == "switch":
            conversion = room.switch(args.folder, at=now, despite_findings=args.despite_findings)
        else:
            conversion = room.roll_back(at=now, progress=progress)
    _show(told, args.report, console)
    if args.convert == "check":
        return _checked(found, report, console)
    if args.convert == "load":
        speed = done.rows / done.row_seconds if done.row_seconds else 0
        console.print(
            f"Loaded: {done.rows:,} rows in {done.row_seconds:.1f} s ({speed:,.0f} rows/s); "
            f"{done.passwords:,} passwords in {done.password_seconds:.1f} s. Next: --verify, and the court's page "
            "Conversion.",
            soft_wrap=True,
        )
    elif args.convert == "verify":
        if conversion.verified_at is None:
            console.print(f"[red]{told.grave:,} rows or documents differ: the switch stays closed.[/]")
            return 1
        console.print("Verified: every row and every document is what the export says. Next: --switch")
    elif args.convert == "switch":
        console.print("Switched. The hours in the court's profile decide the rest; nothing has to be done at go-live.")
    else:
        console.print("Rolled back: nothing of the export is here any more.")
    return 0


def _invented(export: Any, console: Console) -> int:
    console.print(
        f"Written: {export.folder}, an invented export of {export.court}: {export.cases:,} cases, {export.users:,} logins "
        f"(filer1 with the password {export.password_of(1)!r}, filer2, …), {export.stored:,} documents. Next: --check",
        soft_wrap=True,
        highlight=False,
    )
    return 0


def _show(told: Any, report: str | None, console: Console) -> None:
    for problem in told.problems:
        mark = "[red]does not fit[/]" if problem.grave else "[yellow]noted[/]       "
        console.print(f"{mark}  {escape(str(problem))}", soft_wrap=True, highlight=False)
    if (more := told.grave + told.noted - len(told.problems)) > 0:
        where = f"all of them are in {report}" if report else "--report FILE writes all of them down"
        console.print(f"… and {more:,} more; {where}")


def _checked(found: Any, report: TextIO | None, console: Console) -> int:
    for kind, why, what, people in found.findings:
        if report:
            line = {"finding": kind, "why": why, "what": what, "people": people}
            report.write(json.dumps(line) + "\n")
    kinds = [kind for kind, _why, _what, _people in found.findings]
    counts = ", ".join(f"{name.removesuffix('.csv')} {count:,}" for name, count in found.counts.items())
    console.print(f"Read: {counts}")
    console.print(
        f"For the clerk's office to look at: {kinds.count('twice'):,} people who seem to be there twice, "
        f"{kinds.count('shared-login'):,} logins of several people, {kinds.count('shared'):,} other things that several "
        "share. Once loaded, the court's page Conversion lists them.",
        soft_wrap=True,
    )
    if found.good:
        console.print("Everything fits. Next: --load")
        return 0
    console.print(
        f"[red]{found.told.grave:,} things do not fit. Mend the export and check again; nothing was written.[/]"
    )
    return 1
