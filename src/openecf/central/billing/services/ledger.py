"""Writing the ledger of payments. A line is written once for what caused it, and never changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from openecf.central.billing.models import LedgerLine
from openecf.central.billing.queries import balance_now
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit

Kind = LedgerLine.Kind


class MoreThanTheCredit(Refusal):
    """A refund gives back what was paid too much, and nothing more."""

    said = _("The account has no credit of that amount to give back.")
    code = "more-than-the-credit"


def record_payment(
    *, payer: UUID, amount: Money, reference: str, by: str, at: datetime, note: str = "", statement: int | None = None
) -> bool:
    """Money came in for the payer's balance; whether it was new. ``reference`` names the payment where it was made."""
    return _write(Kind.PAYMENT, payer, Money() - amount, f"payment:{reference}", by, at, note, statement)


def take_payment_back(
    *, payer: UUID, amount: Money, reference: str, by: str, at: datetime, note: str, statement: int | None
) -> bool:
    """Money that was entered did not come in; whether that was new. The line of its payment stays."""
    return _write(Kind.RETURNED, payer, amount, f"returned:{reference}", by, at, note, statement)


def charge_fee(*, payer: UUID, amount: Money, reference: str, by: str, at: datetime, note: str) -> bool:
    """A fee of the schedule that is not for use; whether it was new."""
    return _write(Kind.FEE, payer, amount, f"fee:{reference}", by, at, note)


def give_credit(*, payer: UUID, amount: Money, reference: str, by: str, at: datetime, note: str = "") -> bool:
    """The Service Center takes something off the payer's bills; whether it was new."""
    return _write(Kind.CREDIT, payer, Money() - amount, f"credit:{reference}", by, at, note)


def record_refund(*, payer: UUID, amount: Money, reference: str, by: str, at: datetime, note: str = "") -> bool:
    """Money that was paid too much went back; whether it was new. MoreThanTheCredit: two refunds at once included."""
    with transaction.atomic():
        one_at_a_time(payer)
        if LedgerLine.objects.filter(reference=f"refund:{reference}").exists():
            return False
        if balance_now(payer=payer) + amount > Money():
            raise MoreThanTheCredit
        return _write(Kind.REFUND, payer, amount, f"refund:{reference}", by, at, note)


def move_balance(*, from_payer: UUID, to_payer: UUID, reference: str, by: str, at: datetime) -> Money:
    """Another payer takes over what is owed, or the credit, as a firm does with a new member's; how much it was."""
    with transaction.atomic():
        for payer in sorted((from_payer, to_payer)):
            one_at_a_time(payer)
        moved = balance_now(payer=from_payer)
        if moved:
            _write(Kind.MOVED, from_payer, Money() - moved, f"moved:{reference}:from", by, at, "")
            _write(Kind.MOVED, to_payer, moved, f"moved:{reference}:to", by, at, "")
    return moved


def one_at_a_time(payer: UUID) -> None:
    """Who decides by a balance decides alone, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('ledger:' || %s, 0))", [str(payer)])


def _write(
    kind: Kind,
    payer: UUID,
    amount: Money,
    reference: str,
    by: str,
    at: datetime,
    note: str,
    statement: int | None = None,
) -> bool:
    facts = {"payer_id": payer, "at": at, "kind": kind, "cents": amount.cents, "note": note[:200], "by": by}
    with transaction.atomic():
        _line, made = LedgerLine.objects.get_or_create(
            reference=reference, defaults=facts | {"statement_id": statement}
        )
        if made:
            audit.record(act=f"ledger.{kind}", by=by, at=at, subject=str(payer), reference=reference,
                         cents=amount.cents)  # fmt: skip
    return made
