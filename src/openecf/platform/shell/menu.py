"""One item of the menu bar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class MenuItem:
    """A link (``url``), or a group of links (``children``). ``label`` is translated lazily where the item outlives a page.

    Items are told apart by what they are, not by their words, so that a bar of the same items is found again without
    translating each of them: make those of every page once.
    """

    label: str
    url: str = ""
    children: tuple[MenuItem, ...] = ()
