"""Asking a court, and hearing from it."""

from __future__ import annotations

from openecf.central.registration.services.asking import (
    AlreadyThere,
    CannotRegister,
    NotAsked,
    NotComplete,
    NotOffered,
    OpenAlready,
    TooOften,
    begin,
    bring_in,
    drop_paper,
    follow,
    keep_paper,
    save_step,
    submit,
    withdraw,
)
from openecf.central.registration.services.changing import (
    CannotAskChange,
    NotFiledThere,
    TooManyChanges,
    ask_to_end,
    change_address,
    change_name,
    hear_change,
)
from openecf.central.registration.services.contact import (
    NotAnAddress,
    TooManyProofs,
    change_contact,
    confirm_contact,
    look_at_proof,
    take_contact_back,
)
from openecf.central.registration.services.hearing import hear

__all__ = [
    "AlreadyThere",
    "CannotAskChange",
    "CannotRegister",
    "NotAnAddress",
    "NotAsked",
    "NotComplete",
    "NotFiledThere",
    "NotOffered",
    "OpenAlready",
    "TooManyChanges",
    "TooManyProofs",
    "TooOften",
    "ask_to_end",
    "begin",
    "bring_in",
    "change_address",
    "change_contact",
    "change_name",
    "confirm_contact",
    "drop_paper",
    "follow",
    "hear",
    "hear_change",
    "keep_paper",
    "look_at_proof",
    "save_step",
    "submit",
    "take_contact_back",
    "withdraw",
]
