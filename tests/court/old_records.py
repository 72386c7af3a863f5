"""Exports of an old system that tests spoil, and what is told of them."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openecf.court.conversion import loading, services
from openecf.court.conversion.reading import Told

CLOSED = datetime(2027, 4, 2, 12, 30, tzinfo=UTC)
LIVE = datetime(2027, 4, 5, 12, 30, tzinfo=UTC)
BEFORE, DURING = CLOSED - timedelta(days=2), CLOSED + timedelta(hours=20)


def silent(*_: object) -> None:
    """Progress that nobody looks at."""


def spoil(folder: Path, name: str, line: int, column: str, value: str) -> None:
    """Write another value into a file, and its hash into the manifest as if the old system had said so."""
    path = folder / name
    rows = list(csv.reader(path.open(newline="", encoding="utf-8")))
    if column not in rows[0]:
        rows = [[*row, value if n == line - 1 else ""] for n, row in enumerate(rows)]
        rows[0][-1] = column
    else:
        # Lines of the file: cells with several lines come later than their record's number.
        at = next(n for n, end in enumerate(_ends(path)) if end >= line)
        rows[at][rows[0].index(column)] = value
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)
    signed(folder, name)


def _ends(path: Path) -> list[int]:
    reader = csv.reader(path.open(newline="", encoding="utf-8"))
    return [reader.line_num for _row in reader]


def signed(folder: Path, name: str, rows: int | None = None) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name]["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    if rows is not None:
        manifest["files"][name]["rows"] = rows
    (folder / "manifest.json").write_text(json.dumps(manifest))


def load(folder: Path) -> loading.Loaded:
    return services.load(folder, at=DURING, progress=silent)


def checked(folder: Path) -> Told:
    told = Told()
    services.check(folder, progress=silent, told=told)
    return told


def verified(folder: Path) -> Told:
    told = Told()
    services.verify(folder, at=DURING, progress=silent, told=told)
    return told
