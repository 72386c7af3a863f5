"""Several acts at the same instant, as people and programs do them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

ALL_HERE_WITHIN = 120
"""Seconds until a thread that does not come is a failure: a loaded machine starts them late."""


def at_once(acts: Sequence[Callable[[], object]]) -> list:
    """Do all of these at the same instant, each with a connection of its own; what each gave or raised."""
    connections.close_all()
    together = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            together.wait(ALL_HERE_WITHIN)
            return act()
        except Exception as raised:  # noqa: BLE001  (the test looks at it)
            return raised
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))
