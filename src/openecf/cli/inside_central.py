"""Preparing the central site, from inside one of its processes."""

from __future__ import annotations

import importlib
import importlib.util
from datetime import datetime
from pathlib import Path

from openecf.cli.peers import write_peer
from openecf.platform.config import Site, public_pem


def meet(folder: Path, *, at: datetime) -> None:
    """Admit the court whose folder this is."""
    court = Site(folder)
    write_peer(court)
    if importlib.util.find_spec("openecf.central.courts.services"):
        courts = importlib.import_module("openecf.central.courts.services")
        courts.admit_court(
            court_id=court.id,
            base_url=court.config.base_url,
            hosts=list(court.config.hosts),
            public_key=public_pem(court.signing_key),
            at=at,
        )
    importlib.import_module("openecf.central.signon.services").register_court(
        court_id=court.id,
        base_url=court.config.base_url,
        hosts=list(court.config.hosts),
        public_key=public_pem(court.signing_key),
        at=at,
    )


def load_demonstration(*, at: datetime) -> None:
    """The invented accounts."""
    if importlib.util.find_spec("openecf.central.demo"):
        importlib.import_module("openecf.central.demo").load(at=at)
