"""Messages that the billing room applies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from openecf.central.billing import services
from openecf.platform.bus.handlers import handles
from openecf.platform.bus.messages import UsageRecorded


@handles(UsageRecorded)
def usage(message: UsageRecorded, *, sender: str, message_id: UUID, at: datetime) -> None:
    """A court reports a billable access."""
    services.record_usage(usage=message, sender=sender, message_id=message_id, at=at)
