"""Messages that the fees room applies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.court.fees import exempting, paying
from openecf.platform.bus.handlers import handles
from openecf.platform.bus.messages import ExemptionChanged


@handles(ExemptionChanged)
def exemption(message: ExemptionChanged, *, sender: str, message_id: UUID, at: datetime) -> None:
    """The Service Center granted an exemption here, or ended one."""
    exempting.keep(told=message, sender=sender, at=at)


@app.periodic(cron="* * * * *")
@app.task(name="openecf.fees.follow_payments", queueing_lock="fees.follow_payments", lock="fees.follow_payments")
def follow_payments(timestamp: int) -> None:
    """See what became of payments of filing fees that were not decided when their payer left."""
    paying.follow(now=timezone.now)
