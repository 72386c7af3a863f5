"""Reading the Service Center: who works there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from openecf.central.service_center.models import Agent, Role


@dataclass(frozen=True)
class Staff:
    """Somebody at the desk: the account that acts, and what it may."""

    account: UUID
    name: str
    is_supervisor: bool

    @property
    def ref(self) -> str:
        """As the record of acts names the agent."""
        return str(self.account)


def staff(account: UUID) -> Staff | None:
    """The agent or supervisor whose account this is; None for everybody else, and for who left."""
    row = Agent.objects.filter(account_id=account, ended_at=None).select_related("account").first()
    if row is None or not row.account.is_active or row.account.shared:
        return None
    return Staff(row.account_id, row.account.name.direct, row.role == Role.SUPERVISOR)


def all_staff() -> list[Agent]:
    """Who works at the Service Center, by name."""
    rows = Agent.objects.filter(ended_at=None).select_related("account")
    return sorted(rows, key=lambda row: row.account.name.inverted.casefold())
