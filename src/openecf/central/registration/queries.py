"""Reading requests and what courts ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from openecf.central.courts import queries as courts
from openecf.central.registration import rules
from openecf.central.registration.changes import changeable_courts as changeable_courts
from openecf.central.registration.changes import changes_of as changes_of
from openecf.central.registration.changes import changes_waiting as changes_waiting
from openecf.central.registration.models import (
    ContactAsked,
    ContactSaid,
    EfileRequest,
    FilerContact,
    RequestPaper,
    Status,
)
from openecf.platform.registering.profile import RegistrationProfile
from openecf.platform.registering.roles import Kind

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account
    from openecf.central.courts.models import RegisteredCourt

SENT_LOOKED_AT = 20


@dataclass(frozen=True)
class CourtOffer:
    """A court as somebody who wants to register sees it."""

    row: courts.CourtRow
    profile: RegistrationProfile
    offer: rules.Offer

    @property
    def is_open(self) -> bool:
        return self.offer is rules.Offer.OPEN


def offer_of(court_id: str, *, kind: Kind) -> CourtOffer | None:
    """What a court has to say to registrations of this kind; None if there is no such court."""
    row = next((row for row in courts.all_courts() if row.court.id == court_id), None)
    return _offer(row, kind) if row else None


def offers(court_type: str, *, kind: Kind) -> list[CourtOffer]:
    """The courts of that type (``bankruptcy`` …), those that run this software first."""
    found = [_offer(row, kind) for row in courts.all_courts() if row.court.kind == court_type]
    return sorted(found, key=lambda one: one.offer is rules.Offer.NOT_HERE)


def _offer(row: courts.CourtRow, kind: Kind) -> CourtOffer:
    profile = profile_of(row)
    said = rules.offer(here=row.site is not None, nextgen=row.is_nextgen, profile=profile, kind=kind)
    return CourtOffer(row, profile, said)


def profile_of(row: courts.CourtRow | None) -> RegistrationProfile:
    """The court's rules of registration, as it told them last."""
    return RegistrationProfile.model_validate(row.site.registration if row and row.site else {})


def profile_for(request: EfileRequest) -> RegistrationProfile:
    """The rules that this request goes by: those of reinstatement where the court suspended the person."""
    profile = profile_of(court_row(request.court))
    linked = linked_at(account=request.account_id, court=request.court)
    return profile.for_reinstatement() if linked and linked.suspended else profile


def linked_at(*, account: UUID, court: str) -> RegisteredCourt | None:
    """How the account is linked at that court, suspended or not; None if it is not."""
    return next((row for row in courts.registered_courts(account) if row.court == court), None)


def again(*, account: UUID, court: str, kind: Kind) -> rules.Again:
    """Why somebody who is linked at that court may ask it once more; empty: not linked, or not allowed."""
    linked = linked_at(account=account, court=court)
    if linked is None:
        return rules.Again.NO
    accepts = profile_of(court_row(court)).accepts
    return rules.again(suspended=linked.suspended, role=linked.role, kind=kind, accepts=accepts)


def court_row(court_id: str) -> courts.CourtRow:
    """The court with its site; of a court that left this network the site is None."""
    return next(row for row in courts.all_courts() if row.court.id == court_id)


def request_of(*, account: UUID, request_id: UUID) -> EfileRequest | None:
    """The person's own request of that id."""
    return EfileRequest.objects.filter(id=request_id, account_id=account).first()


def requests_of(account: UUID) -> list[EfileRequest]:
    """All requests of a person, those that wait for somebody first, then the newest."""
    found = EfileRequest.objects.filter(account_id=account).order_by("-changed_at", "id")
    return sorted(found, key=lambda one: one.status not in rules.OPEN)


def bars_so_far(account: UUID) -> list[dict[str, object]]:
    """The bar admissions that the person told a court last, for the next court's form."""
    sent = EfileRequest.objects.filter(account_id=account, kind="attorney").exclude(sent_at=None).order_by("-sent_at")
    answers = sent.values_list("answers", flat=True)[:SENT_LOOKED_AT]
    return next((one["bars"]["bars"] for one in answers if one.get("bars", {}).get("bars")), [])


def open_at(*, account: UUID, court: str) -> EfileRequest | None:
    """The person's request to that court that is not decided."""
    return EfileRequest.objects.filter(account_id=account, court=court, status__in=rules.OPEN).first()


def latest_by_court(account: UUID) -> dict[str, EfileRequest]:
    """The person's last request to each court, drafts apart: for the list of registered courts."""
    sent = EfileRequest.objects.filter(account_id=account).exclude(status=Status.DRAFT)
    return {one.court: one for one in sent.order_by("sent_at")}


def waiting(account: UUID) -> int:
    """How many of the person's requests are not decided."""
    return EfileRequest.objects.filter(account_id=account, status__in=rules.OPEN).count()


def contact_of(account: UUID) -> FilerContact | None:
    """Where the person last said that notices should go."""
    return FilerContact.objects.filter(account_id=account).first()


def contact_at(account: UUID, *, at: datetime) -> ContactSaid | None:
    """Where the person had said until a moment that notices should go; None if nothing was said by then."""
    return ContactSaid.objects.filter(account_id=account, at__lte=at).order_by("at", "id").last()


def contact_asked(account: UUID, *, now: datetime) -> ContactAsked | None:
    """What waits for the link that was mailed to another address for notices; None if nothing does."""
    return ContactAsked.objects.filter(account_id=account, expires_at__gt=now).first()


def proved(account: Account, *, email: str) -> bool:
    """Whether the person has shown to read mail at an address: as the account's own, or for notices."""
    if email.lower() == account.email.lower() and account.email_verified_at is not None:
        return True
    kept = contact_of(account.id)
    return kept is not None and kept.proved_at is not None and kept.email.lower() == email.lower()


def papers_of(request: EfileRequest) -> dict[str, str]:
    """The file name of each paper that was uploaded, by the paper's name."""
    return dict(request.papers.values_list("name", "filename"))


def has_paper(sha256: str) -> bool:
    """Whether a request has a paper of these bytes."""
    return RequestPaper.objects.filter(sha256=sha256).exists()


def is_new_there(request: EfileRequest) -> bool:
    """Whether the person does not file at that court yet, as she said herself; the court decides. Who is linked does."""
    if linked_at(account=request.account_id, court=request.court):
        return False
    return request.answers.get("role", {}).get("here_already") != "yes"


def steps_of(request: EfileRequest, profile: RegistrationProfile) -> tuple[rules.StepName, ...]:
    """The request's steps under what the court asks now."""
    return rules.steps(profile, kind=request.kind, role=request.role, is_new=is_new_there(request))


def missing_step(request: EfileRequest, profile: RegistrationProfile) -> rules.StepName | None:
    """The first step that the person has to answer yet."""
    return rules.first_missing(
        steps_of(request, profile),
        answers=request.answers,
        papers=papers_of(request),
        profile=profile,
        role=request.role,
    )
