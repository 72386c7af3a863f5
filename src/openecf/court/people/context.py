"""What every page of a court knows about its reader. Runs after the shell's context processor."""

from __future__ import annotations

from django.http import HttpRequest

from openecf.court.bench import bench
from openecf.court.people.menus import existing
from openecf.court.people.rules import NOBODY, Reader, Standing, as_reader
from openecf.platform.shell.menu import MenuItem


def menu_for(reader: Reader) -> tuple[MenuItem, ...]:
    """The menu bar: filing menus once linked, the PACER menu before, nothing for nobody."""
    if as_reader(reader) is not Standing.WELCOME:
        return ()
    menus = bench().menus
    return existing(menus.for_linked(reader) if reader.linked else menus.for_public(reader))


def people(request: HttpRequest) -> dict[str, object]:
    """Template context: ``reader``, ``person``, ``menu``, ``signed_on_here``."""
    reader = getattr(request, "reader", NOBODY)
    return {
        "reader": reader,
        "person": reader.name or reader.username,
        "signed_on_here": reader.signed_on,
        "menu": menu_for(reader),
    }
