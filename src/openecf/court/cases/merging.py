"""Two people edit one case: what merges, what collides. Pure.

An editor sends the values of a form and the version of the case that the form showed. What others changed since
then is known (``CaseChange``). A field that only one of them touched takes that one's value; a field that both
set to different values is a collision, shown with both values, and nothing of the edit is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

Value = str | int | None | list[str]


@dataclass(frozen=True)
class Change:
    """One field that someone changed: what it said before and after."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True)
class Collision:
    """A field that two people changed differently: what both saw, what it says now, what this editor wants."""

    field: str
    seen: Value
    now: Value
    wanted: Value


def plain(value: object) -> Value:
    """A column's value as it is compared and kept: days as ISO text, lines with plain newlines."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    if value is None or isinstance(value, int):
        return value
    raise TypeError(f"{type(value)} is not a case's value")


def merged_list(seen: list[str], now: list[str], wanted: list[str]) -> list[str]:
    """Three-way merge of a list of distinct words: what the editor added is added, what the editor took out goes."""
    gone = set(seen) - set(wanted)
    kept = [item for item in now if item not in gone]
    return kept + [item for item in wanted if item not in seen and item not in kept]


def merge(
    *, now: Mapping[str, Value], wanted: Mapping[str, Value], since: Iterable[Change]
) -> tuple[dict[str, Value], list[Collision]]:
    """What to write, and what collides.

    ``now``: current values; ``wanted``: the editor's; ``since``: changes after the version the editor saw, the
    oldest first.
    """
    seen = dict(now)
    for change in reversed(list(since)):
        seen[change.field] = change.before
    write: dict[str, Value] = {}
    collisions = []
    for field, value in wanted.items():
        if value == seen[field] or value == now[field]:
            continue
        current = now[field]
        if isinstance(value, list):
            together = merged_list(list(seen[field] or []), list(current or []), value)
            if together != current:
                write[field] = together
        elif current == seen[field]:
            write[field] = value
        else:
            collisions.append(Collision(field, seen[field], current, value))
    return write, collisions
