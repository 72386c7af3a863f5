"""Paying what is owed, through the payment gateway: the ledger's line, the receipt and its mail are one with the end
of a payment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.services import in_words_of
from openecf.central.billing import bills, contacts, receipts
from openecf.central.billing.services.ledger import record_payment
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.platform.config import this_site
from openecf.platform.mail import rules as mail_rules
from openecf.platform.mail import services as mail
from openecf.platform.payments import queries as payments
from openecf.platform.payments import services as collecting
from openecf.platform.payments.gateway import gateway
from openecf.platform.payments.queries import Paying
from openecf.platform.payments.services import Decided
from openecf.platform.store import services as store

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

PURPOSE = "pacer-fees"


class NotYours(Refusal):
    """The payer has no such payment."""

    said = gettext_lazy("There is no such payment.")
    code = "not-yours"


@dataclass(frozen=True)
class Payer:
    """Who pays, and by which address of this site the browser came: it is sent back there."""

    account: UUID
    origin: str


def pay(*, payer: Payer, amount: Money, reference: str, at: datetime) -> str:
    """Begin a payment of the payer's own balance: the gateway's page. ``reference``: the invoice that is paid, or "".

    UnderWay, NoGateway, GatewayTrouble.
    """
    if gateway() is None:
        raise collecting.NoGateway
    payment = collecting.ask(
        payer=payer.account, purpose=PURPOSE, reference=reference, amount=amount, by=str(payer.account), at=at
    )
    return _begin(payer, payment, at)


def try_again(*, payer: Payer, payment: UUID, at: datetime) -> str:
    """Another attempt at a payment that was not paid: the gateway's page. NotYours, UnderWay, NotWaiting, …"""
    return _begin(payer, _own(payer, payment).id, at)


def go_on(*, payer: Payer, payment: UUID) -> str:
    """Back to the gateway's page of an attempt that is not finished. NotYours, NotWaiting."""
    return collecting.back_to_page(number=_own(payer, payment).number, gateway=gateway())


def give_up(*, payer: Payer, payment: UUID, at: datetime) -> None:
    """Give up a payment that is not finished. NotYours, NotWaiting."""
    collecting.give_up(number=_own(payer, payment).number, by=str(payer.account), at=at)


def came_back(*, payer: Payer, number: str, at: datetime) -> UUID:
    """The payer came back from the gateway, which proves nothing: ask it for the money; the payment. NotYours.

    That somebody else asked already (another tab, the job) is no trouble: the payment's page says how it stands.
    """
    payment = _of(payer, number)
    try:
        collecting.complete(number=number, gateway=gateway(), settle=settle, by=str(payer.account), at=at)
    except (collecting.NotWaiting, collecting.NoGateway):
        return payment.id
    return payment.id


def turned_back(*, payer: Payer, number: str, at: datetime) -> UUID:
    """The payer pressed Cancel at the gateway's page; the payment. NotYours."""
    payment = _of(payer, number)
    try:
        collecting.give_up(number=number, by=str(payer.account), at=at)
    except collecting.NotWaiting:
        return payment.id
    return payment.id


def follow(*, now: Callable[[], datetime]) -> int:
    """Look after payments that are not decided; how many were looked at."""
    return collecting.follow(purpose=PURPOSE, gateway=gateway(), settle=settle, now=now)


def settle(decided: Decided) -> None:
    """A payment is decided: the ledger and the payer hear of it, in the transaction that decides it."""
    payer = accounts.account(decided.payer)
    if decided.is_paid:
        record_payment(
            payer=decided.payer, amount=decided.amount, reference=f"paygov:{decided.number}", by=decided.by,
            at=decided.at, note=_note(decided),
        )  # fmt: skip
    # It may be a job or the Service Center's desk that learns of it.
    with in_words_of(payer):
        _tell(payer, decided)


def _tell(payer: Account, decided: Decided) -> None:
    if decided.is_paid:
        paying = payments.payment(decided.payment, payer=decided.payer, purpose=PURPOSE)
        assert paying is not None
        receipt = receipts.receipt(paying, payer)
        paper = store.put([receipts.printed(receipt)])
        attached = [mail_rules.Attachment(receipts.file_name(receipt), "application/pdf", paper.sha256)]
        subject, text = receipts.title(receipt), receipts.told(receipt, balance=bills.balance(payer=payer.id).now)
    else:
        attached = []
        subject = gettext("Your payment of PACER fees was turned down")
        text = gettext(
            "Your payment of ${amount} for PACER account {number} was turned down by your bank. Nothing was paid.\n\n"
            "You can pay in another way:\n\n{link}"
        ).format(amount=decided.amount, number=payer.number, link=this_site().config.base_url + reverse("pay"))
    mail.send(to=contacts.addresses(payer), subject=subject, text=text, at=decided.at, attachments=attached,
              reference=f"payment:{decided.number}")  # fmt: skip


def _note(decided: Decided) -> str:
    words = receipts.method_words(decided.method)
    return f"{words}; {decided.reference}" if decided.reference else words


def _begin(payer: Payer, payment: UUID, at: datetime) -> str:
    return collecting.begin(
        payment=payment,
        gateway=gateway(),
        url_success=lambda number: payer.origin + reverse("payment-back", args=[number]),
        url_cancel=lambda number: payer.origin + reverse("payment-cancelled", args=[number]),
        by=str(payer.account),
        at=at,
    )


def _own(payer: Payer, payment: UUID) -> Paying:
    found = payments.payment(payment, payer=payer.account, purpose=PURPOSE)
    if found is None:
        raise NotYours
    return found


def _of(payer: Payer, number: str) -> Paying:
    found = payments.of_attempt(number, payer=payer.account, purpose=PURPOSE)
    if found is None:
        raise NotYours
    return found
