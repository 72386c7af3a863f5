"""The question that the menu bar asks the bench, and the answer's common parts."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from openecf.court.people.rules import Reader
from openecf.platform.shell.menu import MenuItem


class Menus(Protocol):
    """What differs from bench to bench in the menu bar and in the wording of Utilities."""

    link_label: str
    """How this bench calls the linking of a court-issued account."""

    def for_linked(self, reader: Reader) -> tuple[MenuItem, ...]:
        """The menu of a person with an account of this court; entries that lead nowhere are dropped afterwards."""

    def for_public(self, reader: Reader) -> tuple[MenuItem, ...]:
        """The menu of everyone else who signed on: the PACER menu."""


QUERY = MenuItem(_("Query"), "/cgi-bin/iquery.pl")
UTILITIES = MenuItem(_("Utilities"), "/utilities/")
SEARCH = MenuItem(_("Search"), "/filing/search")
STAFF = MenuItem(_("Court"), "/court/")


@cache
def leads_somewhere(url: str) -> bool:
    """Whether this site answers at that path."""
    try:
        resolve(url.partition("?")[0])
    except Resolver404:
        return False
    return True


def existing(items: tuple[MenuItem, ...]) -> tuple[MenuItem, ...]:
    """The items without those that lead nowhere, and without groups that are empty then."""
    kept = []
    for item in items:
        if item.children:
            children = existing(item.children)
            if children:
                kept.append(MenuItem(item.label, item.url, children))
        elif leads_somewhere(item.url):
            kept.append(item)
    return tuple(kept)
