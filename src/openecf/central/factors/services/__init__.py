"""What proves a second factor. Each name here is one act, or what an act refuses with.

What changes an account's factors also ends sign-ons: it is in ``services.enrolling``.
"""

from __future__ import annotations

from openecf.central.factors.services.proving import (
    Proved,
    WaitingOver,
    WrongCode,
    prove,
    sweep,
    try_code,
    wait_for_code,
)

__all__ = ["Proved", "WaitingOver", "WrongCode", "prove", "sweep", "try_code", "wait_for_code"]
