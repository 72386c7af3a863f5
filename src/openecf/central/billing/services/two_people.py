"""What one person of the desk may give away alone, and where a second one must agree: credits, refunds and exemptions alike."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy

from openecf.central.billing import queries, rules
from openecf.central.billing.models import DeskCredit, ExemptionRequest
from openecf.central.billing.services.ledger import one_at_a_time
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal

W = TypeVar("W", DeskCredit, ExemptionRequest)


class NotWaiting(Refusal):
    """The request was decided or withdrawn already."""

    said = gettext_lazy("This request is not waiting any more.")
    code = "not-waiting"


class OwnRequest(Refusal):
    """Nobody decides about money of their own."""

    said = gettext_lazy("This is about your own account: somebody else decides it.")
    code = "own-request"


class SamePerson(Refusal):
    """Two people must agree, and this one did already."""

    said = gettext_lazy("You agreed to this already: somebody else must agree, too.")
    code = "same-person"


def must_be_another(*, about: UUID, first_by: UUID | None, by: UUID) -> None:
    """Nobody decides about an account of their own, nor twice. OwnRequest, SamePerson."""
    if by == about:
        raise OwnRequest
    if by == first_by:
        raise SamePerson


def waiting(kind: type[W], which: UUID) -> W:
    """What one person of the desk wrote and a second has not decided, locked. NotWaiting."""
    row = kind.objects.select_for_update().filter(pk=which, outcome=kind.Outcome.SECOND).first()
    if row is None:
        raise NotWaiting
    return row


def close(row: W, outcome: str, *, remark: str = "", by: UUID, at: datetime) -> None:
    """A second person decided, or the first took it back; ``remark``: why it was set aside. The row locked."""
    type(row).objects.filter(pk=row.pk).update(outcome=outcome, second_by=by, decided_at=at, remark=remark)


def is_first_of_two(*, payer: UUID, amount: Money, first_by: UUID | None, by: UUID, at: datetime) -> bool:
    """Whether this person's word is not enough and waits for another's. Inside the transaction that acts upon it.

    ``first_by`` agreed before, if somebody did. Counted over a month for the payer, over a day and a quarter for the
    person at the desk. Of two who give the same payer something at once, or of one who gives to many at once from
    several windows, the one counts what the other gave. OwnRequest, SamePerson.
    """
    must_be_another(about=payer, first_by=first_by, by=by)
    one_at_a_time(payer)  # always before the person's own turn: so nobody waits in a circle
    if first_by is not None:
        return False
    _one_act_at_a_time(by)
    return rules.needs_two(amount, lately=queries.given_alone(payer=payer, by=by, at=at), most=queries.most_alone())


def _one_act_at_a_time(by: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('gives:' || %s, 0))", [str(by)])
