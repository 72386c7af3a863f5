"""Jobs of outgoing mail."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.platform.mail import services


@app.task(name=services.DELIVER, queue="mail")
def deliver(mail_id: int) -> None:
    """Hand one mail to the mail server."""
    services.deliver(mail_id=mail_id, at=timezone.now())


@app.periodic(cron="* * * * * */5")
@app.task(name="openecf.mail.sweep", queue="mail", queueing_lock="mail.sweep", lock="mail.sweep")
def sweep(timestamp: int) -> None:
    """Try again what the mail server did not take earlier."""
    services.deliver_due(now=timezone.now)
