"""Messages that the billing room applies, and its jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.central.billing import services
from openecf.platform.bus.handlers import Received, handles, handles_together
from openecf.platform.bus.messages import UsageRecorded


@handles(UsageRecorded)
def usage(message: UsageRecorded, *, sender: str, message_id: UUID, at: datetime) -> None:
    """A court reports a billable access."""
    services.record_usage(usage=message, sender=sender, message_id=message_id, at=at)


@app.periodic(cron="*/10 * * * *")
@app.task(name="openecf.billing.statements", queueing_lock="billing.statements", lock="billing.statements")
def make_statements(timestamp: int) -> None:
    """Make the statements of a quarter that is over, and go on where a killed worker stopped."""
    services.make_due(at=timezone.now())


@handles_together(UsageRecorded)
def usages(received: Sequence[Received], *, sender: str, at: datetime) -> None:
    """A court reports billable accesses."""
    services.record_usages(usages=[(one.message_id, one.message) for one in received], sender=sender, at=at)


@app.periodic(cron="27 4 * * *")
@app.task(name="openecf.billing.check", queueing_lock="billing.check")
def check_statements(timestamp: int) -> None:
    """See each night that the statements are what the ledgers say."""
    services.check()


@app.periodic(cron="* * * * *")
@app.task(
    name="openecf.billing.follow_payments", queueing_lock="billing.follow_payments", lock="billing.follow_payments"
)
def follow_payments(timestamp: int) -> None:
    """See what became of payments that were not decided when their payer left."""
    services.follow(now=timezone.now)
