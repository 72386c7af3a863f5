"""Writing the usage ledger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openecf.central.accounts.queries import account
from openecf.central.billing.models import UsageLine
from openecf.platform.audit import services as audit
from openecf.platform.bus.messages import UsageRecorded


class ForeignUsage(ValueError):
    """A court sent usage in another court's name."""


def record_usage(*, usage: UsageRecorded, sender: str, message_id: UUID, at: datetime) -> bool:
    """Write one access into the ledger, once however often it is delivered; whether it was new.

    NoSuchAccount if the account is unknown: the message waits at the desk.
    """
    if usage.court != sender:
        raise ForeignUsage(f"{sender} bills for {usage.court}")
    with transaction.atomic():
        _line, made = UsageLine.objects.get_or_create(
            message=message_id,
            defaults={
                "account": account(usage.account),
                "court": usage.court,
                "at": usage.at,
                "client_code": usage.client_code,
                "description": usage.description[:120],
                "criteria": usage.criteria,
                "pages": usage.pages,
                "cents": 0 if usage.exempt else usage.cents,
                "exempt": usage.exempt,
            },
        )
        if made:
            audit.record(
                act="usage.recorded", by=f"court:{sender}", at=at, subject=str(usage.account), message=str(message_id)
            )
    return made
