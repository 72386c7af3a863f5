"""Reading payments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, Sum

from openecf.kernel.money import Money
from openecf.platform.payments.models import Attempt, Payment
from openecf.platform.payments.rules import OPEN, State

SHOWN = 200


@dataclass(frozen=True)
class Paying:
    """A payment and how it stands. ``state`` is that of its last attempt (``failed`` leaves it open for another);
    ``needs_a_person`` where the gateway cannot be asked any more and only the desk can find out."""

    id: UUID
    payer: UUID
    purpose: str
    reference: str
    amount: Money
    status: str
    asked_at: datetime
    decided_at: datetime | None
    by: str
    state: str
    number: str
    tracking: str
    method: str
    said: str
    begun_at: datetime | None
    paid_on: date | None
    needs_a_person: bool
    attempts: int

    @property
    def is_paid(self) -> bool:
        return self.status == Payment.Status.PAID

    @property
    def is_asked_for(self) -> bool:
        """Whether the payer has done what there is to do: the money is asked for, by a bank or without an answer yet."""
        return self.status == Payment.Status.PENDING or self.state in (State.COMPLETING, State.UNKNOWN)

    @property
    def is_under_way(self) -> bool:
        """Whether something may still come of its last attempt."""
        return self.state in OPEN


def payment(payment_id: UUID, *, payer: UUID, purpose: str) -> Paying | None:
    """The payer's own payment; None if there is none such."""
    row = _whole(Payment.objects.filter(pk=payment_id, payer=payer, purpose=purpose)).first()
    return _paying(row) if row else None


def of_attempt(number: str, *, payer: UUID, purpose: str) -> Paying | None:
    """The payer's own payment that has this attempt."""
    mine = Payment.objects.filter(attempts__number=number, payer=payer, purpose=purpose)
    row = _whole(mine).first()
    return _paying(row) if row else None


def history(*, payer: UUID, purpose: str) -> list[Paying]:
    """The payer's payments that came to something, or still may; newest first."""
    rows = Payment.objects.filter(payer=payer, purpose=purpose).exclude(status=Payment.Status.GIVEN_UP)
    return [_paying(row) for row in _whole(rows).order_by("-asked_at", "id")[:SHOWN]]


def open_payment(*, payer: UUID, purpose: str, behalf: str = "") -> Paying | None:
    """The payer's one payment for herself, or for whom ``behalf`` names, that was begun and not decided; None if there is
    none."""
    mine = Payment.objects.filter(payer=payer, purpose=purpose, behalf=behalf, status=Payment.Status.OPEN)
    row = _whole(mine).first()
    return _paying(row) if row else None


def of_references(references: Collection[str], *, purpose: str) -> list[Paying]:
    """The payments that were begun for these and not given up, whoever pays them, oldest first."""
    if not references:
        return []
    rows = Payment.objects.filter(reference__in=references, purpose=purpose).exclude(status=Payment.Status.GIVEN_UP)
    return [_paying(row) for row in _whole(rows).order_by("asked_at", "id")]


def on_the_way(*, payer: UUID, purpose: str) -> Money:
    """What a bank was asked for and has not sent yet."""
    pending = Payment.objects.filter(payer=payer, purpose=purpose, status=Payment.Status.PENDING)
    return Money(int(pending.aggregate(cents=Sum("cents", default=0))["cents"]))


def left_at_gateway(*, purpose: str, at: datetime) -> list[Paying]:
    """The payments whose payers went to the gateway's page and are not waited for any more: their money is asked for next."""
    left = Attempt.objects.filter(state=State.AT_GATEWAY, next_look_at__lte=at, payment__purpose=purpose)
    return [_paying(row) for row in _whole(Payment.objects.filter(pk__in=left.values("payment"))).order_by("asked_at")]


def for_people(*, purpose: str) -> list[Paying]:
    """The payments that only people can find out about, oldest first."""
    stuck = Attempt.objects.filter(state=State.UNKNOWN, next_look_at=None, payment__purpose=purpose)
    rows = Payment.objects.filter(pk__in=stuck.values("payment"))
    return [_paying(row) for row in _whole(rows).order_by("asked_at")[:SHOWN]]


def numbered(number: str, *, purpose: str) -> Paying | None:
    """The payment whose attempt has this number of ours, or of the gateway's; None if there is none."""
    mine = Attempt.objects.filter(Q(number=number) | Q(tracking=number), payment__purpose=purpose) if number else None
    row = _whole(Payment.objects.filter(pk__in=mine.values("payment"))).first() if mine is not None else None
    return _paying(row) if row else None


@dataclass(frozen=True)
class Tried:
    """One attempt at a payment."""

    number: str
    tracking: str
    state: str
    said: str
    begun_at: datetime
    over_at: datetime | None


def attempts(payment: UUID) -> list[Tried]:
    """The attempts at a payment, newest first."""
    rows = Attempt.objects.filter(payment_id=payment).order_by("-begun_at", "-id")
    return [Tried(row.number, row.tracking, row.state, row.said, row.begun_at, row.over_at) for row in rows]


def _whole(rows: QuerySet[Payment]) -> QuerySet[Payment]:
    return rows.prefetch_related(Prefetch("attempts", Attempt.objects.order_by("-begun_at", "-id")))


def _paying(row: Payment) -> Paying:
    attempts: Sequence[Attempt] = list(row.attempts.all())
    last = attempts[0] if attempts else None
    return Paying(
        id=row.pk,
        payer=row.payer,
        purpose=row.purpose,
        reference=row.reference,
        amount=Money(row.cents),
        status=row.status,
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        by=row.by,
        state=last.state if last else "",
        number=last.number if last else "",
        tracking=last.tracking if last else "",
        method=last.method if last else "",
        said=last.said if last else "",
        begun_at=last.begun_at if last else None,
        paid_on=last.paid_on if last else None,
        needs_a_person=bool(last and last.state == State.UNKNOWN and last.next_look_at is None),
        attempts=len(attempts),
    )
