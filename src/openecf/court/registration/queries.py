"""Reading requests for the desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet

from openecf.court.cases import queries as cases
from openecf.court.people import queries as people
from openecf.court.registration import rules
from openecf.court.registration.changes import changes_waiting as changes_waiting
from openecf.court.registration.models import (
    FeeFinding,
    FilingRequest,
    HeldApproval,
    ReceivedPaper,
    RequestAct,
    Status,
)
from openecf.platform.config import this_site
from openecf.platform.payments import queries as payments
from openecf.platform.payments.queries import Paying
from openecf.platform.registering.application import Application
from openecf.platform.registering.roles import roles_of

if TYPE_CHECKING:
    from openecf.court.people.models import CourtUser
    from openecf.court.people.rules import Reader

PAGE = 25
MOST_REFUNDS = 200
MOST_CASES, MOST_PARTIES = 5, 100


@dataclass(frozen=True)
class Page:
    """One page of the list, oldest first, so that nobody waits for ever."""

    rows: Sequence[FilingRequest]
    number: int
    pages: int
    total: int


def listed(*, status: str = "open", kind: str = "", typed: str = "", page: int = 1) -> Page:
    """Requests by status (``open`` or a Status), kind, and words of the name, address, number or role."""
    found: QuerySet[FilingRequest] = FilingRequest.objects.all()
    if status == "open":
        found = found.filter(status__in=rules.OPEN).order_by("received_at", "id")
    else:
        found = found.filter(status=status).order_by("-changed_at", "id")
    if kind in ("attorney", "non-attorney"):
        found = found.filter(role__in=list(roles_of(kind)))
    for word in typed.split()[:5]:
        found = found.filter(
            Q(name__icontains=word) | Q(email__icontains=word) | Q(account_number=word) | Q(username__iexact=word)
        )
    total = found.count()
    pages = max(1, -(-total // PAGE))
    number = min(max(page, 1), pages)
    return Page(list(found[(number - 1) * PAGE : number * PAGE]), number, pages, total)


def waiting() -> int:
    """How many requests wait for a clerk."""
    return FilingRequest.objects.filter(status=Status.PENDING).count()


def request_of(request_id: UUID) -> FilingRequest | None:
    """The request of that id."""
    return FilingRequest.objects.select_related("user").filter(id=request_id).first()


def application_of(request: FilingRequest) -> Application:
    """What the applicant sent last."""
    return Application.model_validate(request.application)


@dataclass(frozen=True)
class Candidate:
    """An account of this court that may be the applicant's already."""

    user: CourtUser
    reasons: tuple[rules.Reason, ...]
    weight: int

    @property
    def is_free(self) -> bool:
        """Whether the account belongs to no PACER account yet."""
        return self.user.account is None

    @property
    def was_suspended(self) -> bool:
        return not self.user.active and self.user.suspended_at is not None

    @property
    def is_proposed(self) -> bool:
        return rules.is_proposed(self.reasons)

    @property
    def must_compare(self) -> bool:
        return rules.must_compare(self.reasons)


def candidates(application: Application, *, limit: int = 10) -> list[Candidate]:
    """The accounts that the applicant may have here already, the likeliest first."""
    known = people.alike(
        emails=[application.email, *application.extra_emails],
        bar_ids=[rules.bar_core(bar.number, bar.where) for bar in application.bars],
        last_names=[application.last_name, *application.other_names.split()],
    )
    found = []
    for user in known:
        reasons = rules.likeness(application, user)
        if reasons:
            found.append(Candidate(user, reasons, rules.weight(reasons)))
    return sorted(found, key=lambda one: (-one.weight, one.user.id))[:limit]


def may_be_duplicates(request: FilingRequest) -> list[Candidate]:
    """Accounts of the court so like the applicant that a new one would probably be a second one of the same person: the
    proved address, the bar number, or the name of somebody who was suspended, under whichever PACER account."""
    return [
        one for one in candidates(application_of(request)) if rules.is_probably_same(one.reasons, one.was_suspended)
    ]


def parties_for(application: Application, reader: Reader) -> list[tuple[int, str, bool]]:
    """The parties of the case that the applicant names, to choose from: id, words, and whether the name is the applicant's."""
    if not application.case_number:
        return []
    found = []
    for case in cases.matching(typed=application.case_number, reader=reader)[:MOST_CASES]:
        for party, _counsel in cases.standing(case.id):
            words = f"{case.heading_number} {case.title}: {party.name} ({party.type})"
            found.append((party.pk, words, rules.is_named(party.name, application)))
    return found[:MOST_PARTIES]


