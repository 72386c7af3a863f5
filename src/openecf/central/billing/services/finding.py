"""Payments that the gateway tells nothing of any more: what two people of the desk find in Pay.gov's own reports.

Pay.gov itself is asked first (``payment_found``): its word needs no second person. Only where it gives none do people
decide, and then two of them.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.services import in_words_of
from openecf.central.billing import contacts
from openecf.central.billing.models import Finding
from openecf.central.billing.services.paying import PURPOSE, settle
from openecf.central.billing.services.two_people import OwnRequest
from openecf.platform.audit import services as audit
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail
from openecf.platform.payments import findings
from openecf.platform.payments import queries as payments
from openecf.platform.payments import services as collecting
from openecf.platform.payments.gateway import gateway
from openecf.platform.payments.queries import Paying

Outcome, Verdict = Finding.Outcome, Finding.Verdict


def payment_found(*, number: str, tracking: str, by: UUID, at: datetime) -> str:
    """Ask Pay.gov about the number that its report has for a payment; the payment's new state.

    What Pay.gov itself says decides; a finding that waited is over then.
    NotWaiting, NoGateway, NotTold, NotThatOne, OwnRequest.
    """
    _stuck(number, by)
    told = collecting.look_up(tracking=tracking, gateway=gateway())
    with transaction.atomic():
        collecting.hold(number=number)
        payer = _stuck(number, by).payer  # once more: two people may have decided while Pay.gov was asked
        state = collecting.found(number=number, told=told, settle=settle, by=str(by), at=at)
        audit.record(act="payment.found", by=str(by), at=at, subject=str(payer), attempt=number, tracking=tracking)
        findings.end_all(Finding.objects.filter(number=number), by=by, at=at)
    return state


def write_finding(
    *, number: str, verdict: str, tracking: str, paid_on: date | None, reason: str, by: UUID, at: datetime
) -> Finding:
    """The first person says what Pay.gov's report has about a payment. NotWaiting, OwnRequest, FoundAlready, NotThatOne."""
    taken = verdict == Verdict.TAKEN
    with transaction.atomic():
        collecting.hold(number=number)
        paying = _stuck(number, by)
        if taken and payments.numbered(tracking, purpose=PURPOSE) is not None:
            raise collecting.NotThatOne
        made = findings.write(
            Finding(
                number=number, payer_id=paying.payer, verdict=verdict, tracking=tracking if taken else "",
                paid_on=paid_on if taken else None, reason=reason, first_by=by, found_at=at,
            )
        )  # fmt: skip
        _record("payment.finding", made, by, at)
    return made


def agree_with_finding(*, finding: UUID, by: UUID, at: datetime) -> None:
    """The second person read the same: the payment is paid, or was never taken; its payer is told. All of it is one.

    NotWaiting, OwnRequest, NeedsAnother, NotThatOne.
    """
    with transaction.atomic():
        row = findings.waiting(Finding.objects.filter(pk=finding))
        _stuck(row.number, by)
        findings.agree(row, by=by, settle=settle, at=at)
        if row.verdict == Verdict.NEVER:
            _tell_never(row, at)
        _record("payment.finding-agreed", row, by, at)


def refuse_finding(*, finding: UUID, remark: str, by: UUID, at: datetime) -> None:
    """Somebody does not find the same, or the first takes it back: the payment waits for people as before.

    NotWaiting, OwnRequest.
    """
    with transaction.atomic():
        row = findings.waiting(Finding.objects.filter(pk=finding))
        if row.payer_id == by:
            raise OwnRequest
        findings.close(row, Outcome.REFUSED, by=by, at=at, remark=remark)
        _record("payment.finding-refused", row, by, at)


def _stuck(number: str, by: UUID) -> Paying:
    """The payment of that reference that waits for people, for somebody else than its payer."""
    found = payments.numbered(number, purpose=PURPOSE)
    if found is None or found.number != number:
        raise collecting.NotWaiting
    if found.payer == by:
        raise OwnRequest
    if not found.needs_a_person:
        raise collecting.NotWaiting
    return found


def _record(act: str, row: Finding, by: UUID, at: datetime) -> None:
    audit.record(act=act, by=str(by), at=at, subject=str(row.payer_id), attempt=row.number, verdict=row.verdict,
                 tracking=row.tracking, reason=row.reason)  # fmt: skip


def _tell_never(row: Finding, at: datetime) -> None:
    payer = accounts.account(row.payer_id)
    with in_words_of(payer):
        mail.send(
            to=contacts.addresses(payer),
            subject=gettext("Your payment of PACER fees was not made"),
            text=gettext(
                "We did not know whether your payment with our reference {reference} for PACER account {number} was "
                "made. Two people of the Service Center looked in Pay.gov's reports: it was not, and nothing was "
                "charged.\n\nYou can pay now:\n\n{link}"
            ).format(
                reference=row.number, number=payer.number, link=this_site().config.base_url + reverse("pay")
            ),
            at=at,
            reference=f"payment:{row.number}",
        )  # fmt: skip
