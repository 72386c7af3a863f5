"""Paying the fee of an approved registration at Pay.gov's hosted page.

The money is the court's, and goes to the court's own agency application at Pay.gov: hence the payment lives at the court
and not at the central site, whose gateway collects PACER fees. The central site learns of it as it learns of everything
that the court does with a request, by an answer on the bus, and shows the receipt's number with the request.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from openecf.court.registration.models import FilingRequest, RequestAct, Status
from openecf.court.registration.queries import fee_page, linked_here, payments_of
from openecf.court.registration.rules import FEE_PURPOSE
from openecf.court.registration.services.answering import note
from openecf.court.registration.services.letting_in import fee_settled
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.mail import services as mail
from openecf.platform.payments import queries as payments
from openecf.platform.payments import services as collecting
from openecf.platform.payments.gateway import gateway
from openecf.platform.payments.queries import Paying
from openecf.platform.payments.services import Decided


class NotYours(Refusal):
    """No such request, or payment, is this person's."""

    said = _("There is no such payment.")
    code = "not-yours"


class NothingDue(Refusal):
    said = _("No fee is due on this registration.")
    code = "nothing-due"


class HasAccess(Refusal):
    said = _(
        "Your PACER account is linked at this court already: you need not pay for access. Take your request back in "
        "Manage My Account."
    )
    code = "has-access"


@dataclass(frozen=True)
class Payer:
    """Who pays, and by which address of this site the browser came: it is sent back there."""

    account: UUID
    origin: str

    @property
    def ref(self) -> str:
        """As the record of acts names the payer."""
        return f"account:{self.account}"


def pay(*, payer: Payer, request_id: UUID, at: datetime) -> str:
    """Begin a payment of the fee: the gateway's page. NotYours, NothingDue, HasAccess, UnderWay, NoGateway,
    GatewayTrouble.

    A bank that was asked and has not answered stands in the way of asking another; so does a payment not finished.
    """
    if gateway() is None:
        raise collecting.NoGateway
    row = FilingRequest.objects.filter(id=request_id, account=payer.account).first()
    if row is None:
        raise NotYours
    if not row.owes_fee:
        raise NothingDue
    if row.status == Status.FEE_DUE and linked_here(payer.account) is not None:
        raise HasAccess
    with transaction.atomic():
        payment = collecting.ask(
            payer=payer.account, purpose=FEE_PURPOSE, reference=str(row.id), amount=Money(row.fee_cents),
            by=payer.ref, at=at,
        )  # fmt: skip
        # Looked at after the new one is made: a bank's answer that came meanwhile is seen.
        if any(one.status in ("pending", "paid") for one in payments_of(row)):
            raise collecting.UnderWay
    return collecting.begin(
        payment=payment,
        gateway=gateway(),
        url_success=lambda number: f"{payer.origin}/registration/fee/back/{number}",
        url_cancel=lambda number: f"{payer.origin}/registration/fee/cancelled/{number}",
        by=payer.ref,
        at=at,
    )


def go_on(*, payer: Payer, request_id: UUID) -> str:
    """Back to the gateway's page of a payment that is not finished. NotYours, NotWaiting, NoGateway."""
    return collecting.back_to_page(number=_last(payer, request_id).number, gateway=gateway())


def give_up(*, payer: Payer, request_id: UUID, at: datetime) -> None:
    """Give up a payment that is not finished. NotYours, NotWaiting."""
    collecting.give_up(number=_last(payer, request_id).number, by=payer.ref, at=at)


def came_back(*, payer: Payer, number: str, at: datetime) -> UUID:
    """The payer came back from the gateway, which proves nothing: ask it for the money; whose request it is. NotYours.

    Nothing is asked for what is not owed any more: it was waived, paid otherwise or taken back meanwhile. That somebody else
    asked already (another tab, the job) is no trouble: the page says how it stands.
    """
    found = _of(payer, number)
    if not _is_owed(found):
        return turned_back(payer=payer, number=number, at=at)
    try:
        collecting.complete(number=number, gateway=gateway(), settle=settle, by=payer.ref, at=at)
    except (collecting.NotWaiting, collecting.NoGateway):
        return UUID(found.reference)
    return UUID(found.reference)