def suspended_among(accounts: Iterable[UUID]) -> set[UUID]:
    """Those of these PACER accounts whose filing here is suspended: they ask for it back."""
    return people.suspended_among(accounts)


def found_by(text: str, application: Application) -> list[Candidate]:
    """Accounts that a clerk looks for by last name, login or bar id, with what they have in common with the applicant."""
    users = people.attorneys_called(text.strip(), limit=10) if text.strip() else []
    return [Candidate(user, rules.likeness(application, user), 0) for user in users]


def in_common(application: Application, *, user_id: int) -> tuple[rules.Reason, ...]:
    """What the applicant has in common with that account of the court; nothing if there is none."""
    return next((rules.likeness(application, user) for user in people.users([user_id])), ())


def appearances(application: Application) -> int:
    """In how many cases the applicant stands on the docket as an attorney without an account: by the proved address."""
    if not application.email_proved:
        return 0
    return cases.unclaimed_appearances(email=application.email, last_name=application.last_name)


def linked_here(account: UUID) -> CourtUser | None:
    """The court user that the PACER account is linked to already."""
    return people.user_of_account(account)


def suspended_after(at: datetime, *, account: UUID, user_id: int | None) -> bool:
    """Whether the account that the applicant has here, or that a clerk chose for her, was suspended later than that."""
    chosen = people.users([user_id]) if user_id is not None else []
    known = [one for one in (people.user_of_account(account), *chosen) if one is not None]
    return any(not one.active and one.suspended_at is not None and one.suspended_at > at for one in known)


def papers(application: Application) -> dict[str, ReceivedPaper]:
    """Those of the application's papers that have arrived whole, by their SHA-256."""
    wanted = [paper.sha256 for paper in application.papers]
    return {row.sha256: row for row in ReceivedPaper.objects.filter(sha256__in=wanted)}


def acts_of(request: FilingRequest) -> list[tuple[RequestAct, str]]:
    """The history with the names of those who acted, oldest first."""
    acts = list(request.acts.all())
    names = people.names_of(int(act.by[5:]) for act in acts if act.by.startswith("user:"))
    return [(act, names.get(int(act.by[5:]), act.by) if act.by.startswith("user:") else "") for act in acts]


def last_act(request: FilingRequest) -> tuple[RequestAct, str] | None:
    """The last line of the history with its actor's name."""
    acts = acts_of(request)
    return acts[-1] if acts else None


def fee_page(request_id: UUID) -> str:
    """The whole address of the page on which the applicant pays the fee."""
    return f"{this_site().config.base_url}/registration/fee/{request_id}"


def payments_of(request: FilingRequest) -> list[Paying]:
    """The payments of the request's fee, on line, newest first; also those begun with an account that was closed since, as a
    duplicate of the applicant's."""
    return payments.of_references([str(request.id)], purpose=rules.FEE_PURPOSE)[::-1]


def finding_of(paying: Paying) -> tuple[FeeFinding, str] | None:
    """What one clerk found about a payment and waits for a second, with her name."""
    made = FeeFinding.objects.filter(number=paying.number, outcome=FeeFinding.Outcome.WAITING).first()
    return None if made is None else (made, people.named(made.first_by))


def stuck_payments() -> list[tuple[FilingRequest, Paying, bool]]:
    """Fees of which nobody knows whether Pay.gov took them: for the clerk's office to find out; whether one clerk did."""
    stuck = {UUID(one.reference): one for one in payments.for_people(purpose=rules.FEE_PURPOSE)}
    half = set(FeeFinding.objects.filter(outcome=FeeFinding.Outcome.WAITING).values_list("number", flat=True))
    rows = FilingRequest.objects.filter(id__in=stuck).order_by("name")
    return [(row, stuck[row.id], stuck[row.id].number in half) for row in rows]


def refunds_due() -> list[FilingRequest]:
    """Requests for which money came that the court does not keep, oldest first."""
    return list(FilingRequest.objects.filter(refund_due=True).order_by("changed_at", "id")[:MOST_REFUNDS])


def held_of(request: FilingRequest) -> HeldApproval | None:
    """What the clerk chose who approved a request that waits for its fee."""
    return HeldApproval.objects.select_related("user").filter(request=request).first()


def fee_due_of(account: UUID) -> FilingRequest | None:
    """The person's request that was approved here and waits for its fee."""
    return FilingRequest.objects.filter(account=account, status=Status.FEE_DUE).order_by("changed_at").first()
