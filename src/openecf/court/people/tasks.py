"""Messages that the people room applies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from openecf.court.people import services
from openecf.court.registration import services as registration
from openecf.platform.bus.handlers import handles
from openecf.platform.bus.messages import AccountMerged
from openecf.platform.payments import services as payments


@handles(AccountMerged)
def merged(message: AccountMerged, *, sender: str, message_id: UUID, at: datetime) -> None:
    """A duplicate account goes on as another of the same person."""
    services.follow_merger(account=message.account, into=message.into, number=message.number, at=at)
    registration.follow_merger(account=message.account, into=message.into, number=message.number, at=at)
    registration.changes_follow_merger(account=message.account, into=message.into, number=message.number, at=at)
    payments.follow_merger(account=message.account, into=message.into, at=at)
