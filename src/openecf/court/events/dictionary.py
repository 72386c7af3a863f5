"""The event dictionary of each bench, read once from its TOML files."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from openecf.court.bench import bench
from openecf.court.events.rules import BadDictionary, Category, Dictionary, Event, put_together, read_event


@cache
def of(bench_name: str) -> Dictionary:
    """The dictionary of a bench; BadDictionary when a file does not hold together."""
    folder = resources.files(f"openecf.benches.{bench_name}").joinpath("events")
    categories: list[Category] = []
    events: list[Event] = []
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            category, its_events = read(path.name, path.read_text("utf-8"))
            categories.append(category)
            events += its_events
    return put_together(categories, events)


def read(name: str, toml: str) -> tuple[Category, list[Event]]:
    """One file: ``[category]``, ``[defaults]`` for its events, and ``[[event]]`` tables."""
    try:
        data = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise BadDictionary(f"{name}: {error}") from error
    if unknown := set(data) - {"category", "defaults", "event"}:
        raise BadDictionary(f"{name}: unknown tables {sorted(unknown)}")
    category = Category.model_validate(data["category"])
    defaults = {"category": category.code, **data.get("defaults", {})}
    return category, [read_event({**defaults, **row}) for row in data.get("event", [])]


def base() -> Dictionary:
    """The dictionary of this court's bench, before the court's own changes."""
    return of(bench().name)
