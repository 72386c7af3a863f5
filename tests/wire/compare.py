"""Comparing what came back with what went in, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


def leaves(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is no container, with its place; an empty container counts as one value."""
    if isinstance(value, dict) and value:
        for key in value:
            yield from leaves(value[key], (*at, key))
    elif isinstance(value, list) and value:
        for place, one in enumerate(value):
            yield from leaves(one, (*at, place))
    else:
        yield at, value


def cleaned(value: Any) -> Any:
    """Without document numbers that are not all digits: links of old systems that name no document."""
    if isinstance(value, dict):
        return {k: None if k == "pacer_doc_id" and v and not str(v).isdigit() else cleaned(v) for k, v in value.items()}
    if isinstance(value, list):
        return [cleaned(one) for one in value]
    return value


def differences(expected: Any, found: Any) -> tuple[int, list[tuple[Path, Any, Any]]]:
    """How many values were expected, and those that differ (place, expected, found)."""
    wanted, got = dict(leaves(cleaned(expected))), dict(leaves(cleaned(found)))
    missing = object()
    wrong = [(at, want, got.get(at)) for at, want in wanted.items() if got.get(at, missing) != want]
    wrong += [(at, None, value) for at, value in got.items() if at not in wanted]
    return len(wanted), wrong


def spelled(at: Path) -> str:
    """``.parties[3].name``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at) or "(all)"
