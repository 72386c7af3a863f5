"""Whether a mail that waited may still leave. A room registers its own answer in ``tasks.py``.

A mail is written when something happens, and may wait for days where the mail server is away. What it tells may have been
closed to its reader meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Gate:
    """Asked with the number in the mail's reference, the blind-copied addresses, what the mail says (its text) and the time.

    ``may_leave`` changes nothing. ``withheld`` is told, in the transaction that withholds the mail, and may write another.
    """

    may_leave: Callable[[int, Sequence[str], str, datetime], bool]
    withheld: Callable[[int, Sequence[str], datetime], None] | None = None


_GATES: dict[str, Gate] = {}


def guard(kind: str, gate: Gate) -> None:
    """Ask this gate about each mail whose reference is ``kind:number``."""
    _GATES[kind] = gate


def gate_of(reference: str) -> tuple[Gate | None, int]:
    """The gate of a mail with that reference, and the number to ask it with."""
    kind, _colon, number = reference.partition(":")
    gate = _GATES.get(kind)
    return (gate, int(number)) if gate is not None else (None, 0)
