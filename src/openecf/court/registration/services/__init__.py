"""Taking requests from the bus, and deciding them at the desk."""

from __future__ import annotations

from openecf.court.registration.services.changing import (
    NotHereNow,
    accept_change,
    changes_follow_merger,
    reject_change,
    take_change,
)
from openecf.court.registration.services.deciding import (
    CannotDecide,
    CaseMissing,
    Changed,
    Decided,
    FormMissing,
    NotCompared,
    NotLive,
    SamePerson,
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
    "CaseMissing",
    "Changed",
    "Decided",
    "FormMissing",
    "NotCompared",
    "NotHereNow",
    "NotLive",
    "SamePerson",
    "WordsMissing",
    "WrongGroup",
    "accept_change",
    "approve",
    "ask_for_more",
    "changes_follow_merger",
    "follow_merger",
    "mark_fee_paid",
    "note_opened",
    "note_refund",
    "reject",
    "reject_change",
    "take",
    "take_change",
    "take_contact",
    "take_paper",
    "take_withdrawal",
    "waive_fee",
]
