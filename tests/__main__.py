"""Every test: style, arrows, then pytest once for each folder, since a process is one site."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
BIN = Path(sys.executable).parent
FOLDERS = ("kernel", "house", "platform", "faults", "central", "court", "benches", "wire", "journeys")


def main(wanted: list[str]) -> int:
    """Run all folders (or those named), go on after a failure, and tell the sum. 0 when all passed."""
    steps = [("style", [str(BIN / "ruff"), "check", "src", "tests", "bench"])] if not wanted else []
    for folder in wanted or FOLDERS:
        if any((HERE / folder).glob("test_*.py")):
            steps.append((folder, [sys.executable, "-m", "pytest", "-q", f"tests/{folder}"]))
    told, passed, failed, skipped = [], 0, 0, 0
    for name, command in steps:
        print(f"\n── {name}", flush=True)
        started = time.monotonic()
        run = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ
        )
        last = ""
        for line in run.stdout:
            print(line, end="", flush=True)
            last = line if re.search(r"\b\d+ (passed|failed|skipped|errors?)\b", line) else last
        code = run.wait()
        counts = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|skipped|error)", last)}
        passed += counts.get("passed", 0)
        skipped += counts.get("skipped", 0)
        failed += counts.get("failed", 0) + counts.get("error", 0) or (1 if code else 0)
        told.append(f"{name:<10} {'ok    ' if code == 0 else 'FAILED'} {time.monotonic() - started:6.1f} s")
    print("\n" + "\n".join(told))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
