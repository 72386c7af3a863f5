"""Asking the inspector what it finds in a file."""

from __future__ import annotations

from openecf.platform.pdf.apart import Apart, Busy, Ended, Lost
from openecf.platform.pdf.rules import Findings

SECONDS = 20
"""How long a file may take. An ordinary one takes milliseconds."""
AT_ONCE = 4
WAIT = 45
"""How many seconds a file waits for its turn."""

inspectors = Apart("openecf.platform.pdf.inspector", seconds=SECONDS, at_once=AT_ONCE, wait=WAIT)


def findings(path: str) -> Findings:
    """What an inspection of this file finds; ``too-complex`` when the inspector died of it or took too long.

    ``busy`` when no inspector came free for a while, or it was ended while it worked, as a restart does.
    """
    try:
        return Findings(**inspectors.ask(path))
    except (Busy, Ended):
        return Findings(wrong="busy")
    except (Lost, TypeError):
        return Findings(wrong="too-complex")
