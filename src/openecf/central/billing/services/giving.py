"""Credits that the desk gives of its own accord. Above a limit the first person writes one, and a second agrees to it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.services import in_words_of
from openecf.central.billing import contacts
from openecf.central.billing.models import DeskCredit
from openecf.central.billing.services.ledger import give_credit
from openecf.central.billing.services.two_people import OwnRequest, close, is_first_of_two, waiting
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail

Outcome = DeskCredit.Outcome


class CreditWaits(Refusal):
    """A credit to this account waits for its second person."""

    said = gettext_lazy("A credit to this account waits for a second person already.")
    code = "credit-waits"


def give_credit_by_hand(
    *, payer: UUID, amount: Money, reason: str, by: UUID, at: datetime, sheet: UUID | None = None
) -> str:
    """Take something off a payer's bills, with a reason that the payer reads; the outcome.

    Up to the limit, counted over a month, it is given; above it, it waits for a second person. The same on the same
    ``sheet`` once more is a button that was pressed twice, and gives nothing. OwnRequest, CreditWaits.
    """
    written = {"payer_id": payer, "cents": amount.cents, "reason": reason, "first_by": by}
    try:
        with transaction.atomic():
            waits = is_first_of_two(payer=payer, amount=amount, first_by=None, by=by, at=at)
            before = DeskCredit.objects.filter(pk=sheet).first()
            if before is not None and all(getattr(before, name) == said for name, said in written.items()):
                return before.outcome
            row = DeskCredit.objects.create(
                **written, pk=sheet if sheet and before is None else uuid4(), asked_at=at,
                outcome=Outcome.SECOND if waits else Outcome.GIVEN, decided_at=None if waits else at,
            )  # fmt: skip
            if waits:
                _record("desk-credit.asked", row, by, at)
            else:
                _give(row, by, at)
    except IntegrityError as problem:
        if "desk_credit_one_open" not in str(problem):
            raise
        raise CreditWaits from None
    return row.outcome


def agree_to_desk_credit(*, credit: UUID, by: UUID, at: datetime) -> None:
    """The second person agrees: the credit is given, and the payer told. NotWaiting, OwnRequest, SamePerson."""
    with transaction.atomic():
        row = waiting(DeskCredit, credit)
        is_first_of_two(payer=row.payer_id, amount=Money(row.cents), first_by=row.first_by, by=by, at=at)
        close(row, Outcome.GIVEN, by=by, at=at)
        _give(row, by, at)


def set_desk_credit_aside(*, credit: UUID, remark: str, by: UUID, at: datetime) -> None:
    """A second person does not agree, or the first takes it back; the payer never hears of it. NotWaiting, OwnRequest."""
    with transaction.atomic():
        row = waiting(DeskCredit, credit)
        if by == row.payer_id:
            raise OwnRequest
        close(row, Outcome.SET_ASIDE, remark=remark, by=by, at=at)
        _record("desk-credit.set-aside", row, by, at)


def _record(act: str, row: DeskCredit, by: UUID, at: datetime) -> None:
    audit.record(act=act, by=str(by), at=at, subject=str(row.payer_id), credit=str(row.pk), cents=row.cents)


def _give(row: DeskCredit, by: UUID, at: datetime) -> None:
    """The ledger's line and the payer's mail."""
    amount, payer = Money(row.cents), accounts.account(row.payer_id)
    give_credit(payer=payer.id, amount=amount, reference=f"desk:{row.pk}", by=str(by), at=at, note=row.reason)
    _record("desk-credit.given", row, by, at)
    with in_words_of(payer):
        told = gettext("The Service Center credited ${amount} to PACER account {number}.")
        mail.send(
            to=contacts.addresses(payer), subject=gettext("A credit to your PACER account"),
            text=f"{told.format(amount=amount, number=payer.number)}\n\n{row.reason}", at=at,
            reference=f"credit:{row.pk}",
        )  # fmt: skip
