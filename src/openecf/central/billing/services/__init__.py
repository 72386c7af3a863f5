"""What the billing room can be asked to do. Each name here is one act, or what an act refuses with."""

from __future__ import annotations

from openecf.central.billing.services.ledger import (
    MoreThanTheCredit,
    give_credit,
    move_balance,
    record_payment,
    record_refund,
)
from openecf.central.billing.services.papers import hand_out
from openecf.central.billing.services.statements import check, compute, differing, make_due, open_run
from openecf.central.billing.services.usage import ForeignUsage, record_usage, record_usages

__all__ = [
    "ForeignUsage",
    "MoreThanTheCredit",
    "check",
    "compute",
    "differing",
    "give_credit",
    "hand_out",
    "make_due",
    "move_balance",
    "open_run",
    "record_payment",
    "record_refund",
    "record_usage",
    "record_usages",
]
