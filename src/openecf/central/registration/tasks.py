"""Messages that the registration room applies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from openecf.central.registration import services
from openecf.platform.bus.handlers import handles
from openecf.platform.bus.messages import ChangeAnswered, RegistrationAnswered


@handles(RegistrationAnswered)
def answered(message: RegistrationAnswered, *, sender: str, message_id: UUID, at: datetime) -> None:
    """A court did something with a request."""
    services.hear(message=message, sender=sender, at=at)


@handles(ChangeAnswered)
def change_answered(message: ChangeAnswered, *, sender: str, message_id: UUID, at: datetime) -> None:
    """A court did something with a change that a person asked for."""
    services.hear_change(message=message, sender=sender, at=at)
