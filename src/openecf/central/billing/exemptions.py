"""Reading exemptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from openecf.central.billing import queries
from openecf.central.billing.models import Exemption
from openecf.platform.shell.exemptions import PURPOSE_WORDS


@dataclass(frozen=True)
class Exempt:
    """An exemption as pages show it."""

    id: UUID
    court: str
    what: str
    case: str
    since: date
    until: date | None
    order: str


def exemptions(*, account: UUID) -> list[Exempt]:
    """What the account is exempt for, that was not ended, by court."""
    rows = Exemption.objects.filter(account_id=account, ended_at=None).order_by("court", "purpose", "case")
    return [
        Exempt(row.pk, queries.court_name(row.court), str(PURPOSE_WORDS.get(row.purpose, row.purpose)), row.case,
               row.since, row.until, row.order)
        for row in rows
    ]  # fmt: skip
