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
from openecf.central.billing.services.paying import (
    NotYours,
    Payer,
    came_back,
    follow,
    give_up,
    go_on,
    pay,
    try_again,
    turned_back,
)
from openecf.central.billing.services.statements import check, compute, differing, make_due, open_run
from openecf.central.billing.services.usage import ForeignUsage, record_usage, record_usages

__all__ = [
    "ForeignUsage",
    "MoreThanTheCredit",
    "NotYours",
    "Payer",
    "came_back",
    "check",
    "compute",
    "differing",
    "follow",
    "give_credit",
    "give_up",
    "go_on",
    "hand_out",
    "make_due",
    "move_balance",
    "open_run",
    "pay",
    "record_payment",
    "record_refund",
    "record_usage",
    "record_usages",
    "try_again",
    "turned_back",
]
