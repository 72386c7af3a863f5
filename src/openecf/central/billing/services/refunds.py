"""Refunds: the Service Center gives back what was paid too much, through Pay.gov's own desk, and records it here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.services import in_words_of
from openecf.central.billing import bills, contacts
from openecf.central.billing.models import Refund
from openecf.central.billing.services.ledger import MoreThanTheCredit, record_refund
from openecf.central.billing.services.two_people import NotWaiting, OwnRequest, is_first_of_two
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail

Outcome = Refund.Outcome
OPEN = (Outcome.WAITING, Outcome.SECOND)


class OneAtATime(Refusal):
    """A refund of this account is not decided yet."""

    said = gettext_lazy("A refund for this account is being worked on already.")
    code = "one-refund"


def ask_refund(*, payer: UUID, amount: Money, reason: str, by: UUID, at: datetime) -> Refund:
    """Ask for credit to be paid out: the payer, or the desk for the payer. MoreThanTheCredit, OneAtATime."""
    if amount > bills.balance(payer=payer).credit:
        raise MoreThanTheCredit
    try:
        with transaction.atomic():
            made = Refund.objects.create(payer_id=payer, cents=amount.cents, reason=reason, asked_at=at, asked_by=by)
            audit.record(act="refund.asked", by=str(by), at=at, subject=str(payer), refund=str(made.pk),
                         cents=amount.cents)  # fmt: skip
    except IntegrityError as problem:
        if "refund_one_open" not in str(problem):
            raise
        raise OneAtATime from None
    return made


def agree_to_refund(*, refund: UUID, tracking: str, by: UUID, at: datetime) -> str:
    """One of the desk made the refund at Pay.gov (``tracking``) or agrees that it be made; the outcome.

    Up to the limit one person is enough, counted over a month; above it the first one's word waits for a second's, who
    gives Pay.gov's number.
    NotWaiting, OwnRequest, SamePerson, MoreThanTheCredit.
    """
    with transaction.atomic():
        row = Refund.objects.select_for_update().filter(pk=refund, outcome__in=OPEN).first()
        if row is None:
            raise NotWaiting
        if is_first_of_two(payer=row.payer_id, amount=Money(row.cents), first_by=row.first_by, by=by, at=at):
            Refund.objects.filter(pk=row.pk).update(first_by=by, outcome=Outcome.SECOND)
            audit.record(act="refund.agreed", by=str(by), at=at, subject=str(row.payer_id), refund=str(row.pk))
            return Outcome.SECOND
        record_refund(payer=row.payer_id, amount=Money(row.cents), reference=str(row.pk), by=str(by), at=at,
                      note=tracking)  # fmt: skip
        _close(row, Outcome.MADE, by, at, tracking=tracking)
        audit.record(act="refund.made", by=str(by), at=at, subject=str(row.payer_id), refund=str(row.pk),
                     cents=row.cents, tracking=tracking)  # fmt: skip
        told = gettext_noop("Your refund of ${amount} is on its way to the card or account that you paid with.")
        _tell(row, told, "", at)
    return Outcome.MADE


def refuse_refund(*, refund: UUID, remark: str, by: UUID, at: datetime) -> None:
    """The desk refuses, with a remark that the payer reads. NotWaiting, OwnRequest."""
    with transaction.atomic():
        row = Refund.objects.select_for_update().filter(pk=refund, outcome__in=OPEN).first()
        if row is None:
            raise NotWaiting
        if by == row.payer_id:
            raise OwnRequest
        _close(row, Outcome.REFUSED, by, at, remark=remark)
        audit.record(act="refund.refused", by=str(by), at=at, subject=str(row.payer_id), refund=str(row.pk))
        _tell(row, gettext_noop("Your refund of ${amount} was refused."), remark, at)


def _close(row: Refund, outcome: Outcome, by: UUID, at: datetime, *, tracking: str = "", remark: str = "") -> None:
    who = {"first_by": by} if row.first_by is None else {"second_by": None if row.first_by == by else by}
    Refund.objects.filter(pk=row.pk).update(outcome=outcome, decided_at=at, tracking=tracking, remark=remark, **who)


def _tell(row: Refund, what: str, remark: str, at: datetime) -> None:
    """Mail the payer, in the payer's language; ``what`` is marked for translation, with a place for the amount."""
    payer = accounts.account(row.payer_id)
    with in_words_of(payer):
        said = gettext(what).format(amount=Money(row.cents))
        number = gettext("PACER account {number}").format(number=payer.number)
        mail.send(
            to=contacts.addresses(payer),
            subject=gettext("Your refund of PACER fees"),
            text="\n\n".join(part for part in (said, remark, number) if part),
            at=at,
            reference=f"refund:{row.pk}",
        )
