"""Reading what filings cost: what somebody owes, what was paid, and whether it keeps the person from filing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from openecf.court.fees.models import FilingFee
from openecf.court.fees.rules import FilingFees
from openecf.court.transition import queries as transition
from openecf.kernel.money import Money
from openecf.platform.payments import queries as payments
from openecf.platform.payments.queries import Paying

FEE_PURPOSE = "filing-fee"
"""What payments of filing fees are called among payments."""
MOST = 200


def rules_here() -> FilingFees:
    """What this court charges for filings; made once of a profile that is kept."""
    profile = transition.profile()
    if "filing_fees_here" not in profile.__dict__:
        profile.filing_fees_here = FilingFees.model_validate(profile.filing_fees)  # type: ignore[attr-defined]
    return profile.filing_fees_here  # type: ignore[attr-defined]


def open_fees(user_id: int) -> list[FilingFee]:
    """What a court user has not paid, the longest due first."""
    return list(_with_case(FilingFee.objects.filter(user=user_id, paid_at=None, waived_at=None)).order_by("id"))


def settled_fees(user_id: int) -> list[FilingFee]:
    """What a court user paid, or was waived, the last first."""
    rows = FilingFee.objects.filter(user=user_id).exclude(paid_at=None, waived_at=None)
    return list(_with_case(rows).order_by("-charged_at", "-id")[:MOST])


def total(fees: Sequence[FilingFee]) -> Money:
    """What these fees are together."""
    return sum((Money(one.cents) for one in fees), Money())


def overdue(user_id: int | None, *, at: datetime) -> list[FilingFee]:
    """The fees that keep a court user from filing: past the court's deadline, and their money was not asked for.

    Whose payment the payment service does not answer about can do nothing more, and is told not to pay again.
    """
    if user_id is None or rules_here().pay_within is None:
        return []
    late = FilingFee.objects.filter(user=user_id, paid_at=None, waived_at=None, due_at__lte=at)
    rows = list(_with_case(late).order_by("id"))
    made = payments_of(rows)
    return [one for one in rows if not any(each.is_paid or each.is_asked_for for each in made[one.pk])]


def payments_of(fees: Sequence[FilingFee]) -> dict[int, list[Paying]]:
    """By the fee's id its payments on line that were not given up, by whomever, oldest first; also one that another was begun
    beside. However many fees, the payments are read once."""
    bills = {one.pk: {str(bill) for bill in (one.bill, *one.earlier_bills) if bill} for one in fees}
    made = payments.of_references(set().union(*bills.values()), purpose=FEE_PURPOSE)
    return {key: [one for one in made if one.reference in mine] for key, mine in bills.items()}


def fee_of_entry(entry_id: int) -> FilingFee | None:
    """What that filing costs; None: nothing."""
    return _with_case(FilingFee.objects.filter(entry=entry_id)).first()


def fee(fee_id: int) -> FilingFee | None:
    """The fee of that id."""
    return _with_case(FilingFee.objects.filter(id=fee_id)).select_related("user").first()


@dataclass(frozen=True)
class Desk:
    """What the clerk's office looks after: unpaid fees by when they are due, money to be given back, payments of which
    nobody knows how they ended."""

    open: Sequence[FilingFee] = ()
    refunds: Sequence[FilingFee] = ()
    stuck: Sequence[Paying] = field(default_factory=list)
    more: bool = False


def desk() -> Desk:
    """Everything that waits for somebody."""
    waiting = _with_case(FilingFee.objects.filter(paid_at=None, waived_at=None)).select_related("user")
    rows = list(waiting.order_by("due_at", "id")[: MOST + 1])
    refunds = _with_case(FilingFee.objects.filter(refund_due=True)).select_related("user").order_by("id")
    return Desk(rows[:MOST], list(refunds[:MOST]), payments.for_people(purpose=FEE_PURPOSE), len(rows) > MOST)


def of_bill(bill: object) -> list[FilingFee]:
    """The fees that a payment is of, also one that another was begun beside."""
    return list(_with_case(FilingFee.objects.filter(is_of(bill))).order_by("id"))


def stuck_payment(number: str) -> Paying | None:
    """The payment whose last attempt has this number of ours, if only people can find out about it."""
    made = payments.numbered(number, purpose=FEE_PURPOSE)
    return made if made is not None and made.number == number and made.needs_a_person else None


def accounts_of(paying: Paying) -> set[UUID]:
    """The PACER accounts of whose filings' fees a payment is of."""
    found = of_bill(UUID(paying.reference)) if paying.reference else []
    return {one.user.account for one in found if one.user.account is not None}


def is_of(bill: object) -> Q:
    """Which fees a payment is of."""
    return Q(bill=bill) | Q(earlier_bills__contains=[bill])


def _with_case(rows: QuerySet[FilingFee]) -> QuerySet[FilingFee]:
    return rows.select_related("entry__case")
