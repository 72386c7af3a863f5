"""The laws of the house that a process shows: its URLs, jobs, messages, tables; and the event dictionary's fields."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.project import ROOT, SITES, SOURCE, modules, probe, tree

CHECKS = {"complaints", "_answers", "_effect_complaints", "_choices_belong_to_a_choice", "_expand_groups"}
"""What only checks a field when the dictionary is read makes nothing of it."""


@pytest.mark.parametrize("site", SITES)
def test_every_url_names_its_access_rule(site):
    urls = probe(site)["urls"]
    assert len(urls) > 10
    assert not [u for u in urls if not u["rule"]]


@pytest.mark.parametrize("site", SITES)
def test_every_access_rule_has_its_row_in_a_permission_table(site):
    folder = ROOT / "tests" / ("central" if site == "central" else "court")
    tables = "".join(path.read_text("utf-8") for path in folder.glob("test_permissions*.py"))
    wanting = {u["rule"] for u in probe(site)["urls"] if f'"{u["rule"]}"' not in tables}
    assert not wanting, f"tests/{folder.name}/test_permissions.py has no row for {sorted(wanting)}"


def test_every_message_has_a_handler():
    text = (SOURCE / "platform/bus/messages.py").read_text("utf-8")
    sent = set(re.findall(r'type: ClassVar\[str\] = "([\w.]+)"', text))
    handled = {handler for site in SITES for handler in probe(site)["handlers"]}
    assert sent == handled


@pytest.mark.parametrize("site", SITES)
def test_every_job_that_is_asked_for_is_known_to_the_worker_by_its_name_and_queue(site):
    found = probe(site)
    assert found["deferred"]
    lost = [asked for asked in found["deferred"] if found["tasks"].get(asked["job"]) != asked["queue"]]
    assert not lost


def test_every_module_of_jobs_is_loaded_by_the_worker_of_some_site():
    written = {
        "openecf." + str(path.relative_to(SOURCE).with_suffix("")).replace("/", ".")
        for path in modules()
        if re.search(r"^@app\.task\b", path.read_text("utf-8"), re.MULTILINE)
    }
    loaded = {module for site in SITES for module in probe(site)["modules_of_tasks"]}
    assert written and written <= loaded


def test_a_worker_serves_every_queue():
    """A worker that names queues forgets those of the next room."""
    runs = [
        node
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"run_worker", "run_worker_async"}
    ]
    assert len(runs) == 1
    assert "queues" not in {keyword.arg for keyword in runs[0].keywords}


@pytest.mark.parametrize("site", SITES)
def test_migrations_say_what_the_models_say(site):
    assert not probe(site)["unmigrated"]


@pytest.mark.parametrize("site", SITES)
def test_the_version_before_writes_rows_on_the_new_schema(site):
    """Between ``migrate`` and the restart it runs on: a column that it does not know needs ``null``, or ``db_default``
    beside ``default`` (``platform.postgres.prepared`` writes rows by the latter)."""
    assert not probe(site)["unfilled"]


@pytest.mark.parametrize("site", [site for site in SITES if site != "central"])
def test_every_effect_has_one_executor(site):
    found = probe(site)
    assert found["effects"] and found["effects"] == found["executors"]


def _reads() -> set[str]:
    """Names of attributes that modules and templates which deal with events read, checks apart."""
    names: set[str] = set()
    for path in modules():
        text = path.read_text("utf-8")
        if not re.search(r"\bevents?\b", text) or {"court", "benches"}.isdisjoint(path.parts):
            continue
        checks = {
            id(inner)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.FunctionDef) and node.name in CHECKS
            for inner in ast.walk(node)
        }
        names |= {
            node.attr
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and id(node) not in checks
        }
    for path in (SOURCE / "court").rglob("templates/**/*.html"):
        names |= set(re.findall(r"\.([a-z_]+)", path.read_text("utf-8")))
    return names


def test_every_field_of_the_event_dictionary_has_a_reader():
    records = probe("flsb")["event_fields"]
    assert {"Event", "Question", "Related", "Category", "StartClock"} <= set(records)
    read = _reads() | {"do"}
    unread = {f"{record}.{name}" for record, names in records.items() for name in names if name not in read}
    assert not unread
