"""Making payments, one step at a time, so that a process may die between any two of them.

Before the gateway is called an attempt is claimed, under lock and committed; what the gateway said is written after.
Whoever finds a claim that is too old knows that its process died, and asks the gateway. What a paid payment means to a
room is the room's own function, ``settle``: it runs in the transaction that decides it, once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import base62
from openecf.platform.audit import services as audit
from openecf.platform.payments import rules
from openecf.platform.payments.gateway import Away, Gateway, Refused, Unsure
from openecf.platform.payments.models import Attempt, Payment
from openecf.platform.payments.rules import OPEN, State, Transaction

log = structlog.get_logger()
BATCH = 200


class NoGateway(Refusal):
    """This site takes no payments on line."""

    said = _("Payments cannot be made on line here. Write to the office that sent you the bill.")
    code = "no-gateway"


class GatewayTrouble(Refusal):
    """The payment could not be begun. Nothing was charged."""

    said = _("The payment service does not answer as it should. Nothing was charged. Try again in some minutes.")
    code = "gateway-trouble"


class UnderWay(Refusal):
    """A payment of the payer's is not decided yet."""

    said = _("You began a payment that is not finished. Finish it, or give it up, before you begin another.")
    code = "payment-under-way"


class NotWaiting(Refusal):
    """The attempt is not where this act could be done to it: somebody else was faster, or it is over."""

    said = _("This payment is being worked on, or it is over. Look at it again in a moment.")
    code = "not-waiting"


class NotTold(Refusal):
    """The gateway gives no word about a number that the desk read in its reports."""

    said = _("The payment service does not answer, or does not know that number. Nothing was changed.")
    code = "not-told"


class NotThatOne(Refusal):
    """The gateway's number belongs to another payment, or another amount."""

    said = _("The payment service knows that number, but it is not this payment.")
    code = "not-that-payment"


@dataclass(frozen=True)
class Decided:
    """What became of a payment just now, for a room's ``settle``: it was paid, or an attempt at it came to nothing
    while its payer was not looking (``is_paid`` False)."""

    is_paid: bool

    payment: UUID
    payer: UUID
    reference: str
    amount: Money
    number: str
    tracking: str
    method: str
    paid_on: date | None
    by: str
    at: datetime


Settle = Callable[[Decided], None]


def ask(
    *, payer: UUID, purpose: str, reference: str, amount: Money, by: str, at: datetime, behalf: str = ""
) -> UUID:  # fmt: skip
    """A payer means to pay, for herself or for whom ``behalf`` names: the payment's id. One that was begun for the same and
    has no attempt under way makes room.

    UnderWay while another of the payer's for the same is not decided.
    """
    try:
        with transaction.atomic():
            for earlier in Payment.objects.select_for_update().filter(
                payer=payer, purpose=purpose, behalf=behalf, status=Payment.Status.OPEN
            ):
                if earlier.attempts.filter(state__in=OPEN).exists():
                    raise UnderWay
                Payment.objects.filter(pk=earlier.pk).update(status=Payment.Status.GIVEN_UP, decided_at=at)
            made = Payment.objects.create(
                payer=payer, purpose=purpose, behalf=behalf, reference=reference, cents=amount.cents, asked_at=at, by=by
            )
            audit.record(
                act="payment.asked", by=by, at=at, subject=str(payer), payment=str(made.pk), cents=amount.cents
            )
    except IntegrityError as problem:
        if "payment_one_open" not in str(problem):
            raise
        raise UnderWay from None
    return made.pk


def begin(
    *, payment: UUID, gateway: Gateway | None, url_success: Callable[[str], str], url_cancel: Callable[[str], str],
    by: str, at: datetime,
) -> str:  # fmt: skip
    """Begin an attempt: where to send the payer's browser. The two functions make an address of an attempt's number.

    NoGateway, NotWaiting, UnderWay, GatewayTrouble.
    """
    if gateway is None:
        raise NoGateway
    row, amount = _new_attempt(payment, by, at)
    try:
        token = gateway.start(
            number=row.number, amount=amount, url_success=url_success(row.number), url_cancel=url_cancel(row.number)
        )
    except (Refused, Away, Unsure) as problem:
        # Without its token no payer reaches the hosted page: nothing can come of what the gateway may have noted.
        _end(Attempt.objects.filter(pk=row.pk, state=State.STARTING), State.FAILED, _said(problem), at)
        log.warning("payments.not_begun", attempt=row.number, error=type(problem).__name__)
        raise GatewayTrouble from problem
    begun = Attempt.objects.filter(pk=row.pk, state=State.STARTING).update(
        state=State.AT_GATEWAY, token=token, claimed_at=None, next_look_at=at + rules.ABANDONED
    )
    if not begun:
        raise NotWaiting  # so slow that the attempt was taken for one whose process died
    return gateway.page(token=token)