def turned_back(*, payer: Payer, number: str, at: datetime) -> UUID:
    """The payer pressed Cancel at the gateway's page; whose request it is. NotYours."""
    found = _of(payer, number)
    try:
        collecting.give_up(number=number, by=payer.ref, at=at)
    except collecting.NotWaiting:
        return UUID(found.reference)
    return UUID(found.reference)


def follow(*, now: Callable[[], datetime]) -> int:
    """Look after payments that are not decided; how many were looked at.

    Nothing is asked for of a payer who went away, if the fee is not owed any more: the request was taken back, or refused.
    """
    at, over = now(), 0
    for one in payments.left_at_gateway(purpose=FEE_PURPOSE, at=at):
        if _is_owed(one):
            continue
        with suppress(collecting.NotWaiting):  # then its payer came back this moment
            collecting.give_up(number=one.number, by="system", at=at)
            over += 1
    return over + collecting.follow(purpose=FEE_PURPOSE, gateway=gateway(), settle=settle, now=now)


def settle(decided: Decided) -> None:
    """A payment is decided: the request and, over the bus, its applicant hear of it, in the deciding transaction."""
    row = FilingRequest.objects.select_for_update().get(id=UUID(decided.reference))
    by, at = decided.by, decided.at
    if not decided.is_paid:
        _note_only(row, "fee-refused", decided)
        words = gettext_noop("Your payment of ${amount} was turned down by your bank. Nothing was paid.")
        tell_unpaid(row, words, decided.amount, decided.number, at)
    elif row.owes_fee:
        row.fee_paid_at = at
        note(row, "fee-paid", by=by, at=at, said=f"Pay.gov: {decided.tracking}")
        fee_settled(row, at=at)
    else:
        # Marked by hand, waived or taken back while the payer was at the hosted page: the clerk gives it back.
        FilingRequest.objects.filter(pk=row.pk).update(refund_due=True)
        _note_only(row, "paid-twice" if row.fee_paid_at else "paid-late", decided)


def _note_only(row: FilingRequest, what: str, decided: Decided) -> None:
    said = f"Pay.gov: {decided.tracking or decided.number}, ${decided.amount}"
    RequestAct.objects.create(request=row, at=decided.at, by=decided.by, what=what, said=said)
    record(
        act=f"registration.{what}", by=decided.by, at=decided.at, subject=f"request:{row.id}", payment=decided.number
    )


def tell_unpaid(row: FilingRequest, words: str, amount: Money, number: str, at: datetime) -> None:
    """Mail the applicant, in the applicant's language; ``words`` is marked for translation, with a place for the amount."""
    with translation.override(row.language):
        mail.send(
            to=[row.email],
            subject=gettext("The fee of your registration is not paid"),
            text=gettext(words).format(amount=amount)
            + "\n\n"
            + gettext("You can pay it here:\n\n{link}").format(link=fee_page(row.id)),
            at=at,
            reference=f"payment:{number}",
        )


def _is_owed(paying: Paying) -> bool:
    return FilingRequest.objects.get(id=UUID(paying.reference)).owes_fee


def _last(payer: Payer, request_id: UUID) -> Paying:
    row = FilingRequest.objects.filter(id=request_id, account=payer.account).first()
    made = payments_of(row) if row else []
    if not made:
        raise NotYours
    return made[0]


def _of(payer: Payer, number: str) -> Paying:
    made = payments.numbered(number, purpose=FEE_PURPOSE)
    if made is None or not FilingRequest.objects.filter(id=UUID(made.reference), account=payer.account).exists():
        raise NotYours
    return made
