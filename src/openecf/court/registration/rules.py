"""Decisions of the desk: who an applicant may be, into which group a role goes, what may be done with a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from django.utils.translation import gettext_lazy as _

from openecf.platform.registering.application import Application

FEE_PURPOSE = "registration-fee"
"""What payments of this room are called among payments."""
OPEN = frozenset({"pending", "more"})
REJECTABLE = OPEN | {"fee-due"}
"""Until access is given the court may still say no."""
FINAL = frozenset({"approved", "rejected", "withdrawn"})

_GROUPS = {
    "admission": ("attorney",),
    "e-file": ("attorney", "trustee", "us-trustee"),
    "federal-attorney": ("attorney", "us-trustee"),
    "pro-hac-vice": ("pro-hac-vice", "attorney"),
    "party": ("limited", "pro-se"),
    "pro-se": ("pro-se", "limited"),
    "interested-party": ("limited",),
    "creditor": ("limited",),
    "filing-agent": ("filing-agent",),
    "trustee": ("trustee", "us-trustee"),
    "us-trustee": ("us-trustee",),
    "court-reporter": ("court-reporter",),
    "auditor": ("auditor",),
}


def groups_for(role: str) -> tuple[str, ...]:
    """The groups into which somebody of that role can be admitted; the first is what the desk proposes."""
    return _GROUPS.get(role, ("limited",))


Reason = Literal["email", "bar", "name", "typed-email", "last-name"]
REASONS: dict[Reason, object] = {
    "email": _("same e-mail address"),
    "bar": _("same bar number"),
    "name": _("same name"),
    "typed-email": _("same e-mail address, which is not proved"),
    "last-name": _("same last name"),
}
_WEIGHT: dict[Reason, int] = {"email": 4, "bar": 3, "name": 3, "typed-email": 1, "last-name": 1}


class Known(Protocol):
    """What the court knows of an account of its own."""

    first_name: str
    last_name: str
    bar_id: str
    email: str


def likeness(application: Application, known: Known) -> tuple[Reason, ...]:
    """What an applicant and an account of the court have in common, strongest first; empty: nothing.

    An address counts for little that was typed and not proved: dockets print those of attorneys.
    """
    found: list[Reason] = []
    if known.email and known.email.lower() == application.email.lower():
        found.append("email" if application.email_proved else "typed-email")
    if known.bar_id and any(_same_bar(known.bar_id, bar.where, bar.number) for bar in application.bars):
        found.append("bar")
    names = {application.last_name.casefold(), *application.other_names.casefold().split()}
    if known.last_name.casefold() in names:
        same = known.first_name.casefold()[:1] == application.first_name.casefold()[:1]
        whole = known.first_name.casefold() == application.first_name.casefold()
        found.append("name" if whole or (same and len(known.first_name) <= 2) else "last-name")
    return tuple(found)


def bar_core(number: str, where: str) -> str:
    """What tells one bar number from another: ``FL0044021``, ``0044021`` and ``44021`` are one of the Florida bar."""
    return "".join(c for c in number.upper() if c.isalnum()).removeprefix(where.upper()).lstrip("0")


def _same_bar(bar_id: str, where: str, number: str) -> bool:
    core = bar_core(number, where)
    return bool(core) and bar_core(bar_id, where) == core


def weight(reasons: Sequence[Reason]) -> int:
    """How much speaks for one and the same person: what the desk shows first."""
    return sum(_WEIGHT[reason] for reason in reasons)


def is_proposed(reasons: Sequence[Reason]) -> bool:
    """Whether the desk proposes the account. Only a proved address does: bar numbers and names are typed by whoever asks,
    and dockets print those of attorneys."""
    return "email" in reasons


def must_compare(reasons: Sequence[Reason]) -> bool:
    """Whether a clerk has to say that she compared the facts: the name or the address differs, or is not proved."""
    return not {"email", "name"} <= set(reasons)


def is_probably_same(reasons: Sequence[Reason], was_suspended: bool) -> bool:
    """Whether a new account for the applicant would probably be a second one of the same person."""
    return bool({"email", "bar"} & set(reasons)) or (was_suspended and "name" in reasons)


def is_named(party: str, application: Application) -> bool:
    """Whether a party, as the docket has it, bears the applicant's first and last name."""
    words = party.casefold().replace(",", " ").split()
    return {application.first_name.casefold(), *application.last_name.casefold().split()} - {""} <= set(words)


def is_as_compared(*, then: Sequence[str], now: Sequence[Reason]) -> bool:
    """Whether what a clerk saw holds: the applicant and the account have no less in common than when she approved."""
    return not must_compare(now) or set(then) <= set(now)


@dataclass(frozen=True)
class Seen:
    """What a clerk had before her when she decided: the applicant's version and the court's step, and when the page was
    made, which says how the accounts of the court stood on it (None: as they stand now)."""

    version: int
    step: int
    at: datetime | None = None


def changed_text(*, kind: str, before: str, name: str, contact: str, parties: Sequence[str]) -> str:
    """What a docket says of a new name or address of somebody who stands in the case; English, as all docket text is.

    ``Change of Address of Ada B. Counsel for Juniper Alder: New LLP; 9 Pier Street; Miami, FL 33130.``
    """
    whom = ", ".join(dict.fromkeys(each for each in parties if each != name))
    who = f"{name} for {whom}" if whom else name
    if kind == "name":
        return f"Change of Name: {before} is now {who}."
    return f"Change of Address of {who}: {'; '.join(line for line in contact.splitlines() if line.strip())}."