def _new_attempt(payment: UUID, by: str, at: datetime) -> tuple[Attempt, Money]:
    try:
        with transaction.atomic():
            due = Payment.objects.select_for_update().get(pk=payment)
            if due.status != Payment.Status.OPEN:
                raise NotWaiting
            # It begins with a letter, so that no reader of XML takes it for a number.
            row = Attempt.objects.create(
                payment=due, number=f"P{base62(19)}", state=State.STARTING, begun_at=at, claimed_at=at,
                next_look_at=at + rules.LEASE,
            )  # fmt: skip
            audit.record(act="payment.attempted", by=by, at=at, subject=str(due.payer), attempt=row.number)
    except IntegrityError as problem:
        if "payment_attempt_one_open" not in str(problem):
            raise
        raise UnderWay from None
    return row, Money(due.cents)


def back_to_page(*, number: str, gateway: Gateway | None) -> str:
    """Where a payer who left the hosted page goes on. NotWaiting, NoGateway."""
    if gateway is None:
        raise NoGateway
    token = Attempt.objects.filter(number=number, state=State.AT_GATEWAY).values_list("token", flat=True).first()
    if not token:
        raise NotWaiting
    return gateway.page(token=token)


def give_up(*, number: str, by: str, at: datetime) -> None:
    """The payer turned back at the hosted page. Its token is never asked for money. NotWaiting once it was."""
    with transaction.atomic():
        row = _taken(Q(number=number, state=State.AT_GATEWAY))
        if row is None:
            raise NotWaiting
        _end(Attempt.objects.filter(pk=row.pk), State.CANCELLED, "", at)
        Payment.objects.filter(pk=row.payment_id, status=Payment.Status.OPEN).update(
            status=Payment.Status.GIVEN_UP, decided_at=at
        )
        audit.record(act="payment.given-up", by=by, at=at, subject=str(row.payment.payer), attempt=number)


def follow_merger(*, account: UUID, into: UUID, at: datetime) -> None:
    """A payer's account was closed as a duplicate: who began a payment with it comes back with the other. Twice changes
    nothing.

    One that is open stays where it is if the other has one open for the same: a payer has one, and the job ends both.
    """
    same = Payment.objects.filter(payer=into, purpose=OuterRef("purpose"), behalf=OuterRef("behalf"))
    both_open = Q(status=Payment.Status.OPEN) & Exists(same.filter(status=Payment.Status.OPEN))
    with transaction.atomic():
        if moved := Payment.objects.filter(payer=account).exclude(both_open).update(payer=into):
            audit.record(
                act="payment.followed", by="system", at=at, subject=str(into), closed=str(account), payments=moved
            )


def complete(*, number: str, gateway: Gateway | None, settle: Settle, by: str, at: datetime) -> str:
    """The payer came back from the hosted page: ask for the money; the attempt's new state. NotWaiting, NoGateway.

    However many come back at once, one of them asks.
    """
    if gateway is None:
        raise NoGateway
    claimed = _claim(Q(number=number, state=State.AT_GATEWAY), State.COMPLETING, at)
    if claimed is None:
        raise NotWaiting
    return _ask_for_the_money(claimed, gateway, settle, by, at)


def _claim(which: Q, state: State, at: datetime) -> Attempt | None:
    """Take an attempt for this process alone, and count that its money is asked for; committed before the call."""
    with transaction.atomic():
        row = _taken(which)
        if row is None:
            return None
        Attempt.objects.filter(pk=row.pk).update(
            state=state, claimed_at=at, next_look_at=at + rules.LEASE, completions=F("completions") + 1
        )
        row.completions += 1
        row.state, row.claimed_at = state, at
    return row


def _taken(which: Q) -> Attempt | None:
    return Attempt.objects.select_for_update(of=("self",)).select_related("payment").filter(which).first()


