"""Decisions about a conversion: where it stands, what a finding is called, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext_lazy as _


class Stands(Protocol):
    """A conversion's hours, each unset or aware."""

    roll_back_begun_at: object
    loaded_at: object
    verified_at: object
    switched_at: object
    rolled_back_at: object


def stage(conversion: Stands | None) -> str:
    """none, loading, loaded, verified, switched or rolled-back."""
    if conversion is None:
        return "none"
    reached = (
        ("rolled-back", conversion.rolled_back_at or conversion.roll_back_begun_at),
        ("switched", conversion.switched_at),
        ("verified", conversion.verified_at),
        ("loaded", conversion.loaded_at),
    )
    return next((name for name, hour in reached if hour is not None), "loading")


STAGES = {
    "none": _("Nothing is converted"),
    "loading": _("Being loaded"),
    "loaded": _("Loaded, to be verified"),
    "verified": _("Verified: every row and every document is what the export says"),
    "switched": _("Switched: the court goes on with the converted record"),
    "rolled-back": _("Rolled back"),
}

TITLES = {
    ("shared-login", "login"): _("One login, several people"),
    ("twice", "bar-id"): _("Same bar number, same last name"),
    ("twice", "name"): _("Same name, same address or telephone"),
    ("shared", "bar-id"): _("Same bar number, different names"),
    ("shared", "email"): _("Several logins, one e-mail address"),
    ("shared", "phone"): _("One telephone, several firms"),
}
"""What the clerk's office reads of a finding, by kind and what people have in common."""

SAME, DIFFERENT, SPLIT = "same", "different", "split"
OUTCOMES = {
    SAME: _("The same person"),
    DIFFERENT: _("Different persons"),
    SPLIT: _("Each a login of their own"),
}


@dataclass(frozen=True)
class Known:
    """A person of a finding. ``user``: the account that the person has here; None: none."""

    row: int
    person: str
    name: str
    bar_id: str = ""
    firm: str = ""
    phone: str = ""
    email: str = ""
    login: str = ""
    user: int | None = None
    active: bool = False
    appearances: int = 0


def choices(kind: str) -> tuple[str, ...]:
    """How a finding of this kind can end."""
    return (SPLIT, SAME, DIFFERENT) if kind == "shared-login" else (SAME, DIFFERENT)


def login_for(*, first: str, last: str, taken: Sequence[str]) -> str:
    """A login for a person who gets one: first letter and last name, as courts make them, with a number if need be."""
    plain = "".join(letter for letter in f"{first[:1]}{last}".lower() if letter.isascii() and letter.isalnum())[:50]
    plain = plain or "filer"
    used = {one.lower() for one in taken}
    return next(name for n in range(1, len(used) + 3) if (name := plain if n == 1 else f"{plain}{n}") not in used)
