"""Run as ``python -m tests.house.probe SITE``: becomes a process of that site and tells what it has loaded, as JSON."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.sites import settle


def urls(patterns: list, before: str = "") -> Iterator[dict]:
    from django.urls import URLResolver

    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from urls(pattern.url_patterns, before + str(pattern.pattern))
        else:
            rule = getattr(pattern.callback, "access_rule", None)
            yield {
                "url": before + str(pattern.pattern),
                "view": f"{pattern.callback.__module__}.{pattern.callback.__qualname__}",
                "rule": getattr(rule, "name", None),
            }


def deferred() -> Iterator[dict]:
    """Every job that a loaded module asks for by name: where, its name, and the queue it is put into."""
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not name.startswith("openecf.") or not file or not file.endswith(".py") or name.endswith("jobs.services"):
            continue
        for call in ast.walk(ast.parse(Path(file).read_text("utf-8"))):
            asked = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
            if not asked.endswith(("app.configure_task", "jobs.defer")) or not call.args:
                continue
            job = call.args[0]
            queue = next((k.value for k in call.keywords if k.arg == "queue"), None)
            yield {
                "where": f"{name}:{call.lineno}",
                "job": job.value if isinstance(job, ast.Constant) else getattr(module, ast.unparse(job), None),
                "queue": queue.value if isinstance(queue, ast.Constant) else "default",
            }


def unmigrated() -> list[str]:
    """Models of ours that say something else than their migrations, and migrations that fork."""
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("openecf.")}
    loader = MigrationLoader(None)
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    wanting = [
        f"{label}: {operation.describe()}"
        for label, migrations in changes.items()
        if label in ours
        for migration in migrations
        for operation in migration.operations
    ]
    return wanting + [f"{label}: {sorted(names)}" for label, names in loader.detect_conflicts().items()]


def unfilled() -> list[str]:
    """Columns that a table did not begin with, that must hold something, and that the database does not fill by itself:
    the version before knows nothing of them, and goes on writing rows until it is restarted.
    """
    from django.apps import apps
    from django.db.migrations import AddField, CreateModel
    from django.db.migrations.loader import MigrationLoader
    from django.db.models import Field

    def must_be_told(field: Field) -> bool:
        return not (field.null or field.many_to_many or field.primary_key or field.generated or field.has_db_default())

    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("openecf.")}
    loader = MigrationLoader(None)
    begun: dict[tuple[str, str], set[str]] = {}
    for (label, _name), migration in sorted(loader.disk_migrations.items()):
        made = {one.name_lower: one.fields for one in migration.operations if isinstance(one, CreateModel)}
        for table, fields in made.items():
            begun[label, table] = {name for name, field in fields if must_be_told(field)}
        for one in migration.operations:
            if isinstance(one, AddField) and one.model_name_lower in made and must_be_told(one.field):
                begun[label, one.model_name_lower].add(one.name)
    return [
        f"{label}.{table}.{name}"
        for (label, table), model in sorted(loader.project_state().models.items())
        for name, field in model.fields.items()
        if label in ours and must_be_told(field) and name not in begun[label, table]
    ]


def main(site: str) -> None:
    settle(site)
    from django.apps import apps
    from django.urls import get_resolver
    from procrastinate.contrib.django import app

    from openecf.platform.bus import handlers

    for config in apps.get_app_configs():
        if config.name.startswith("openecf") and importlib.util.find_spec(config.name + ".tasks"):
            importlib.import_module(config.name + ".tasks")
    found = {
        "urls": list(urls(get_resolver().url_patterns)),
        "tasks": {name: task.queue for name, task in app.tasks.items() if not name.startswith("builtin:")},
        "modules_of_tasks": sorted({task.func.__module__ for task in app.tasks.values()}),
        "deferred": list(deferred()),
        "handlers": sorted(handlers.handled()),
        "unmigrated": unmigrated(),
        "unfilled": unfilled(),
    }
    if site != "central":
        from openecf.court.events import rules as events
        from openecf.court.filing.effects import EXECUTORS

        records = [events.Event, events.Question, events.Related, events.Category, *events.EFFECTS]
        found["effects"] = sorted(effect.__name__ for effect in events.EFFECTS)
        found["executors"] = sorted(effect.__name__ for effect in EXECUTORS)
        found["event_fields"] = {record.__name__: sorted(record.model_fields) for record in records}
    print("PROBE" + json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
