"""What one person of the desk may give away alone, and where a second one must agree: credits and refunds alike."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy

from openecf.central.billing import queries, rules
from openecf.central.billing.services.ledger import one_at_a_time
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal


class OwnRequest(Refusal):
    """Nobody decides about money of their own."""

    said = gettext_lazy("This is about your own account: somebody else decides it.")
    code = "own-request"


class SamePerson(Refusal):
    """Two people must agree, and this one did already."""

    said = gettext_lazy("You agreed to this already. Above ${limit} somebody else must agree, too.")
    code = "same-person"


def is_first_of_two(*, payer: UUID, amount: Money, first_by: UUID | None, by: UUID, at: datetime) -> bool:
    """Whether this person's word is not enough and waits for another's. Inside the transaction that acts upon it.

    ``first_by`` agreed before, if somebody did. Counted over a month; of two who give the same payer something at once,
    one counts what the other gave. OwnRequest, SamePerson.
    """
    if by == payer:
        raise OwnRequest
    if first_by == by:
        raise SamePerson(str(SamePerson.said).format(limit=rules.GIVEN_BY_ONE))
    one_at_a_time(payer)
    lately = queries.given_by_one(payer=payer, at=at)
    return first_by is None and rules.needs_two(amount, by_one_lately=lately)
