"""Decisions about requests: who may ask which court, which steps a request has, which answer of the court counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from django.utils.translation import gettext_lazy as _

from openecf.platform.registering.profile import RegistrationProfile
from openecf.platform.registering.roles import ATTORNEY_ROLES, WITHOUT_ATTORNEY, Kind, roles_of

OPEN = frozenset({"draft", "submitted", "received", "more", "fee-due"})
EDITABLE = frozenset({"draft", "more"})
FINAL = frozenset({"approved", "rejected"})
OF_THE_FEE = frozenset({"fee-paid", "fee-waived", "fee-refunded"})
"""Answers of a court that move no request: they say what became of its fee."""

StepName = Literal["role", "filer", "bars", "notices", "papers", "form", "terms"]
STEP_NAMES: dict[StepName, object] = {
    "role": _("Role"),
    "filer": _("About you"),
    "bars": _("Bar admissions"),
    "notices": _("Notices"),
    "papers": _("Documents"),
    "form": _("The court's form"),
    "terms": _("Policies"),
}


class Standing(StrEnum):
    """Why an account may or may not register to file; each has its own words in the template."""

    WELCOME = "welcome"
    LEGACY = "legacy"
    BILLING_ONLY = "billing-only"
    SHARED = "shared"


def standing(*, upgraded: bool, is_administrative: bool, shared: bool) -> Standing:
    """Only a person's own upgraded account registers."""
    if is_administrative:
        return Standing.BILLING_ONLY
    if shared:
        return Standing.SHARED
    return Standing.WELCOME if upgraded else Standing.LEGACY


class Again(StrEnum):
    """Why somebody who is linked at a court may ask it once more."""

    NO = ""
    REINSTATEMENT = "reinstatement"
    """The court suspended the filing; it decides whether to give it back."""
    ANOTHER_CASE = "another-case"
    """The person files there in single cases: without an attorney, or as one who is admitted pro hac vice."""


def again(*, suspended: bool, role: str, kind: Kind, accepts: Collection[str]) -> Again:
    """Whether somebody linked at a court as ``role`` (``suspended`` or not) may ask it for a registration of that kind.

    ``accepts``: the roles that the court takes registrations for.
    """
    if suspended:
        return Again.REINSTATEMENT
    asks_as = _IN_SINGLE_CASES.get((role, kind), ())
    return Again.NO if set(asks_as).isdisjoint(accepts) else Again.ANOTHER_CASE


_IN_SINGLE_CASES = {("pro-se", "non-attorney"): WITHOUT_ATTORNEY, ("pro-hac-vice", "attorney"): tuple(ATTORNEY_ROLES)}
"""How somebody is linked, what is asked for, and as what one asks for another case."""


class Offer(StrEnum):
    """What a court has to say to a registration of some kind."""

    OPEN = "open"
    NOT_HERE = "not-here"
    """The court does not run this software."""
    NOT_LIVE = "not-live"
    """It has not moved to NextGen; people register with the court itself."""
    NOT_ONLINE = "not-online"
    """It takes no registrations of this kind online."""


def offer(*, here: bool, nextgen: bool, profile: RegistrationProfile, kind: Kind) -> Offer:
    """Whether a court takes registrations of this kind through here."""
    if not here:
        return Offer.NOT_HERE
    if not nextgen:
        return Offer.NOT_LIVE
    return Offer.OPEN if accepted(profile, kind) else Offer.NOT_ONLINE


def accepted(profile: RegistrationProfile, kind: Kind) -> list[str]:
    """The roles of this kind that the court accepts, in the order in which they are offered everywhere."""
    return [role for role in roles_of(kind) if role in profile.accepts]


def steps(profile: RegistrationProfile, *, kind: Kind, role: str, is_new: bool) -> tuple[StepName, ...]:
    """The steps of a request. What depends on the role comes once it is chosen."""
    found: list[StepName] = ["role", "filer"]
    if kind == "attorney" and profile.bars != "none":
        found.append("bars")
    found.append("notices")
    if profile.papers_for(role):
        found.append("papers")
    if profile.form_for(role, is_new=is_new):
        found.append("form")
    if profile.policies_for(role):
        found.append("terms")
    return tuple(found)


def first_missing(
    wanted: Iterable[StepName],
    *,
    answers: Mapping[str, object],
    papers: Iterable[str],
    profile: RegistrationProfile,
    role: str,
) -> StepName | None:
    """The first step that is not answered yet; None when the request can be sent.

    A paper that the court requires is missing as long as it was not uploaded; the others may be left out.
    """
    uploaded = set(papers)
    for step in wanted:
        if step == "papers":
            if any(paper.required and paper.name not in uploaded for paper in profile.papers_for(role)):
                return step
        elif step not in answers:
            return step
    return None


@dataclass(frozen=True)
class Place:
    """How far a request is: how often it was sent, the court's last step that counted, and where that left it."""

    version: int
    step: int
    status: str


def after(place: Place, *, version: int, step: int, status: str) -> Place:
    """Where a request stands after an answer of the court, in whatever order answers come.

    A decision counts whatever the applicant did meanwhile, because the court has acted on it. Anything else counts
    only if it is newer than the last answer and about what the applicant sent last.
    """
    if place.status in FINAL:
        return place
    if status in FINAL:
        return Place(place.version, max(step, place.step), status)
    if step <= place.step:
        return place
    if place.status == "withdrawn" or version < place.version:
        return Place(place.version, step, place.status)
    return Place(place.version, step, status)


CHANGE_WAITS = frozenset({"sent", "received"})
"""Where a change stands that a court has not decided."""


def change_after(status: str, answer: str) -> str:
    """Where a change stands after an answer of the court, in whatever order answers come.

    What the court decided first counts, even of a change that a newer one replaced: the court has acted on it.
    """
    if status in ("accepted", "rejected", "refused"):
        return status
    if answer == "received":
        return "received" if status == "sent" else status
    return answer
