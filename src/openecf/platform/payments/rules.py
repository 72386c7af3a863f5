"""Decisions about payments: what the gateway's words mean, and when to ask it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import InvalidOperation
from enum import StrEnum

from openecf.kernel.money import Money


class State(StrEnum):
    """How an attempt stands. The gateway is asked nothing of one that is over."""

    STARTING = "starting"
    AT_GATEWAY = "at-gateway"
    COMPLETING = "completing"
    UNKNOWN = "unknown"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (State.STARTING, State.AT_GATEWAY, State.COMPLETING, State.UNKNOWN, State.PENDING)
"""Of these a payment has at most one attempt, and none once one succeeded."""

OUTCOMES = {
    "Success": State.SUCCEEDED,
    "Settled": State.SUCCEEDED,
    "Received": State.PENDING,
    "Waiting": State.PENDING,
    "Pending": State.PENDING,
    "Cancelled": State.CANCELLED,
    "Retired": State.FAILED,
    "Failed": State.FAILED,
}
"""What a ``transaction_status`` makes of an attempt. One that is not here leaves it unknown: nobody guesses."""

USED_UP = "4117"
"""The gateway's return code for a token that it does not know, or that was acted upon, or is too old."""

LEASE = timedelta(minutes=2)
"""For how long a process that claimed an attempt is believed to be alive. Longer than any call may take."""
ABANDONED = timedelta(minutes=60)
"""After which a payer who went to the gateway is not waited for."""
LONGEST_PAUSE = timedelta(hours=6)


@dataclass(frozen=True)
class Transaction:
    """What the gateway says of a payment. ``outcome`` is UNKNOWN for a status that we have no word for."""

    tracking: str
    number: str
    amount: Money | None
    outcome: State
    status: str
    method: str
    paid_on: date | None


def transaction(told: dict[str, str]) -> Transaction:
    """The gateway's words, read. What cannot be read is None, never a guess."""
    status = told.get("transaction_status", "")
    return Transaction(
        tracking=told.get("paygov_tracking_id", "")[:64],
        number=told.get("agency_tracking_id", "")[:21],
        amount=amount_of(told.get("transaction_amount", "")),
        outcome=OUTCOMES.get(status, State.UNKNOWN),
        status=status[:20],
        method=told.get("payment_type", "")[:20],
        paid_on=day_of(told.get("payment_date", "")),
    )


def amount_of(text: str) -> Money | None:
    """An amount as a gateway writes it: ``405.00``, of some servers ``405``; None if it is none."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", text, re.ASCII):
        return None
    try:
        return Money.of(text)
    except (ValueError, InvalidOperation):
        return None


def day_of(text: str) -> date | None:
    """A day as a gateway writes it: ``2026-01-31``, or a moment that begins so."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def is_ours(told: Transaction, *, number: str, amount: Money) -> bool:
    """Whether the gateway speaks of the very payment that was asked for."""
    return told.number == number and told.amount == amount and bool(told.tracking)


def pause(*, looks: int) -> timedelta:
    """How long until an attempt is looked at again: a minute, two, four, … six hours."""
    return min(timedelta(minutes=2 ** min(looks, 12)), LONGEST_PAUSE)
