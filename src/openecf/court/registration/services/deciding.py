"""The acts of the desk. Each happens once: of two clerks, or two clicks, the first one counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openecf.court.people.rules import PRO_HAC_VICE
from openecf.court.registration import queries
from openecf.court.registration.models import FilingRequest, Status
from openecf.court.registration.rules import OPEN, REJECTABLE, Reason, Seen, groups_for, must_compare
from openecf.court.registration.services.answering import Answer, note
from openecf.court.registration.services.letting_in import NoSuchParty, fee_settled, hold, let_in
from openecf.court.transition import queries as transition
from openecf.court.transition.rules import is_live
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.payments import services as collecting
from openecf.platform.payments.rules import State
from openecf.platform.registering.answers import unanswered

if TYPE_CHECKING:
    from openecf.court.people.models import CourtUser

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


class NotCompared(CannotDecide):
    """The account's name or address is not the applicant's, and nobody said that it is the same person all the same."""

    said = _(
        "The name or the e-mail address of this account is not the applicant's, or is not proved. Compare them, and say "
        "that it is the same person."
    )
    code = "not-compared"


class SamePerson(CannotDecide):
    """An account of the court has so much in common with the applicant that a second one would be a duplicate."""

    said = _(
        "An account of this court has the applicant's e-mail address or bar number, or was suspended under the same name. "
        "Choose it; or compare, and say that it is another person."
    )
    code = "same-person"


class CaseMissing(CannotDecide):
    """Somebody who files here without an attorney asks for another case, and no party of one was chosen."""

    said = _("This person files here already. Choose the case and the party, or reject the request.")
    code = "case-missing"


class ForNoCase(CaseMissing):
    """An admission pro hac vice is for a case, and no party of one was chosen."""

    said = _(
        "An admission pro hac vice is for a case. Choose the party whom the attorney represents; if none is offered, the number "
        "that the applicant gave is no case of this court: ask the applicant for it."
    )
    code = "for-no-case"


class NotLive(CannotDecide):
    """The court has its own logins still."""

    said = _("This court is not live on NextGen. Requests can be approved from the hour on at which it is.")
    code = "not-live"


def ask_for_more(*, request_id: UUID, seen: Seen, said: str, by: str, at: datetime) -> None:
    """Ask the applicant for something; she answers by sending the request again. CannotDecide."""
    said = _words(said)
    with _deciding(request_id, seen) as row:
        row.status = Status.MORE
        note(row, "more", by=by, at=at, said=said)


def reject(*, request_id: UUID, seen: Seen, said: str, by: str, at: datetime) -> None:
    """Refuse the request, with the reason that the applicant reads. CannotDecide, UnderWay.

    One that was approved and whose fee is due can be refused still; money that came for it is to be given back.
    """
    said = _words(said)
    with _deciding(request_id, seen, REJECTABLE):
        pass  # a page that is not true any more ends no payment
    _nobody_pays(request_id, by=by, at=at)
    with _deciding(request_id, seen, REJECTABLE) as row:
        row.status, row.refund_due = Status.REJECTED, row.refund_due or row.fee_paid_at is not None
        note(row, "rejected", by=by, at=at, said=said)


def approve(
    *, request_id: UUID, seen: Seen, group: str, user_id: int | None, by: str, at: datetime, said: str = "",
    appearances: bool = False, compared: bool = False, party: int | None = None,
) -> Status:  # fmt: skip
    """Let the applicant file: her PACER account is linked to the court's account ``user_id``, or to a new one; or filing is
    given back to the account that it is linked to, which was suspended.

    ``compared``: the clerk says that it is the same person although the name or the address differs, or, with a new
    account, another person although much is the same; on record. ``party``: who she is, or whom she represents, in the case in
    which she may file.
    Where the court wants its fee before, the choice is kept until it is settled; which of the two happened.
    CannotDecide, people.services.CannotAdmit.
    """
    profile = transition.profile()
    with _deciding(request_id, seen) as row:
        if not is_live(profile, at):
            raise NotLive
        if group not in groups_for(row.role):
            raise WrongGroup
        asked = transition.registration(profile)
        form = asked.form_for(row.role, is_new=user_id is None)
        if form and (missing := unanswered(form, queries.application_of(row).answers)):
            raise FormMissing(questions=[question.name for question in missing])
        linked = queries.linked_here(row.account)
        if linked is None and group == PRO_HAC_VICE and party is None:
            raise ForNoCase
        if linked and linked.active and linked.pk == user_id and linked.group == group and party is None:
            raise CaseMissing
        if seen.at is not None and queries.suspended_after(seen.at, account=row.account, user_id=user_id):
            raise Changed
        in_common = _require_same_person(row, user_id, linked, compared=compared, by=by, at=at)
        waits = asked.fee_before_access and row.fee_is_due
        chosen = {"group": group, "user_id": user_id, "appearances": appearances, "party": party, "by": by, "at": at}
        if waits:
            hold(row, **chosen, in_common=in_common)
        else:
            _let_in(row, **chosen)
        note(row, "fee-due" if waits else "approved", by=by, at=at, said=said.strip()[:LONGEST_WORDS])
    return Status(row.status)


def _let_in(row: FilingRequest, **chosen: object) -> None:
    try:
        let_in(row, **chosen)  # type: ignore[arg-type]
    except NoSuchParty as refusal:
        raise CannotDecide(refusal.said) from None


def _require_same_person(
    row: FilingRequest, user_id: int | None, linked: CourtUser | None, *, compared: bool, by: str, at: datetime
) -> Sequence[Reason]:
    """What the applicant has in common with the account that the clerk chose; nothing with a new one, or with the one that
    is the PACER account's already. NotCompared, SamePerson."""
    if linked is not None and linked.pk == user_id:
        return ()
    if user_id is None:
        alike = queries.may_be_duplicates(row)
        if alike and not compared:
            raise SamePerson
        if alike:
            record(act="registration.another-person", by=by, at=at, subject=f"request:{row.id}",
                   users=[f"user:{one.user.id}" for one in alike])  # fmt: skip
        return ()
    reasons = queries.in_common(queries.application_of(row), user_id=user_id)
    if not must_compare(reasons):
        return reasons
    if not compared:
        raise NotCompared
    record(act="registration.compared", by=by, at=at, subject=f"request:{row.id}", user=f"user:{user_id}",
           in_common=" ".join(reasons))  # fmt: skip
    return reasons


