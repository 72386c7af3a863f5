"""Every test: style, arrows, then pytest for each folder by itself, since a process is one site.

Two at a time, each lane with a PostgreSQL of its own; the folders that take long come first.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from openecf.cli.postgres import PrivatePostgres

HERE = Path(__file__).parent
ROOT = HERE.parent
BIN = Path(sys.executable).parent
PAGES = "tests/journeys/test_every_page.py"
STEPS = {
    "journeys": ["tests/journeys", f"--ignore={PAGES}"],
    "faults": ["tests/faults"],
    "central": ["tests/central"],
    "pages": [PAGES],
    "court": ["tests/court"],
    "wire": ["tests/wire"],
    "platform": ["tests/platform"],
    "benches": ["tests/benches"],
    "house": ["tests/house"],
    "kernel": ["tests/kernel"],
}
"""What pytest is told, by name. Both stories and the walk over every page are of the folder ``journeys``."""
LANES = 2
STYLE = ("style", [str(BIN / "ruff"), "check", "src", "tests", "bench"])
_COUNTED = re.compile(r"(\d+) (passed|failed|skipped|error)")


@dataclass
class Told:
    """What a step told: how long it took, and what pytest counted."""

    name: str
    seconds: float
    code: int
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    named: list[str] = field(default_factory=list)
    """pytest's own line for each test that failed, with what it said."""


def main(wanted: list[str]) -> int:
    """Run all steps (or those named), go on after a failure, and tell the sum. 0 when all passed."""
    if unknown := set(wanted) - set(STEPS):
        print(f"There is no {', '.join(sorted(unknown))}. There are: {', '.join(STEPS)}.")
        return 2
    steps = [STYLE] if not wanted else []
    for name in wanted or STEPS:
        steps.append((name, [sys.executable, "-m", "pytest", "-q", *STEPS[name]]))
    lanes: SimpleQueue[str] = SimpleQueue()
    with _homes(min(LANES, len(steps))) as homes, ThreadPoolExecutor(len(homes)) as pool:
        for home in homes:
            lanes.put(home)
        told = list(pool.map(lambda step: _run(*step, lanes=lanes, alone=len(steps) == 1), steps))
    print()
    for one in told:
        print(f"{one.name:<10} {'ok    ' if one.code == 0 else 'FAILED'} {one.seconds:6.1f} s")
    for line in (line for one in told for line in one.named):
        print(line[:400])
    passed, failed = sum(one.passed for one in told), sum(one.failed for one in told)
    print(f"{passed} passed, {failed} failed, {sum(one.skipped for one in told)} skipped")
    return 1 if failed else 0


@contextlib.contextmanager
def _homes(lanes: int) -> Iterator[list[str]]:
    """A folder for each lane: what a feed of one site waits for must not be a transaction of another's tests.

    Their servers end with the run, and so do the folders, unless ``OPENECF_TEST_HOME`` says where they are to be.
    """
    with tempfile.TemporaryDirectory(prefix="openecf-tests-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        given = os.environ.get("OPENECF_TEST_HOME") or f"{made}/lane"
        homes = [given, *(f"{given}-{n}" for n in range(2, lanes + 1))]
        try:
            yield homes
        finally:
            for home in homes:
                PrivatePostgres(Path(home) / "pg", Path(home) / "log").end_leftover()


def _run(name: str, command: list[str], *, lanes: SimpleQueue[str], alone: bool) -> Told:
    """One step in the lane that is free, its lines told as they come, with its name before each if others run, too."""
    lane = lanes.get()
    print(f"── {name}", flush=True)
    started, last, named = time.monotonic(), "", []
    environment = os.environ | {"OPENECF_TEST_HOME": lane}
    run = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    for line in run.stdout or ():
        print(line if alone else f"{name:<9}│ {line}", end="", flush=True)
        named += [line.rstrip()] if line.startswith(("FAILED ", "ERROR ")) else []
        last = line if re.search(r"\b\d+ (passed|failed|skipped|errors?)\b", line) else last
    code = run.wait()
    lanes.put(lane)
    counts = {word: int(n) for n, word in _COUNTED.findall(last)}
    failed = counts.get("failed", 0) + counts.get("error", 0) or (1 if code else 0)
    took = time.monotonic() - started
    return Told(name, took, code, counts.get("passed", 0), failed, counts.get("skipped", 0), named)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
