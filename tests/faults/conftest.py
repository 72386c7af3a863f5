"""Faults: processes of a running installation are killed and stopped while people work. One start for the folder.

Only a court and the central site: every start costs seconds, and a second court would only do the same again.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.machine import COURT, Machine


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """The installation that the folder's stories break and see mended."""
    here = Machine(courts=COURT)
    yield here
    here.discard()


@pytest.fixture(autouse=True)
def whole(machine: Machine) -> Iterator[None]:
    """Every story begins with everything running, also after one that ended everything."""
    if machine.process.poll() is not None:
        machine.start(COURT)
    machine.wait_until_whole()
    yield
    machine.resume_everything()
