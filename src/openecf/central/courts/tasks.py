"""Messages that the courts room applies, and its job."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.central.courts import services
from openecf.platform.bus.handlers import handles
from openecf.platform.bus.messages import AccountLinked, AccountStanding, CourtStatus


@handles(CourtStatus)
def status(message: CourtStatus, *, sender: str, message_id: UUID, at: datetime) -> None:
    """A court says how it stands."""
    services.note_status(status=message, sender=sender, at=at)


@handles(AccountLinked)
def linked(message: AccountLinked, *, sender: str, message_id: UUID, at: datetime) -> None:
    """A court-issued login was linked to an account."""
    services.note_link(link=message, sender=sender)


@handles(AccountStanding)
def standing(message: AccountStanding, *, sender: str, message_id: UUID, at: datetime) -> None:
    """A court suspended an account from filing, let it in again, or ended the link."""
    services.note_standing(standing=message, sender=sender, at=at)


@app.periodic(cron="* * * * *")
@app.task(name="courts.go_live", queueing_lock="courts.go_live")
def go_live(timestamp: int) -> None:
    """By the minute: a court's announced hour has come."""
    services.go_live(at=timezone.now())
