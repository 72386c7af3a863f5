"""The table: how many dockets of a folder come back equal through the published client's parser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from openecf.kernel import courts
from tests.wire.compare import differences, spelled

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ENVIRONMENTS = {"3": ROOT / ".venv-js3", "4": ROOT / ".venv-js4"}


def client_python(version: str) -> str:
    """The interpreter of the environment with that version of juriscraper (``OPENECF_JS`` names another one)."""
    given = os.environ.get(f"OPENECF_JS{version}") or os.environ.get("OPENECF_JS")
    return given or str(ENVIRONMENTS[version] / "bin" / "python")


@dataclass
class Outcome:
    """What became of one file."""

    path: Path
    kind: str
    fields: int = 0
    wrong: list[tuple] = field(default_factory=list)
    failure: str = ""

    @property
    def exact(self) -> bool:
        return not self.failure and not self.wrong

    @property
    def first(self) -> str:
        if self.failure:
            return self.failure.strip().splitlines()[-1][:200]
        at, want, got = self.wrong[0]
        return f"{spelled(at)}: {str(want)[:90]!r} came back as {str(got)[:90]!r} (of {len(self.wrong)})"


def files_by_kind(folder: Path) -> tuple[dict[str, list[tuple[Path, str]]], list[Outcome]]:
    """The dockets of a folder by kind of court, with their court; and the files that no court can take."""
    found: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    refused = []
    for path in sorted(folder.rglob("*.json")):
        try:
            court_id = str(json.loads(path.read_bytes()).get("court_id", ""))
        except (ValueError, AttributeError, RecursionError) as error:
            refused.append(Outcome(path, "none", failure=f"It is not docket JSON: {error}"))
            continue
        if court_id in courts.directory():
            found[courts.court(court_id).kind].append((path, court_id))
        else:
            refused.append(Outcome(path, "none", failure=f"The national directory has no court {court_id!r}."))
    return found, refused


def round_trip(
    folder: Path, *, clients: tuple[str, ...] = ("3",), edits: int = 0, work: Path | None = None
) -> dict[str, list[Outcome]]:
    """Import, render and parse every docket of a folder. One process for each kind of court."""
    work = work or Path(tempfile.mkdtemp(prefix="openecf-wire-"))
    running, parts = [], {}
    by_kind, refused = files_by_kind(folder)
    for kind, files in by_kind.items():
        jobs = work / f"{kind}.jobs"
        parts[kind] = [(path, court_id, work / f"{kind}-{n}") for n, (path, court_id) in enumerate(files)]
        jobs.write_text(
            "".join(
                json.dumps({"path": str(path), "court": court_id, "out": str(out), "edits": edits}) + "\n"
                for path, court_id, out in parts[kind]
            ),
            "utf-8",
        )
        command = [sys.executable, "-W", "ignore", "-m", "tests.wire.quick", kind, str(jobs)]
        running.append((kind, subprocess.Popen(command, cwd=ROOT, env=_environment())))
    for kind, process in running:
        if process.wait() != 0:
            raise RuntimeError(f"The {kind} courts' process failed.")
    return {version: [*_parsed(parts, work, version), *refused] for version in clients}


def _environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k != "OPENECF_SITE"} | {"PYTHONPATH": str(ROOT)}


def _parsed(parts: dict, work: Path, version: str) -> list[Outcome]:
    lines, outcomes = [], []
    for kind, files in parts.items():
        for path, court_id, out in files:
            answer = json.loads(out.read_text("utf-8"))
            outcome = Outcome(path, kind, failure=answer.get("refused", ""))
            outcomes.append((outcome, answer, Path(f"{out}.js{version}")))
            if not outcome.failure:
                read_as = "appellate" if kind == "appellate" else "docket"
                lines.append({"court": court_id, "as": read_as, "page": f"{out}.html", "out": f"{out}.js{version}"})
    jobs = work / f"parse{version}.jobs"
    jobs.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    # What the client prints at its start about a log folder of its makers' is no news.
    parsed = subprocess.run(
        [client_python(version), str(HERE / "parse.py"), str(jobs)], stderr=subprocess.PIPE, text=True
    )
    if parsed.returncode:
        raise RuntimeError(f"juriscraper {version} ended early:\n{parsed.stderr}")
    for outcome, answer, out in outcomes:
        if outcome.failure:
            continue
        found = json.loads(out.read_text("utf-8"))
        outcome.fields, outcome.wrong = differences(answer["expected"], found.get("data"))
        outcome.failure = found.get("error", "")
    return [outcome for outcome, _answer, _out in outcomes]


def printed(outcomes: list[Outcome], title: str) -> str:
    """The table as text: files, exact, leaf fields; then each failure with its first differing field."""
    lines = [title, f"{'court':<12}{'files':>7}{'exact':>7}{'fields':>10}{'equal':>10}{'%':>9}"]
    kinds = sorted({one.kind for one in outcomes})
    for kind in [*kinds, "all"]:
        mine = [one for one in outcomes if kind in (one.kind, "all")]
        fields, wrong = sum(one.fields for one in mine), sum(min(len(one.wrong), one.fields) for one in mine)
        share = 100 * (fields - wrong) / fields if fields else 0.0
        exact = sum(one.exact for one in mine)
        lines.append(f"{kind:<12}{len(mine):>7}{exact:>7}{fields:>10}{fields - wrong:>10}{share:>9.3f}")
    lines += [f"  {one.path.name}: {one.first}" for one in outcomes if not one.exact]
    return "\n".join(lines)
