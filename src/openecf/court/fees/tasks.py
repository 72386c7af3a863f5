"""Messages that the fees room applies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from openecf.court.fees import exempting
from openecf.platform.bus.handlers import handles
from openecf.platform.bus.messages import ExemptionChanged


@handles(ExemptionChanged)
def exemption(message: ExemptionChanged, *, sender: str, message_id: UUID, at: datetime) -> None:
    """The Service Center granted an exemption here, or ended one."""
    exempting.keep(told=message, sender=sender, at=at)
