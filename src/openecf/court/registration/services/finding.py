"""Fees that the gateway tells nothing of any more: Pay.gov is asked by its number, or two clerks read in its reports."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from openecf.court.registration.models import FeeFinding, FilingRequest
from openecf.court.registration.queries import payments_of
from openecf.court.registration.services.paying import settle, tell_unpaid
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.payments import findings
from openecf.platform.payments import services as collecting
from openecf.platform.payments.findings import Finder
from openecf.platform.payments.gateway import gateway


class OwnFee(Refusal):
    """Nobody decides about money of their own."""

    said = _("This is your own fee: somebody else finds out about it.")
    code = "own-fee"


def found(*, request_id: UUID, number: str, tracking: str, by: Finder, at: datetime) -> str:
    """Ask Pay.gov about the number that its report has for a payment; the payment's new state. Its word is enough.

    NotWaiting, OwnFee, NoGateway, NotTold, NotThatOne. A finding that waited is over then.
    """
    _stuck(request_id, number, by)
    told = collecting.look_up(tracking=tracking, gateway=gateway())
    with transaction.atomic():
        collecting.hold(number=number)
        row = _stuck(request_id, number, by)  # once more: two clerks may have decided while Pay.gov was asked
        state = collecting.found(number=number, told=told, settle=settle, by=by.ref, at=at)
        findings.end_all(FeeFinding.objects.filter(request=row, number=number), by=by.ref, at=at)
    return state


def write_never_taken(*, request_id: UUID, number: str, reason: str, by: Finder, at: datetime) -> None:
    """The first clerk did not find the payment in Pay.gov's reports. NotWaiting, OwnFee, FoundAlready."""
    with transaction.atomic():
        collecting.hold(number=number)
        row = _stuck(request_id, number, by)
        made = findings.write(
            FeeFinding(request=row, number=number, verdict=FeeFinding.Verdict.NEVER, reason=reason, first_by=by.ref,
                       found_at=at)
        )  # fmt: skip
        _record("registration.fee-finding", made, by, at)


def agree_never_taken(*, request_id: UUID, finding: UUID, by: Finder, at: datetime) -> None:
    """The second clerk did not find it either: the payment is closed, and the applicant told, who can pay again.

    NotWaiting, OwnFee, NeedsAnother.
    """
    with transaction.atomic():
        made = findings.waiting(FeeFinding.objects.filter(pk=finding, request=request_id))
        row = _stuck(request_id, made.number, by)
        findings.agree(made, by=by.ref, settle=settle, at=at)
        words = gettext_noop("Your payment of ${amount} was not made: the payment service never took it.")
        tell_unpaid(row, words, Money(row.fee_cents), made.number, at)
        _record("registration.fee-finding-agreed", made, by, at)


def set_finding_aside(*, request_id: UUID, finding: UUID, remark: str, by: Finder, at: datetime) -> None:
    """The second clerk found it, or the first takes her finding back: the payment waits as before. NotWaiting, OwnFee."""
    with transaction.atomic():
        made = findings.waiting(FeeFinding.objects.filter(pk=finding, request=request_id))
        if made.request.account == by.account:
            raise OwnFee
        findings.close(made, FeeFinding.Outcome.REFUSED, by=by.ref, at=at, remark=remark)
        _record("registration.fee-finding-refused", made, by, at)


def _stuck(request_id: UUID, number: str, by: Finder) -> FilingRequest:
    """The request whose payment of that reference waits for people, for somebody else than its applicant."""
    row = FilingRequest.objects.filter(id=request_id).first()
    if row is None or not any(one.number == number and one.needs_a_person for one in payments_of(row)):
        raise collecting.NotWaiting
    if row.account == by.account:
        raise OwnFee
    return row


def _record(act: str, made: FeeFinding, by: Finder, at: datetime) -> None:
    record(act=act, by=by.ref, at=at, subject=f"request:{made.request_id}", attempt=made.number, reason=made.reason)
