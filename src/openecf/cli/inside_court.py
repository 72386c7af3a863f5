"""Preparing a court's site, from inside one of its processes."""

from __future__ import annotations

import importlib
import importlib.util
from datetime import datetime
from pathlib import Path

from openecf.cli.peers import write_peer
from openecf.platform.config import Site

_KNOWN_BY_CENTRAL = ("account.linked", "account.standing", "court.status", "usage.recorded")


def meet(folder: Path, *, at: datetime) -> None:
    """Know the central site."""
    write_peer(Site(folder))


def load_demonstration(*, at: datetime) -> None:
    """The invented people, cases and filings."""
    if importlib.util.find_spec("openecf.court.demo"):
        importlib.import_module("openecf.court.demo").load(at=at)


def establish(*, at: datetime) -> None:
    """A new court's profile, from the national directory; the court is NextGen from now on."""
    importlib.import_module("openecf.court.transition.services").set_up(at=at, live_at=at)


def tell_again(*, at: datetime) -> None:
    """The demonstration's central site begins anew: whose account is linked here, and what was used, it hears once more."""
    importlib.import_module("openecf.platform.bus.services").send_again(to="central", kinds=_KNOWN_BY_CENTRAL, at=at)
