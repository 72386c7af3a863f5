"""Jobs of the transition room."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.court.transition import services


@app.periodic(cron="11 * * * *")
@app.task(name="transition.tell_status", queueing_lock="transition.tell_status")
def tell_status(timestamp: int) -> None:
    """Once an hour."""
    services.tell_status(at=timezone.now())