def note_opened(*, request_id: UUID, sha256: str, by: str, at: datetime) -> None:
    """Somebody of the clerk's office opens a paper, which is kept sealed: on record, as every opening is."""
    record(act="registration.paper-opened", by=by, at=at, subject=f"request:{request_id}", sha256=sha256[:16])


def mark_fee_paid(*, request_id: UUID, said: str, by: str, at: datetime) -> None:
    """Note that the fee was paid, and how (a receipt's number). Once. CannotDecide, UnderWay.

    Who was approved and waited for that is let in.
    """
    _settle(request_id, "fee_paid_at", "fee-paid", said=said, by=by, at=at)


def waive_fee(*, request_id: UUID, said: str, by: str, at: datetime) -> None:
    """The court does without the fee, for a reason that the applicant reads. Once. CannotDecide, UnderWay.

    Who was approved and waited for that is let in.
    """
    _settle(request_id, "fee_waived_at", "fee-waived", said=said, by=by, at=at)


def _settle(request_id: UUID, column: str, what: Answer, *, said: str, by: str, at: datetime) -> None:
    """``column`` of the request says since when nothing is owed."""
    said = _words(said)
    _nobody_pays(request_id, by=by, at=at)
    with transaction.atomic():
        row = _owing(request_id)
        setattr(row, column, at)
        note(row, what, by=by, at=at, said=said)
        fee_settled(row, at=at)


def note_refund(*, request_id: UUID, said: str, by: str, at: datetime) -> None:
    """Money that the court does not keep was given back; ``said``: how (Pay.gov's number of it). Once. CannotDecide."""
    said = _words(said)
    with transaction.atomic():
        row = _locked(request_id)
        if not row.refund_due:
            raise Decided(_("Nothing is to be given back on this request. Nothing was changed."))
        row.refund_due = False
        note(row, "fee-refunded", by=by, at=at, said=said)


def _nobody_pays(request_id: UUID, *, by: str, at: datetime) -> None:
    """End a payment whose payer has not finished at the gateway's page; UnderWay if its money was asked for already.

    In a transaction of its own, before the request is locked: what is decided about a payment locks both the other way
    round. One that begins in between is seen by ``paying.settle``.
    """
    row = queries.request_of(request_id)
    last = next(iter(queries.payments_of(row)), None) if row and row.fee_is_due else None
    if last is None or not (last.is_under_way or last.status == "pending"):
        return
    try:
        if last.state != State.AT_GATEWAY:
            raise collecting.NotWaiting
        collecting.give_up(number=last.number, by=by, at=at)
    except collecting.NotWaiting:
        raise collecting.UnderWay(
            _("The applicant is paying this fee just now, and the money was asked for. Wait for how that ends.")
        ) from None


@contextmanager
def _deciding(request_id: UUID, seen: Seen, among: frozenset[str] = OPEN) -> Iterator[FilingRequest]:
    """The locked request, for the one who decides."""
    with transaction.atomic():
        row = _locked(request_id)
        if row.status not in among:
            raise Decided
        if (row.version, row.step) != (seen.version, seen.step):
            raise Changed
        yield row


def _owing(request_id: UUID) -> FilingRequest:
    """The locked request, if a fee is open on it."""
    row = _locked(request_id)
    if not row.fee_is_due:
        raise Decided(_("No fee is due on this request, or it was settled before. Nothing was changed."))
    return row


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
