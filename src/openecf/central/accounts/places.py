"""The states, counties and countries that the registration form offers."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def _places() -> dict:
    return tomllib.loads(resources.files(__package__).joinpath("places.toml").read_text("utf-8"))


def states() -> dict[str, str]:
    """Name by postal abbreviation."""
    return _places()["states"]


def countries() -> dict[str, str]:
    """Name by ISO code; the United States first."""
    return {"US": _places()["countries"]["US"]} | _places()["countries"]


def counties() -> dict[str, list[str]]:
    """Counties by state, for the states that we have a list of."""
    return _places()["counties"]
