"""The states, counties and countries that the registration form offers."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def _table(name: str) -> dict:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))


def states() -> dict[str, str]:
    """Name by postal abbreviation."""
    return _table("places.toml")["states"]


def countries() -> dict[str, str]:
    """Name by ISO code; the United States first."""
    return {"US": _table("places.toml")["countries"]["US"]} | _table("places.toml")["countries"]


def counties_of(state: str) -> list[str]:
    """The counties of a state, in order; none for the posts of the armed forces, or if there is no such state."""
    return _table("counties.toml").get(state, [])
