"""What every page of a court knows about its reader. Runs after the shell's context processor.

``suspended_here``, and ``owes_here`` of who is, are asked only by the pages that show them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache, partial

from django.http import HttpRequest

from openecf.court.bench import bench
from openecf.court.fees import access as fees
from openecf.court.fees.queries import open_fees
from openecf.court.people import queries
from openecf.court.people.menus import UTILITIES, existing
from openecf.court.people.models import CourtUser
from openecf.court.people.rules import NOBODY, Reader, Standing, as_filer, as_person, as_reader
from openecf.platform.relying_party.queries import IDLE
from openecf.platform.shell.menu import MenuItem

IDLE_SECONDS = int(IDLE.total_seconds())


def menu_for(reader: Reader, *, owes: Callable[[], object] = bool) -> tuple[MenuItem, ...]:
    """The menu bar: filing menus for who may file here, the PACER menu for others, nothing for nobody.

    ``owes``: whether the reader owes a filing fee past its deadline, and so may file nothing; asked of filers alone.
    """
    if Standing.WELCOME not in (as_reader(reader), as_person(reader)) and not reader.own_login:
        return ()
    menus = bench().menus
    files = as_filer(reader) is Standing.WELCOME and not owes()
    if not (reader.signed_on or reader.own_login):
        # A public terminal: Utilities belong to a person.
        return _bar(tuple(item for item in menus.for_public(reader) if item is not UTILITIES))
    return _bar(menus.for_linked(reader) if files else menus.for_public(reader))


_bar = lru_cache(maxsize=100)(existing)
"""Benches make the items of their bars once."""


def people(request: HttpRequest) -> dict[str, object]:
    """Template context: ``reader``, ``person``, ``menu``, ``signed_on_here``, ``session_seconds``; for a court's own login
    its log-out."""
    reader, signed_on = getattr(request, "reader", NOBODY), getattr(request, "signed_on", None)

    @cache
    def suspended_here() -> CourtUser | None:
        return queries.suspended(reader.account) if reader.account and not reader.linked else None

    def owes_here() -> bool:
        stopped = suspended_here()
        return stopped is not None and bool(open_fees(stopped.pk))

    known = {
        "reader": reader,
        "suspended_here": suspended_here,
        "owes_here": owes_here,
        "person": reader.name or reader.username,
        "signed_on_here": reader.signed_on or reader.own_login,
        # A program's token has a life of its own, and reads no warnings.
        "session_seconds": IDLE_SECONDS if signed_on and signed_on.kind == "browser" else None,
        "menu": menu_for(reader, owes=partial(fees.late, request) if hasattr(request, "arrived") else bool),
    }
    return known | {"logout_url": "/login/court/out"} if reader.own_login else known
