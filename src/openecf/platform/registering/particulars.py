"""What a person may ask a court to change of what it holds about the person, as it crosses from the central site."""

from __future__ import annotations

from typing import Annotated, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

ChangeKind = Literal["name", "address", "deactivation"]
CHANGES: dict[ChangeKind, object] = {
    "name": _("Change of name"),
    "address": _("Change of address"),
    "deactivation": _("End of filing"),
}
InCases = Literal["open", "all", "none"]
"""In which of the person's cases there the change is to be printed on the docket; the clerk's office decides."""
IN_CASES: dict[InCases, object] = {
    "open": _("In my open cases"),
    "all": _("In all my cases, closed ones too"),
    "none": _("In no case: only in the court's records of me"),
}
Why = Literal["", "not-linked", "suspended", "own-people"]
"""Why a court's own software refuses a change before any clerk sees it."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SaidName(_Data):
    """A whole name: it replaces the one before."""

    prefix: Annotated[str, Field(max_length=10)] = ""
    first_name: Annotated[str, Field(max_length=60)] = ""
    middle_name: Annotated[str, Field(max_length=60)] = ""
    last_name: Annotated[str, Field(min_length=1, max_length=120)]
    generation: Annotated[str, Field(max_length=10)] = ""
    cases: InCases = "open"


class SaidAddress(_Data):
    """Where a person is reached by post and telephone: all of it replaces what was there before."""

    firm: Annotated[str, Field(max_length=120)] = ""
    address_lines: Annotated[list[Annotated[str, Field(max_length=120)]], Field(min_length=1, max_length=8)]
    phone: Annotated[str, Field(max_length=30)] = ""
    fax: Annotated[str, Field(max_length=30)] = ""
    cases: InCases = "open"


class SaidEnd(_Data):
    """The person wants to file there no more."""

    reason: Annotated[str, Field(max_length=400)] = ""


SAID: dict[ChangeKind, type[SaidName] | type[SaidAddress] | type[SaidEnd]] = {
    "name": SaidName,
    "address": SaidAddress,
    "deactivation": SaidEnd,
}
"""What is said with each kind of change."""
