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
    "CannotRegister",
    "NotAnAddress",
    "NotAsked",
    "NotComplete",
    "NotOffered",
    "OpenAlready",
    "TooManyProofs",
    "TooOften",
    "begin",
    "bring_in",
    "change_contact",
    "confirm_contact",
    "drop_paper",
    "follow",
    "hear",
    "keep_paper",
    "look_at_proof",
    "save_step",
    "submit",
    "take_contact_back",
    "withdraw",
]
