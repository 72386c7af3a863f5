"""The laws of the house: what may import what, what a room may hold, what nobody may write."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.project import ROOT, SOURCE, files, modules, relative, tree

DOORS = {
    "models", "rules", "queries", "services", "views", "forms", "urls", "api", "tasks", "apps",
    "access", "middleware", "context", "menus",
}  # fmt: skip
SHARED_DOORS = {"services", "queries", "rules", "access", "context", "menus"}
ROOMS = sorted(p for side in ("central", "court") for p in (SOURCE / side).iterdir() if (p / "apps.py").exists())


def imports(path: Path) -> list[str]:
    """What a module imports when it runs; what only its annotations need does not count."""
    for_types = {
        id(inner)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    names = []
    for node in ast.walk(tree(path)):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return names


def test_arrows_point_one_way():
    lint = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([lint, "--no-cache"], cwd=SOURCE.parents[1], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]


@pytest.mark.parametrize("room", ROOMS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_room_uses_other_rooms_through_their_doors_only(room):
    wrong = []
    for path in room.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        for name in imports(path):
            match = re.match(rf"openecf\.{room.parent.name}\.(\w+)\.(\w+)", name)
            if (
                match
                and match[1] != room.name
                and (room.parent / match[1] / "apps.py").exists()
                and match[2] not in SHARED_DOORS
            ):
                wrong.append(f"{path.relative_to(SOURCE)} imports {name}")
    assert not wrong, "\n".join(sorted(set(wrong)))


@pytest.mark.parametrize(
    "path", [p for p in modules() if p.name == "rules.py"], ids=lambda p: str(p.relative_to(SOURCE))
)
def test_rules_are_pure(path):
    impure = [n for n in imports(path) if re.match(r"django\.(db|http|shortcuts|utils\.timezone)|.*\.models(\.|$)", n)]
    clocks = re.findall(r"(?:datetime|date|time|timezone)\.(?:now|today|utcnow)\(", path.read_text("utf-8"))
    assert not impure and not clocks, (impure, clocks)


def test_nobody_uses_signals_or_overrides_save():
    wrong = []
    for path in modules():
        text = path.read_text("utf-8")
        if re.search(r"@receiver\b|django\.dispatch|\.signals import", text):
            wrong.append(f"{path.relative_to(SOURCE)}: signals")
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"} and path.name == "models.py":
                wrong.append(f"{path.relative_to(SOURCE)}:{node.lineno}: logic in {node.name}()")
    assert not wrong, "\n".join(wrong)


def test_only_benches_know_what_kind_of_court_it_is():
    question = re.compile(
        r"is_(bankruptcy|district|appellate)|\.kind\s*(==|!=|in)\s*[\"'({](bankruptcy|district|appellate)"
    )
    wrong = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"
        for path in modules()
        if "benches" not in path.parts and "kernel" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if question.search(line)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_imports_inside_functions():
    wrong = []
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                wrong += [
                    f"{path.relative_to(SOURCE)}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Import | ast.ImportFrom)
                ]
    assert not wrong, "\n".join(wrong)


def test_templates_carry_no_inline_script_or_style():
    wrong = []
    for path in SOURCE.rglob("templates/**/*.html"):
        if "email" in path.parts or "mail" in path.parts:
            continue
        text = path.read_text("utf-8")
        if re.search(r"<script(?![^>]*\b(?:src=|type=.application/json))[^>]*>|<style\b", text, re.IGNORECASE):
            wrong.append(str(path.relative_to(SOURCE)))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("app", sorted({p.parent for p in SOURCE.rglob("migrations/0001_initial.py")}), ids=str)
def test_migrations_are_linear(app):
    numbers = sorted(p.name[:4] for p in app.glob("[0-9]*.py"))
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]


def test_nobody_reaches_another_rooms_tables_by_their_name():
    """``apps.get_model`` goes round the doors; a folder that is no room says why it may look into all of them."""
    wrong = [relative(path) for path in modules() if "get_model(" in path.read_text("utf-8")]
    assert not wrong


NO_ROOMS = {
    "court/importing": "writes whole cases of the record into the tables of five rooms, in bulk, as COPY would",
    "central/pages": "the front of the site: what it shows comes from the rooms' queries",
}
"""Folders beside the rooms that are none, and why."""


def test_every_folder_of_a_side_is_a_room_or_says_why_not():
    folders = {
        f"{side}/{path.name}"
        for side in ("central", "court")
        for path in (SOURCE / side).iterdir()
        if path.is_dir() and list(path.glob("*.py"))
    }
    rooms = {f"{room.parent.name}/{room.name}" for room in ROOMS}
    assert folders - rooms <= set(NO_ROOMS), sorted(folders - rooms - set(NO_ROOMS))


LONGEST_FILE, LONGEST_FUNCTION = 500, 60
CODE = {".py", ".html", ".scss", ".js", ".mjs", ".xml"}
LONG_FILES: dict[str, str] = {}
"""Code longer than that, and why it is not two files. Data (event dictionaries, catalogues, locks) may be long."""
LONG_FUNCTIONS: dict[str, str] = {}


def test_no_file_is_longer_than_one_can_hold_in_mind():
    long = {
        relative(path): lines
        for path in files()
        if path.suffix in CODE and (lines := path.read_text("utf-8").count("\n")) > LONGEST_FILE
    }
    assert set(long) <= set(LONG_FILES), {name: n for name, n in long.items() if name not in LONG_FILES}
    assert set(LONG_FILES) <= set(long), "the list of long files may only shrink"


def test_no_function_is_longer_than_a_page():
    long = {
        f"{relative(path)}:{node.name}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    }
    assert long <= set(LONG_FUNCTIONS), sorted(long - set(LONG_FUNCTIONS))


ELSEWHERE = re.compile(
    r"https?://[^\s\"'<>)]*\b(pypi|pythonhosted|npmjs|registry|artifactory|nexus|devpi|jfrog|verdaccio)\b"
    r"|(?<!no-emit)-index-url[ =]\s*\S*//|--find-links[ =]\S*[/:]|\"resolved\":|^\s*registry\s*=\s*\S*//",
    re.IGNORECASE | re.MULTILINE,
)


def test_no_file_says_where_packages_come_from():
    """Whoever installs this has a registry of the own; locks hold names, versions and hashes."""
    assert len(files()) > 300
    wrong = [
        f"{relative(path)}: {found[0]}"
        for path in files()
        if path.name not in {"test_laws.py"} and (found := ELSEWHERE.search(path.read_text("utf-8", "replace")))
    ]
    assert not wrong


def test_locks_pin_every_package_by_its_hash():
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text("utf-8")
        pinned = re.findall(
            r"^([a-z0-9][\w.\-]*)==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE | re.IGNORECASE
        )
        named = re.findall(r"^([a-z0-9][\w.\-]*)\s*(?:==|@|>|<|~)", text, re.MULTILINE | re.IGNORECASE)
        assert pinned and pinned == named, f"{lock.name}: {sorted(set(named) - set(pinned))}"


def test_every_minute_of_a_cron_line_is_a_minute():
    """The sixth field of six is the seconds, and it comes last: with the first five free it runs by the second."""
    lines = [
        (relative(path), cron)
        for path in modules()
        for cron in re.findall(r"\bcron=\"([^\"]+)\"", path.read_text("utf-8"))
    ]
    assert lines
    wrong = [line for line in lines if len(line[1].split()) == 6 and line[1].split()[:5] != ["*"] * 5]
    assert not wrong
