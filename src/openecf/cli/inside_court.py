"""Preparing a court's site, from inside one of its processes."""

from __future__ import annotations

import importlib
import importlib.util
from datetime import datetime
from pathlib import Path

from openecf.cli.peers import write_peer
from openecf.platform.config import Site


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