def _ask_for_the_money(row: Attempt, gateway: Gateway, settle: Settle, by: str, at: datetime) -> str:
    mine = Attempt.objects.filter(pk=row.pk, state=row.state, claimed_at=row.claimed_at)
    try:
        told = gateway.complete(token=row.token)
    except Away:
        # Nothing was done: the job tries again. An attempt that was unknown before stays so.
        back = State.AT_GATEWAY if row.completions == 1 else State.UNKNOWN
        mine.update(
            state=back, claimed_at=None, completions=F("completions") - 1, looks=F("looks") + 1,
            next_look_at=at + rules.pause(looks=row.looks),
        )  # fmt: skip
        return back
    except Unsure as problem:
        mine.update(state=State.UNKNOWN, said=_said(problem), looks=F("looks") + 1,
                    next_look_at=at + rules.pause(looks=row.looks))  # fmt: skip
        return State.UNKNOWN
    except Refused as problem:
        if problem.code == rules.USED_UP and row.completions > 1:
            # It was asked for before, and what came of that nobody heard: only people can find out.
            mine.update(state=State.UNKNOWN, said=_said(problem), next_look_at=None)
            log.error("payments.needs_a_person", attempt=row.number)
            return State.UNKNOWN
        _end(mine, State.FAILED, _said(problem), at)
        return State.FAILED
    return decide(attempt=row.pk, told=told, settle=settle, by=by, at=at)


def decide(*, attempt: int, told: Transaction, settle: Settle, by: str, at: datetime) -> str:
    """Write what the gateway says of an attempt; its state. A second time, and after it is over, nothing happens."""
    with transaction.atomic():
        row = _taken(Q(pk=attempt))
        assert row is not None
        if row.state not in (State.COMPLETING, State.UNKNOWN, State.PENDING):
            return row.state
        due = Payment.objects.select_for_update().get(pk=row.payment_id)
        if not rules.is_ours(told, number=row.number, amount=Money(due.cents)):
            log.error("payments.not_ours", attempt=row.number)
            Attempt.objects.filter(pk=row.pk).update(
                state=State.UNKNOWN, next_look_at=None, claimed_at=None, said="another number or amount"
            )
            return State.UNKNOWN
        Attempt.objects.filter(pk=row.pk).update(
            tracking=told.tracking, method=told.method, said=told.status, paid_on=told.paid_on
        )
        _write(row, due, told, settle, by, at)
        if row.state != told.outcome:
            audit.record(act=f"payment.{told.outcome}", by=by, at=at, subject=str(due.payer), attempt=row.number)
        return told.outcome


def _write(row: Attempt, due: Payment, told: Transaction, settle: Settle, by: str, at: datetime) -> None:
    mine = Attempt.objects.filter(pk=row.pk)
    if told.outcome in (State.PENDING, State.UNKNOWN):
        mine.update(state=told.outcome, claimed_at=None, looks=F("looks") + 1,
                    next_look_at=at + rules.pause(looks=row.looks))  # fmt: skip
        if told.outcome == State.PENDING:
            Payment.objects.filter(pk=due.pk).update(status=Payment.Status.PENDING)
        return
    _end(mine, told.outcome, told.status, at)
    is_paid = told.outcome == State.SUCCEEDED
    if is_paid:
        Payment.objects.filter(pk=due.pk).update(status=Payment.Status.PAID, decided_at=at)
    elif due.status == Payment.Status.PENDING:
        # What a bank turns down after days is over; the payer begins anew.
        Payment.objects.filter(pk=due.pk).update(status=Payment.Status.GIVEN_UP, decided_at=at)
    if is_paid or row.state != State.COMPLETING:
        settle(Decided(is_paid, due.pk, due.payer, due.reference, Money(due.cents), row.number, told.tracking,
                       told.method, told.paid_on, due.by, at))  # fmt: skip


def _end(rows: object, state: State, said: str, at: datetime) -> int:
    return rows.update(state=state, said=said[:200], claimed_at=None, next_look_at=None, over_at=at)  # type: ignore[attr-defined]


def _said(problem: Exception) -> str:
    return f"{problem.code}: {problem.text}" if isinstance(problem, Refused) else type(problem).__name__.lower()


def follow(*, purpose: str, gateway: Gateway | None, settle: Settle, now: Callable[[], datetime]) -> int:
    """Look after every attempt that is due: those whose process died, whose payer stayed away, whose bank takes days.

    How many were looked at. An attempt is looked at by one process at a time.
    """
    if gateway is None:
        return 0
    due = Attempt.objects.filter(payment__purpose=purpose, next_look_at__lte=now()).order_by("next_look_at")
    looked = 0
    for key in list(due.values_list("pk", flat=True)[:BATCH]):
        looked += _look_after(key, gateway, settle, now())
    return looked


