"""Pure decisions about filing agents: whom one acts for now, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from openecf.court.people.rules import Acting, Reader

FIRM_STAFF, TRUSTEE_STAFF = "firm-staff", "trustee-staff"


@dataclass(frozen=True)
class Principal:
    """Somebody whom an agent may act for now. ``chosen``: in this session."""

    agency: int
    user: int
    group: str
    name: str
    role: str
    may_file: bool
    sees_restricted: bool
    chosen: bool = False
    may_pay: bool = False


def acted_for(principals: Sequence[Principal]) -> Principal | None:
    """The one chosen in this session; an only principal needs no choice. Nobody is chosen for an agent of several."""
    if len(principals) == 1:
        return principals[0]
    return next((each for each in principals if each.chosen), None)


def acting(reader: Reader, *, agent_name: str, principals: Sequence[Principal]) -> Reader:
    """The agent as the court's pages see it: with the principal's place here, and the own account.

    Only what the principal is at this court is taken over: what is charged goes to the agent's own PACER account.
    """
    principal = acted_for(principals)
    if principal is None:
        return replace(reader, principals=len(principals))
    return replace(
        reader,
        user=principal.user,
        group=principal.group,
        principals=len(principals),
        acting=Acting(
            agency=principal.agency,
            agent=reader.user or 0,
            agent_name=agent_name,
            principal_name=principal.name,
            role=principal.role,
            may_file=principal.may_file,
            sees_restricted=principal.sees_restricted,
            may_pay=principal.may_pay,
        ),
    )


State = Literal["now", "later", "past"]


def state_of(*, starts: date, ends: date | None, today: date) -> State:
    """Where an agency stands on a day: its first and last day belong to it."""
    if today < starts:
        return "later"
    return "past" if ends is not None and today > ends else "now"


def roles_for(group: str) -> tuple[str, ...]:
    """The roles that a principal of that group gives, the usual one first."""
    office = (TRUSTEE_STAFF,) if group in ("trustee", "us-trustee") else (FIRM_STAFF,)
    return (*office, "filing-agent")
