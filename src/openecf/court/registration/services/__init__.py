"""Taking requests from the bus, and deciding them at the desk."""

from __future__ import annotations

from openecf.court.registration.services.deciding import (
    CannotDecide,
    Changed,
    Decided,
    FormMissing,
    NotCompared,
    NotLive,
    WordsMissing,
    WrongGroup,
    approve,
    ask_for_more,
    mark_fee_paid,
    note_opened,
    note_refund,
    reject,
    waive_fee,
)
from openecf.court.registration.services.taking import follow_merger, take, take_contact, take_paper, take_withdrawal

__all__ = [
    "CannotDecide",
    "Changed",
    "Decided",
    "FormMissing",
    "NotCompared",
    "NotLive",
    "WordsMissing",
    "WrongGroup",
    "approve",
    "ask_for_more",
    "follow_merger",
    "mark_fee_paid",
    "note_opened",
    "note_refund",
    "reject",
    "take",
    "take_contact",
    "take_paper",
    "take_withdrawal",
    "waive_fee",
]
