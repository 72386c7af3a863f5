"""One item of the menu bar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MenuItem:
    """A link (``url``), or a group of links (``children``). ``label`` is translated already or lazily."""

    label: str
    url: str = ""
    children: tuple[MenuItem, ...] = ()
