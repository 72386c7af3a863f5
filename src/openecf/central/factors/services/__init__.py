"""What proves a second factor, and from when accounts need one. Each name here is one act, or what an act refuses with.

What changes an account's factors also ends sign-ons: it is in ``services.enrolling``.
"""

from __future__ import annotations

from openecf.central.factors.services.ceremonies import (
    Purpose,
    WrongPasskey,
    new_challenge,
    options_to_add,
    options_to_prove,
    try_passkey,
    try_passkey_after_password,
    waiting_account,
)
from openecf.central.factors.services.planning import NoSuchPlan, PlanTooSoon, plan, remind, withdraw
from openecf.central.factors.services.proving import (
    Proved,
    WaitingOver,
    WrongCode,
    may_mail_code,
    prove,
    sweep,
    try_code,
    wait_for_code,
)

__all__ = [
    "NoSuchPlan",
    "PlanTooSoon",
    "Proved",
    "Purpose",
    "WaitingOver",
    "WrongCode",
    "WrongPasskey",
    "may_mail_code",
    "new_challenge",
    "options_to_add",
    "options_to_prove",
    "plan",
    "prove",
    "remind",
    "sweep",
    "try_code",
    "try_passkey",
    "try_passkey_after_password",
    "wait_for_code",
    "waiting_account",
    "withdraw",
]
