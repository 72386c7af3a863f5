"""As what a person may ask a court to let them file: the words that Manage My Account uses."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext_lazy as _

Kind = Literal["attorney", "non-attorney"]

ATTORNEY_ROLES = {
    "admission": _("Attorney admission and e-filing"),
    "e-file": _("E-file registration only (already admitted)"),
    "federal-attorney": _("Attorney of the federal government"),
    "pro-hac-vice": _("Pro hac vice (for one case)"),
}
NON_ATTORNEY_ROLES = {
    "party": _("Party"),
    "pro-se": _("Pro se filer (without an attorney)"),
    "interested-party": _("Interested party"),
    "creditor": _("Creditor"),
    "filing-agent": _("Filing agent"),
    "trustee": _("Trustee"),
    "us-trustee": _("U.S. Trustee"),
    "court-reporter": _("Court reporter"),
    "auditor": _("Auditor"),
}
WITHOUT_ATTORNEY = ("pro-se", "party")
"""As what somebody files in a case of one's own, the fitting one first."""
ROLES = {**ATTORNEY_ROLES, **NON_ATTORNEY_ROLES}


def kind_of(role: str) -> Kind:
    """Whether this is one of the attorneys' roles."""
    return "attorney" if role in ATTORNEY_ROLES else "non-attorney"


def roles_of(kind: Kind) -> dict[str, object]:
    """The roles of that kind of registration, with their names."""
    return ATTORNEY_ROLES if kind == "attorney" else NON_ATTORNEY_ROLES
