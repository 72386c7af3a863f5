"""The receipt of a payment: what it says, on a page, on paper and in a mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from openecf.central import paper
from openecf.central.billing import rules
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money
from openecf.platform.payments.queries import Paying
from openecf.platform.payments.rules import State

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account


@dataclass(frozen=True)
class Receipt:
    """A payment that was made. ``number`` is the gateway's; ``reference`` the invoice that was paid, or ""."""

    number: str
    account_number: str
    payer: Sequence[str]
    amount: Money
    method: str
    made_on: date
    reference: str
    ours: str


def receipt(paid: Paying, payer: Account) -> Receipt:
    """The receipt of a payment that was paid."""
    assert paid.decided_at is not None
    lines = (payer.firm, payer.name.direct)
    return Receipt(
        number=paid.tracking,
        account_number=payer.number,
        payer=tuple(dict.fromkeys(line for line in lines if line)),
        amount=paid.amount,
        method=method_words(paid.method),
        made_on=paid.paid_on or legal_day(paid.decided_at, rules.ZONE),
        reference=paid.reference,
        ours=paid.number,
    )


def method_words(method: str) -> str:
    """How somebody paid, in words. The gateway tells no more of a card than that it was one."""
    words = {"PLASTIC_CARD": _("Card"), "ACH": _("Bank account (ACH)"), "PAYPAL": "PayPal", "AMAZON": "Amazon Pay"}
    return words.get(method, method)


def state_words(state: str) -> str:
    """How an attempt at a payment stands, for the desk."""
    return {
        State.STARTING: _("being begun"),
        State.AT_GATEWAY: _("the payer is at the payment service's page"),
        State.COMPLETING: _("the payment service is being asked"),
        State.UNKNOWN: _("nobody knows whether it was taken"),
        State.PENDING: _("on its way from the bank"),
        State.SUCCEEDED: _("paid"),
        State.FAILED: _("not made"),
        State.CANCELLED: _("given up by the payer"),
    }.get(state, state)


def stands(paying: Paying) -> str:
    """How a payment stands, for the desk."""
    if paying.needs_a_person:
        return _("nobody knows whether it was taken; waits for people")
    if paying.state == State.UNKNOWN:
        return _("nobody knows whether it was taken; Pay.gov is asked again by itself")
    return state_words(paying.state) if paying.state else paying.status


def title(one: Receipt) -> str:
    """What the paper and its mail are called."""
    return _("Receipt {number} for PACER fees").format(number=one.number)


def file_name(one: Receipt) -> str:
    return f"pacer-receipt-{one.number}.pdf"


def facts(one: Receipt) -> list[tuple[str, str]]:
    """The receipt's lines, name and value."""
    return [
        (_("Receipt number"), one.number),
        (_("Account number"), one.account_number),
        (_("Paid on"), f"{one.made_on:%m/%d/%Y}"),
        (_("Paid by"), one.method),
        *([(_("Invoice"), one.reference)] if one.reference else []),
        (_("Our reference"), one.ours),
        (_("Amount"), f"${one.amount}"),
    ]


def printed(one: Receipt) -> bytes:
    """The receipt as a PDF: the same bytes for the same payment."""
    return paper.printed(
        title=title(one),
        foot=one.number,
        demonstration=_("Demonstration: nobody paid this."),
        story=[
            *paper.heading(_("RECEIPT")),
            paper.lines(one.payer),
            paper.space(),
            paper.facts(facts(one)),
            paper.space(),
            paper.note(_("Thank you. Keep this receipt for your records.")),
        ],
    )


def told(one: Receipt, *, balance: Money) -> str:
    """The mail that brings the receipt. ``balance`` is what is owed after the payment; negative is credit."""
    lines = "\n".join(f"{name}: {value}" for name, value in facts(one))
    return _("Your payment was received. The receipt is attached.") + f"\n\n{lines}\n\n{after(balance)}"


def after(balance: Money) -> str:
    """How an account stands after something changed its balance, in a sentence."""
    if balance > Money():
        return _("You still owe ${owed}.").format(owed=balance)
    if balance < Money():
        return _("You have a credit of ${credit}; it is taken off your next invoice.").format(credit=Money() - balance)
    return _("Nothing is owed.")
