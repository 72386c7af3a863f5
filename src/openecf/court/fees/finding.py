"""Filing fees that the gateway tells nothing of any more: Pay.gov is asked by its number, or two clerks read in its reports."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from openecf.court.fees import owing
from openecf.court.fees.models import FilingFeeFinding
from openecf.court.fees.paying import settle, tell_unpaid
from openecf.court.people import queries as people
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.payments import findings
from openecf.platform.payments import services as collecting
from openecf.platform.payments.findings import Finder
from openecf.platform.payments.gateway import gateway
from openecf.platform.payments.queries import Paying


class OwnPayment(Refusal):
    """Nobody decides about money of their own."""

    said = _("This is your own payment: somebody else finds out about it.")
    code = "own-payment"


def finding_of(paying: Paying) -> tuple[FilingFeeFinding, str] | None:
    """What one clerk found about a payment and waits for a second, with her name."""
    made = FilingFeeFinding.objects.filter(number=paying.number, outcome=FilingFeeFinding.Outcome.WAITING).first()
    return None if made is None else (made, people.named(made.first_by))


def found(*, number: str, tracking: str, by: Finder, at: datetime) -> str:
    """Ask Pay.gov about the number that its report has for a payment; the payment's new state. Its word is enough.

    NotWaiting, OwnPayment, NoGateway, NotTold, NotThatOne. A finding that waited is over then.
    """
    _stuck(number, by)
    told = collecting.look_up(tracking=tracking, gateway=gateway())
    with transaction.atomic():
        collecting.hold(number=number)
        _stuck(number, by)  # once more: two clerks may have decided while Pay.gov was asked
        state = collecting.found(number=number, told=told, settle=settle, by=by.ref, at=at)
        findings.end_all(FilingFeeFinding.objects.filter(number=number), by=by.ref, at=at)
    return state


def write_never_taken(*, number: str, reason: str, by: Finder, at: datetime) -> None:
    """The first clerk did not find the payment in Pay.gov's reports. NotWaiting, OwnPayment, FoundAlready."""
    with transaction.atomic():
        collecting.hold(number=number)
        _stuck(number, by)
        made = findings.write(
            FilingFeeFinding(number=number, verdict=FilingFeeFinding.Verdict.NEVER, reason=reason, first_by=by.ref,
                             found_at=at)
        )  # fmt: skip
        _record("fee.finding", made, by, at)


def agree_never_taken(*, finding: UUID, by: Finder, at: datetime) -> None:
    """The second clerk did not find it either: the payment is closed, and the filer told, who can pay again.

    NotWaiting, OwnPayment, NeedsAnother.
    """
    with transaction.atomic():
        made = findings.waiting(FilingFeeFinding.objects.filter(pk=finding))
        stuck = _stuck(made.number, by)
        findings.agree(made, by=by.ref, settle=settle, at=at)
        words = gettext_noop("Your payment of ${amount} was not made: the payment service never took it.")
        tell_unpaid(owing.of_bill(UUID(stuck.reference)), words, stuck.amount, made.number, at)
        _record("fee.finding-agreed", made, by, at)


def set_finding_aside(*, finding: UUID, remark: str, by: Finder, at: datetime) -> None:
    """The second clerk found it, or the first takes her finding back: the payment waits as before. NotWaiting,
    OwnPayment."""
    with transaction.atomic():
        made = findings.waiting(FilingFeeFinding.objects.filter(pk=finding))
        _stuck(made.number, by)
        findings.close(made, FilingFeeFinding.Outcome.REFUSED, by=by.ref, at=at, remark=remark)
        _record("fee.finding-refused", made, by, at)


def _stuck(number: str, by: Finder) -> Paying:
    """The payment of that reference, which waits for people: for somebody else than who pays it."""
    made = owing.stuck_payment(number)
    if made is None:
        raise collecting.NotWaiting
    if by.account is not None and by.account in (made.payer, *owing.accounts_of(made)):
        raise OwnPayment
    return made


def _record(act: str, made: FilingFeeFinding, by: Finder, at: datetime) -> None:
    record(act=act, by=by.ref, at=at, subject=f"payment:{made.number}", attempt=made.number, reason=made.reason)