def _look_after(key: int, gateway: Gateway, settle: Settle, at: datetime) -> bool:
    due = Q(pk=key, next_look_at__lte=at)
    row = Attempt.objects.filter(due).first()
    if row is None:
        return False
    if row.state == State.STARTING:
        with transaction.atomic():
            return bool(_end(Attempt.objects.filter(due, state=State.STARTING), State.FAILED, "never begun", at))
    if row.tracking:
        return _ask_how_it_stands(due, gateway, settle, at)
    # Its process died while it asked, or it never heard the answer, or the payer never came back: ask for the money.
    # The gateway takes it once for a token, and refuses one that its payer did not finish with.
    state = State.COMPLETING if row.state == State.AT_GATEWAY else State.UNKNOWN
    claimed = _claim(due & Q(state=row.state), state, at)
    if claimed is not None:
        _ask_for_the_money(claimed, gateway, settle, "system", at)
    return claimed is not None


def _ask_how_it_stands(due: Q, gateway: Gateway, settle: Settle, at: datetime) -> bool:
    with transaction.atomic():
        row = _taken(due & Q(state__in=[State.PENDING, State.UNKNOWN]))
        if row is None:
            return False
        Attempt.objects.filter(pk=row.pk).update(
            looks=F("looks") + 1, next_look_at=at + max(rules.LEASE, rules.pause(looks=row.looks))
        )
    try:
        told = gateway.details(tracking=row.tracking)
    except (Away, Unsure, Refused) as problem:
        log.warning("payments.not_told", attempt=row.number, error=type(problem).__name__)
        return True
    decide(attempt=row.pk, told=told, settle=settle, by="system", at=at)
    return True


def hold(*, number: str) -> None:
    """Inside a transaction: whoever else decides about this attempt waits until it ends.

    An attempt is held before anything of a room is, its findings and requests too: so nobody waits in a circle.
    """
    list(Attempt.objects.select_for_update().filter(number=number).values_list("pk"))


def look_up(*, tracking: str, gateway: Gateway | None) -> Transaction:
    """Ask how a number of the gateway's stands that the desk read in its reports. Outside of any transaction: the
    gateway may take its time. NoGateway, NotTold."""
    if gateway is None:
        raise NoGateway
    try:
        return gateway.details(tracking=tracking)
    except (Refused, Away, Unsure) as problem:
        raise NotTold from problem


def found(*, number: str, told: Transaction, settle: Settle, by: str, at: datetime) -> str:
    """The desk found an attempt that nobody knew about, and the gateway ``told`` how it stands; its state.

    NotWaiting, NotThatOne (nothing is changed then).
    """
    row = Attempt.objects.select_related("payment").filter(number=number, state=State.UNKNOWN).first()
    if row is None:
        raise NotWaiting
    if not rules.is_ours(told, number=row.number, amount=Money(row.payment.cents)):
        raise NotThatOne
    return _decide_as(row, told, settle, by, at)


def read_in_the_report(
    *, number: str, tracking: str, paid_on: date, settle: Settle, by: str, at: datetime
) -> None:  # fmt: skip
    """People read in the gateway's own report that it took the money of an attempt that only people can find out about.

    Who calls this sees to it that two of them did. NotWaiting; NotThatOne if the number is another payment's.
    """
    row = (
        Attempt.objects.select_related("payment").filter(number=number, state=State.UNKNOWN, next_look_at=None).first()
    )
    if row is None:
        raise NotWaiting
    told = Transaction(tracking, row.number, Money(row.payment.cents), State.SUCCEEDED, "report", "", paid_on)
    if _decide_as(row, told, settle, by, at) != State.SUCCEEDED:
        raise NotWaiting


def _decide_as(row: Attempt, told: Transaction, settle: Settle, by: str, at: datetime) -> str:
    try:
        with transaction.atomic():
            return decide(attempt=row.pk, told=told, settle=settle, by=by, at=at)
    except IntegrityError as problem:
        if "payment_attempt_tracking" not in str(problem):
            raise
        raise NotThatOne from None


def never_taken(*, number: str, reason: str, by: str, at: datetime) -> None:
    """The desk found that the gateway never took the money of an attempt that nobody knew about. NotWaiting."""
    with transaction.atomic():
        row = _taken(Q(number=number, state=State.UNKNOWN, next_look_at=None))
        if row is None:
            raise NotWaiting
        _end(Attempt.objects.filter(pk=row.pk), State.FAILED, f"desk: {reason}", at)
        audit.record(
            act="payment.never-taken", by=by, at=at, subject=str(row.payment.payer), attempt=number, reason=reason
        )
