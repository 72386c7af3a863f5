"""What the laws look at: the project's own files, and what each kind of site has loaded."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "openecf"
SITES = ("central", "flsb", "flsd", "ca11")
"""One site of each kind: the central one, a bankruptcy, a district and an appellate court."""
NOT_OURS = {".git", ".venv", ".venv-lock", "node_modules", "var", "built", "vendor", "__pycache__"}


def modules() -> list[Path]:
    """Every Python module of the package, migrations apart."""
    return [p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts]


def relative(path: Path) -> str:
    """A file's name as laws tell it."""
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def files() -> tuple[Path, ...]:
    """The project's text files: those that are tracked, or all of them where there is no repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [
            p for p in ROOT.rglob("*") if not any(part in NOT_OURS or part.startswith(".venv") for part in p.parts)
        ]
    return tuple(p for p in found if p.is_file() and b"\0" not in p.read_bytes()[:8000])


@cache
def probe(site: str) -> dict:
    """What a process of that site has loaded: its URLs, jobs, handlers, models (``tests.house.probe``)."""
    env = {k: v for k, v in os.environ.items() if k not in {"OPENECF_SITE", "DJANGO_SETTINGS_MODULE"}}
    command = [sys.executable, "-m", "tests.house.probe", site]
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert "PROBE" in run.stdout, run.stderr[-3000:]
    return json.loads(run.stdout.split("PROBE", 1)[1])
