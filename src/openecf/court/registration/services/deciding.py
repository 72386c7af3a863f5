"""The desk's four acts. Each happens once: of two clerks, or two clicks, the first one counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openecf.court.cases import services as cases
from openecf.court.people import services as people
from openecf.court.registration import queries
from openecf.court.registration.models import FilingRequest, RequestAct, Status
from openecf.court.registration.rules import OPEN, Seen, groups_for
from openecf.court.registration.services.answering import Answer, answer
from openecf.court.transition import queries as transition
from openecf.court.transition.rules import is_live
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.registering.answers import unanswered

LONGEST_WORDS = 4000


class CannotDecide(Refusal):
    """Nothing was done with the request."""

    said = _("Nothing was changed.")
    code = "cannot-decide"


class Decided(CannotDecide):
    """The request is over: decided or taken back. ``facts["by"]`` is the id of the court user who decided, if one did."""

    said = _("This request was decided or taken back before. Nothing was changed.")
    code = "decided"


class Changed(CannotDecide):
    """Something happened since the page was opened: the applicant sent a new version, or another clerk acted."""

    said = _(
        "Something happened while you looked: the applicant or a colleague acted. Nothing was changed. Read again."
    )
    code = "changed"


class WordsMissing(CannotDecide):
    """The applicant reads why."""

    said = _("Write what the applicant should know.")
    code = "words-missing"


class WrongGroup(CannotDecide):
    """The group does not fit what the applicant asked for."""

    said = _("Choose one of the groups that go with what the applicant asks for.")
    code = "wrong-group"


class FormMissing(CannotDecide):
    """The court's own form is to be completed before access is granted; ``facts["questions"]`` are unanswered."""

    said = _("The court's form is not complete. Ask the applicant for it before you approve.")
    code = "form-missing"


class NotLive(CannotDecide):
    """The court has its own logins still."""

    said = _("This court is not live on NextGen. Requests can be approved from the hour on at which it is.")
    code = "not-live"


def ask_for_more(*, request_id: UUID, seen: Seen, said: str, by: str, at: datetime) -> None:
    """Ask the applicant for something; she answers by sending the request again. CannotDecide."""
    said = _words(said)
    with _deciding(request_id, seen, "more", by=by, at=at, said=said) as row:
        row.status = Status.MORE


def reject(*, request_id: UUID, seen: Seen, said: str, by: str, at: datetime) -> None:
    """Refuse the request, with the reason that the applicant reads. CannotDecide."""
    said = _words(said)
    with _deciding(request_id, seen, "rejected", by=by, at=at, said=said) as row:
        row.status = Status.REJECTED


def approve(
    *, request_id: UUID, seen: Seen, group: str, user_id: int | None, by: str, at: datetime, said: str = "",
    appearances: bool = False,
) -> None:  # fmt: skip
    """Let the applicant file: her PACER account is linked to the court's account ``user_id``, or to a new one.

    ``appearances``: those on dockets that belong to no account, under her proved address and last name, become hers.

    CannotDecide, people.services.CannotAdmit.
    """
    profile = transition.profile()
    with _deciding(request_id, seen, "approved", by=by, at=at, said=said.strip()[:LONGEST_WORDS]) as row:
        if not is_live(profile, at):
            raise NotLive
        if group not in groups_for(row.role):
            raise WrongGroup
        application = queries.application_of(row)
        form = transition.registration(profile).form_for(row.role, is_new=user_id is None)
        if form and (missing := unanswered(form, application.answers)):
            raise FormMissing(questions=[question.name for question in missing])
        row.user = people.admit(
            account=row.account,
            number=row.account_number,
            username=row.username,
            group=group,
            application=application,
            user_id=user_id,
            language=row.language,
            by=by,
            at=at,
        )
        if appearances and application.email_proved:
            cases.claim(user=row.user, email=application.email, last_name=application.last_name, at=at, by=by)
        row.status = Status.APPROVED


def note_opened(*, request_id: UUID, sha256: str, by: str, at: datetime) -> None:
    """Somebody of the clerk's office opens a paper, which is kept sealed: on record, as every opening is."""
    record(act="registration.paper-opened", by=by, at=at, subject=f"request:{request_id}", sha256=sha256[:16])


def mark_fee_paid(*, request_id: UUID, said: str, by: str, at: datetime) -> None:
    """Note that the fee was paid, and how (a receipt's number). Once. CannotDecide."""
    said = _words(said)
    with transaction.atomic():
        row = _locked(request_id)
        if not row.fee_cents or row.fee_paid_at is not None or row.status in (Status.REJECTED, Status.WITHDRAWN):
            raise Decided(_("No fee is due on this request, or it was marked as paid before. Nothing was changed."))
        row.fee_paid_at = at
        note(row, "fee-paid", by=by, at=at, said=said)


@contextmanager
def _deciding(
    request_id: UUID, seen: Seen, what: Answer, *, by: str, at: datetime, said: str
) -> Iterator[FilingRequest]:
    """The locked request, for the one who decides; on leaving, the decision is told and written down."""
    with transaction.atomic():
        row = _locked(request_id)
        if row.status not in OPEN:
            raise Decided
        if (row.version, row.step) != (seen.version, seen.step):
            raise Changed
        yield row
        note(row, what, by=by, at=at, said=said)


def note(row: FilingRequest, what: Answer, *, by: str, at: datetime, said: str) -> None:
    """Write an act into the history and tell the applicant. Inside a transaction, the row locked."""
    RequestAct.objects.create(request=row, at=at, by=by, what=what, said=said)
    answer(row, what, at=at, said=said)
    record(act=f"registration.{what}", by=by, at=at, subject=f"request:{row.id}", version=row.version)


def _locked(request_id: UUID) -> FilingRequest:
    row = FilingRequest.objects.select_for_update().filter(id=request_id).first()
    if row is None:
        raise Decided
    return row


def _words(said: str) -> str:
    said = said.strip()[:LONGEST_WORDS]
    if not said:
        raise WordsMissing
    return said
