"""``openecf import dockets PATH…``: dockets from JSON files, each into the court that it names (or the one given)."""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from openecf.cli.court import database_server
from openecf.cli.inside import enter
from openecf.cli.layout import Layout, NoSuchSite, layout_of
from openecf.cli.process import child_environment, openecf
from openecf.kernel.refusal import Refusal

LARGEST_FILE = 128 * 1024 * 1024
"""Bytes: as the courts' importing room has it."""
MOST_NAMED = 5
"""Fields kept as they came that are named for each file; the report file has all of them."""
OUTCOMES = ("taken", "extended", "unchanged", "refused")


class NothingToImport(Refusal):
    said = "No JSON file is in the paths given."


class NoDocket(Refusal):
    """A file that names no court."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["dockets"], help="what to import")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files, or folders to search for *.json")
    parser.add_argument("--files-from", metavar="FILE", help="read further paths from a file, one a line")
    parser.add_argument("--court", help="the court to import into (default: each file's own court_id)")
    parser.add_argument("--report", metavar="FILE", help="write what became of each file, one JSON object a line")
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")


def run(args: argparse.Namespace) -> int:
    layout, console = layout_of(args.var), Console(stderr=True)
    given = Path(args.files_from).read_text("utf-8").splitlines() if args.files_from else []
    files = list(_files([*args.paths, *given]))
    if not files:
        raise NothingToImport
    with database_server(layout), tempfile.TemporaryDirectory(prefix="openecf-import-") as folder:
        report = Path(args.report) if args.report else Path(folder) / "report.jsonl"
        report.write_text("", "utf-8")
        if args.court:
            return _import(layout, args.court, files, report, console)
        return _one_process_a_court(layout, files, report, Path(folder), console)


def _files(paths: Iterable[str]) -> Iterator[Path]:
    for path in map(Path, paths):
        yield from sorted(path.rglob("*.json")) if path.is_dir() else [path]


def _court_of(path: Path) -> str:
    """The court that a file names. NoDocket says why there is none."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise NoDocket(f"The file is larger than {LARGEST_FILE // 2**20} MB.")
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise NoDocket(f"The file cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise NoDocket(f"It is not JSON: {str(error)[:200]}") from None
    except MemoryError:
        raise NoDocket("There is not enough memory to read it.") from None
    if not isinstance(data, dict) or not isinstance(data.get("court_id"), str):
        raise NoDocket("It is not a docket: it names no court.")
    return data["court_id"]


def _one_process_a_court(layout: Layout, files: list[Path], report: Path, folder: Path, console: Console) -> int:
    """A process is one site: every court gets one of its own."""
    by_court: dict[str, list[Path]] = defaultdict(list)
    for path in files:
        try:
            court = _court_of(path)
            layout.site(court)
        except NoDocket as refusal:
            _refuse(path, str(refusal.said), report, console)
        except NoSuchSite:
            _refuse(path, f"This installation has no court {court!r}: openecf court create {court}", report, console)
        else:
            by_court[court].append(path)
    broken = [court for court, paths in sorted(by_court.items()) if not _child(layout, court, paths, report, folder)]
    return _sum_up(report, broken, console)


def _child(layout: Layout, court: str, paths: list[Path], report: Path, folder: Path) -> bool:
    """Import into one court in a process of its own; whether that came to its end."""
    listed, mine = folder / f"{court}.files", folder / f"{court}.jsonl"
    listed.write_text("".join(f"{path.resolve()}\n" for path in paths), "utf-8")
    arguments = ("--files-from", str(listed), "--court", court, "--report", str(mine), "--var", str(layout.var))
    ended = subprocess.run(openecf("import", "dockets", *arguments), env=child_environment(), check=False)  # noqa: S603
    if mine.exists():
        with report.open("a", encoding="utf-8") as whole:
            whole.write(mine.read_text("utf-8"))
    return ended.returncode in (0, 1)


def _refuse(path: Path, reason: str, report: Path, console: Console) -> None:
    console.print(f"[red]refused[/]  {escape(f'{path}: {reason}')}", soft_wrap=True, highlight=False)
    _note(report, {"path": str(path), "outcome": "refused", "reason": reason, "court": ""})


def _note(report: Path, line: dict[str, Any]) -> None:
    with report.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")


def _sum_up(report: Path, broken: list[str], console: Console) -> int:
    """The table of all courts, and once more whatever was refused: it scrolled away long ago."""
    lines = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    table = Table("court", *OUTCOMES, "entries")
    for court in sorted({line["court"] for line in lines if line["court"]}):
        mine = [line for line in lines if line["court"] == court]
        counts = [str(sum(line["outcome"] == outcome for line in mine)) for outcome in OUTCOMES]
        table.add_row(court, *counts, f"{sum(line['entries'] for line in mine):,}")
    if table.row_count:
        console.print(table)
    refused = [line for line in lines if line["outcome"] == "refused"]
    if refused:
        console.print(f"[red]{len(refused)} of {len(lines)} files were refused:[/]")
    for line in refused:
        console.print(f"  {line['path']}: {line['reason']}", soft_wrap=True, highlight=False, markup=False)
    for court in broken:
        console.print(f"[red]The import into {court} ended early; start it again, and it goes on where it was.[/]")
    return 1 if refused or broken else 0


def _import(layout: Layout, court: str, files: list[Path], report: Path, console: Console) -> int:
    enter(layout.site(court).folder)
    services = importlib.import_module("openecf.court.importing.services")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        task = progress.add_task(court, total=len(files))

        def tell(taken: Any) -> None:
            progress.advance(task)
            _note(report, asdict(taken) | {"court": court})
            show = progress.console.print
            if taken.outcome == "refused":
                show(f"[red]refused[/]  {escape(f'{taken.path}: {taken.reason}')}", soft_wrap=True, highlight=False)
            if taken.kept:
                where = ", ".join(taken.kept[:MOST_NAMED]) + (", …" if len(taken.kept) > MOST_NAMED else "")
                said = f"{taken.path}: {len(taken.kept)} as they came, shown to clerks with the case: {where}"
                show(f"[cyan]kept[/]     {escape(said)}", soft_wrap=True, highlight=False)
            for line in taken.left_out:
                show(f"[yellow]noted[/]    {escape(f'{taken.path}: {line}')}", soft_wrap=True, highlight=False)

        done = services.import_dockets(files, at=datetime.now(UTC), report=tell)
    if done.count("taken"):  # the list of courts says how many cases there are
        importlib.import_module("openecf.court.transition.services").tell_status(at=datetime.now(UTC))
    kept = sum(len(one.kept) for one in done.files)
    console.print(
        f"{court}: {done.count('taken')} taken, {done.count('extended')} extended, {done.count('unchanged')} unchanged, "
        f"{len(done.refused)} refused; {done.entries:,} entries, {done.rows:,} rows in {done.seconds:.1f} s "
        f"({done.rows_per_second:,.0f} rows/s)" + (f"; {kept:,} fields kept as they came" if kept else ""),
        soft_wrap=True,
    )
    return 1 if done.refused else 0
