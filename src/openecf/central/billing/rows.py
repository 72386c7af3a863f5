"""What the desk's rows about money have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from openecf.central.accounts import queries as accounts
from openecf.central.billing import rules
from openecf.kernel.days import legal_day

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

R = TypeVar("R")
SHOWN = 200
"""At most so many of a kind on a page."""


def day(at: datetime) -> date:
    """The day of the Service Center's calendar."""
    return legal_day(at, rules.ZONE)


def called(payer: Account) -> str:
    """A firm by its name, a person by the own one."""
    return payer.firm or payer.name.direct


def names_of(people: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Names of people of the desk, by account; of None, nobody."""
    return {None: ""} | {one.id: one.name.direct for one in accounts.several({who for who in people if who})}


def first(found: Sequence[R]) -> R | None:
    """The one that was asked for, if it is there."""
    return found[0] if found else None
