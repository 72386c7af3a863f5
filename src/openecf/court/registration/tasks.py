"""Messages that the registration room applies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.court.registration import services
from openecf.court.registration.services import paying, spreading
from openecf.platform.bus.handlers import handles
from openecf.platform.bus.messages import (
    ChangeRequested,
    FilerContactChanged,
    RegistrationPaper,
    RegistrationRequested,
    RegistrationWithdrawn,
)


@handles(RegistrationRequested)
def requested(message: RegistrationRequested, *, sender: str, message_id: UUID, at: datetime) -> None:
    """A person asks to file here."""
    services.take(message=message, sender=sender, at=at)


@handles(RegistrationPaper)
def paper(message: RegistrationPaper, *, sender: str, message_id: UUID, at: datetime) -> None:
    """A piece of a PDF that goes with a request."""
    services.take_paper(message=message, sender=sender, at=at)


@handles(RegistrationWithdrawn)
def withdrawn(message: RegistrationWithdrawn, *, sender: str, message_id: UUID, at: datetime) -> None:
    """A request is taken back."""
    services.take_withdrawal(message=message, sender=sender, at=at)


@handles(FilerContactChanged)
def contact(message: FilerContactChanged, *, sender: str, message_id: UUID, at: datetime) -> None:
    """Where a person wants notices."""
    services.take_contact(message=message, sender=sender, at=at)


@handles(ChangeRequested)
def change(message: ChangeRequested, *, sender: str, message_id: UUID, at: datetime) -> None:
    """Somebody who files here asks the court to change what it holds."""
    services.take_change(message=message, sender=sender, at=at)


@app.task(name=spreading.SPREAD_JOB, queue="default", retry=5)
def spread(change_id: str) -> None:
    """Print an accepted change of name or address on the dockets of the person's cases."""
    spreading.spread(change_id=UUID(change_id), at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(
    name="openecf.registration.follow_payments",
    queueing_lock="registration.follow_payments",
    lock="registration.follow_payments",
)
def follow_payments(timestamp: int) -> None:
    """See what became of payments of fees that were not decided when their payer left."""
    paying.follow(now=timezone.now)
