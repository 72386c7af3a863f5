"""The laws of the house: what may import what, what a room may hold, what nobody may write."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "openecf"
DOORS = {
    "models", "rules", "queries", "services", "views", "forms", "urls", "api", "tasks", "apps",
    "access", "middleware", "context", "menus",
}  # fmt: skip
SHARED_DOORS = {"services", "queries", "rules", "access", "context", "menus"}
ROOMS = sorted(p for side in ("central", "court") for p in (SOURCE / side).iterdir() if (p / "apps.py").exists())


def modules() -> list[Path]:
    return [p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


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


PROBE = """
import json, os, sys
sys.path.insert(0, os.environ["OPENECF_ROOT"])
from tests.sites import settle
settle(sys.argv[1])
from django.urls import get_resolver, URLResolver
from django.apps import apps
def walk(patterns, before=""):
    for p in patterns:
        if isinstance(p, URLResolver):
            yield from walk(p.url_patterns, before + str(p.pattern))
        else:
            rule = getattr(p.callback, "access_rule", None)
            yield {"url": before + str(p.pattern), "view": f"{p.callback.__module__}.{p.callback.__qualname__}",
                   "rule": getattr(rule, "name", None)}
from openecf.platform.bus import handlers
from procrastinate.contrib.django import app
import importlib, importlib.util
for c in apps.get_app_configs():
    if c.name.startswith("openecf") and importlib.util.find_spec(c.name + ".tasks"):
        importlib.import_module(c.name + ".tasks")
print("PROBE" + json.dumps({
    "urls": list(walk(get_resolver().url_patterns)),
    "tasks": sorted(app.tasks), "queues": sorted({t.queue for t in app.tasks.values()}),
    "handlers": sorted(k if isinstance(k, str) else k.type for k in handlers._HANDLERS),
}))
"""


@cache
def probe(site: str) -> dict:
    env = {k: v for k, v in os.environ.items() if k not in {"OPENECF_SITE", "DJANGO_SETTINGS_MODULE"}}
    env["OPENECF_ROOT"] = str(SOURCE.parents[1])
    run = subprocess.run([sys.executable, "-c", PROBE, site], env=env, capture_output=True, text=True, check=False)
    assert "PROBE" in run.stdout, run.stderr[-3000:]
    return json.loads(run.stdout.split("PROBE", 1)[1])


@pytest.mark.parametrize("site", ["central", "flsb", "flsd", "ca11"])
def test_every_url_names_its_access_rule(site):
    urls = probe(site)["urls"]
    assert len(urls) > 10
    assert not [u for u in urls if not u["rule"]]


def test_every_message_has_a_handler():
    sent = set(re.findall(r'type: ClassVar\[str\] = "([\w.]+)"', (SOURCE / "platform/bus/messages.py").read_text()))
    handled = {h for site in ("central", "flsb") for h in probe(site)["handlers"]}
    assert sent == handled
