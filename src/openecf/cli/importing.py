"""``openecf import dockets PATH…``: dockets from JSON files, each into the court that it names (or the one given)."""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from openecf.cli.court import database_server
from openecf.cli.inside import enter
from openecf.cli.layout import Layout, NoSuchSite, layout_of
from openecf.cli.process import child_environment, openecf
from openecf.kernel.refusal import Refusal


class NothingToImport(Refusal):
    said = "No JSON file is in the paths given."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["dockets"], help="what to import")
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files, or folders to search for *.json")
    parser.add_argument("--court", help="the court to import into (default: each file's own court_id)")
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")


def run(args: argparse.Namespace) -> int:
    layout, console = layout_of(args.var), Console(stderr=True)
    files = list(_files(args.paths))
    if not files:
        raise NothingToImport
    with database_server(layout):
        if args.court:
            return _import(layout, args.court, files, console)
        return _one_process_a_court(layout, files, console)


def _files(paths: Iterable[str]) -> Iterable[Path]:
    for path in map(Path, paths):
        yield from sorted(path.rglob("*.json")) if path.is_dir() else [path]


def _one_process_a_court(layout: Layout, files: list[Path], console: Console) -> int:
    """A process is one site: every court gets one of its own."""
    by_court: dict[str, list[Path]] = defaultdict(list)
    failed = 0
    for path in files:
        try:
            court = str(json.loads(path.read_bytes()).get("court_id", ""))
            layout.site(court)
        except (OSError, ValueError, AttributeError) as error:
            console.print(f"[red]refused[/]  {path}: it cannot be read: {error}", soft_wrap=True)
            failed += 1
        except NoSuchSite:
            console.print(
                f"[red]refused[/]  {path}: this installation has no court {court!r}; make it with "
                f"[bold]openecf court create {court}[/]",
                soft_wrap=True,
            )
            failed += 1
        else:
            by_court[court].append(path)
    codes = [
        subprocess.run(  # noqa: S603  (our own command)
            openecf("import", "dockets", *map(str, paths), "--court", court, "--var", str(layout.var)),
            env=child_environment(),
            check=False,
        ).returncode
        for court, paths in sorted(by_court.items())
    ]
    return 1 if failed or any(codes) else 0


def _import(layout: Layout, court: str, files: list[Path], console: Console) -> int:
    enter(layout.site(court).folder)
    services = importlib.import_module("openecf.court.importing.services")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        task = progress.add_task(court, total=len(files))

        def tell(taken) -> None:
            progress.advance(task)
            if taken.outcome == "refused":
                progress.console.print(f"[red]refused[/]  {taken.path}: {taken.reason}", soft_wrap=True)
            for line in taken.left_out:
                progress.console.print(f"[yellow]noted[/]    {taken.path}: {line}", soft_wrap=True)

        done = services.import_dockets(files, at=datetime.now(UTC), report=tell)
    console.print(
        f"{court}: {done.count('taken')} taken, {done.count('extended')} extended, {done.count('unchanged')} unchanged, "
        f"{len(done.refused)} refused; {done.entries:,} entries, {done.rows:,} rows in {done.seconds:.1f} s "
        f"({done.rows_per_second:,.0f} rows/s)",
        soft_wrap=True,
    )
    return 1 if done.refused else 0
