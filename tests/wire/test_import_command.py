"""``openecf import dockets`` as an operator types it: bad files are named, a killed run goes on, a second changes nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from datetime import date
from pathlib import Path

import pytest

from tests.stand import OPENECF, Stand, until
from tests.wire.invent import Inventor

MANY = 1000


def written(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def small(inventor: Inventor, number: str) -> dict:
    inventor.day = date(2020, 1, 6)
    docket = inventor.civil()
    return docket | {"docket_number": number, "docket_entries": docket["docket_entries"][:3]}


def outcomes(report: Path) -> list[dict]:
    return [json.loads(line) for line in report.read_text().splitlines()]


def cases(stand: Stand, like: str) -> list[tuple[str, int]]:
    """Imported cases and how many entries each has, by number."""
    with stand.database("flsd") as database:
        return database.execute(
            'SELECT c.number, count(e.id) FROM "case" c LEFT JOIN entry e ON e.case_id = c.id '
            "WHERE c.imported_from LIKE %s GROUP BY c.id, c.number ORDER BY 1",
            [like],
        ).fetchall()


@pytest.fixture(scope="module")
def run_id() -> str:
    return f"t{time.time_ns() % 10**9}"


def test_bad_files_are_named_with_the_reason_while_the_others_go_on(stand, tmp_path, run_id):
    inventor = Inventor(time.time_ns(), "flsd")
    good = small(inventor, f"1:22-cv-{time.time_ns() % 90_000 + 10_000}")
    whole = json.dumps(good)
    bad = {
        "truncated": (whole[: len(whole) // 2], "not JSON"),
        "empty": ("", "not JSON"),
        "list": ("[1, 2]", "names no court"),
        "no-docket": ({"court_id": "flsd"}, "no docket number"),
        "unknown-court": (good | {"court_id": "moond"}, "openecf court create moond"),
        "no-number": (good | {"docket_number": "soon"}, "docket number"),
        "strange": (good | {"parties": "nobody"}, "Parties"),
        "zero-byte": (good | {"case_name": "a\x00b"}, "character"),
        "no-such-day": (good | {"date_filed": "2022-02-30"}, "not a day"),
        "ancient": (good | {"date_filed": "0007-01-01"}, "not a day of any court's record"),
        "[red]brackets[/x]": ("[/red]", "not JSON"),
    }
    for name, (content, _reason) in bad.items():
        written(tmp_path / f"{name.replace('/', '_')}.json", content)
    with (tmp_path / "huge.json").open("wb") as huge:
        huge.truncate(200 * 2**20)
    written(tmp_path / f"{run_id}-good.json", good)
    report = tmp_path / "report"
    ended = stand.run("import", "dockets", str(tmp_path), "--report", str(report), check=False)
    assert ended.returncode == 1
    assert f"{len(bad) + 1} of {len(bad) + 2} files were refused:" in ended.stderr, ended.stderr
    told = {Path(line["path"]).stem: line for line in outcomes(report)}
    for name, (_content, reason) in {**bad, "huge": (None, "larger than 128 MB")}.items():
        line = told[name.replace("/", "_")]
        assert line["outcome"] == "refused" and reason in line["reason"], line
        assert f"{line['path']}: {line['reason']}" in ended.stderr
    assert cases(stand, f"{run_id}-good%") == [(good["docket_number"], 3)]


def test_a_file_of_another_court_is_refused_where_the_court_was_named(stand, tmp_path):
    path = written(tmp_path / "other.json", Inventor(3, "flsb").petition())
    ended = stand.run("import", "dockets", str(path), "--court", "flsd", check=False)
    assert ended.returncode == 1 and "It is a docket of court 'flsb', not of 'flsd'." in ended.stderr


def test_a_folder_of_a_thousand_files_survives_a_kill_and_a_second_run_changes_nothing(stand, tmp_path, run_id):
    inventor = Inventor(time.time_ns(), "flsd")
    # Years that no other test uses, so that the numbers are free.
    folder = tmp_path / "many"
    folder.mkdir()
    base = time.time_ns() % 90_000
    for n in range(MANY):
        written(folder / f"{run_id}-{n:04d}.json", small(inventor, f"3:{10 + n % 7}-cv-{(base + n) % 99_999 + 1:05d}"))
    report = tmp_path / "report"
    command = [OPENECF, "import", "dockets", str(folder), "--court", "flsd", "--report", str(report), "--var"]
    first = subprocess.Popen([*command, str(stand.var)], stderr=subprocess.DEVNULL)
    until(
        lambda: report.exists() and len(report.read_text().splitlines()) >= MANY // 10,
        seconds=60, every=0.02, what="a tenth of the files",
    )  # fmt: skip
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    there = cases(stand, f"{run_id}-0%")
    assert MANY // 10 <= len(there) < MANY and {entries for _number, entries in there} == {3}, "each file whole or not"

    ended = stand.run("import", "dockets", str(folder), "--report", str(report), check=False)
    assert ended.returncode == 0, ended.stderr
    told = [line["outcome"] for line in outcomes(report)]
    assert (told.count("taken"), told.count("unchanged")) == (MANY - len(there), len(there))
    after = cases(stand, f"{run_id}-0%")
    assert len({number for number, _entries in after}) == MANY and {entries for _number, entries in after} == {3}

    stand.run("import", "dockets", str(folder), "--report", str(report))
    assert {line["outcome"] for line in outcomes(report)} == {"unchanged"}
    assert cases(stand, f"{run_id}-0%") == after
