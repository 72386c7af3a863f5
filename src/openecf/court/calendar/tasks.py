"""Jobs of the calendar room."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.court.calendar import services


@app.periodic(cron="*/10 * * * *")
@app.task(name="calendar.move_past_closure", queueing_lock="calendar.move_past_closure")
def move_past_closure(timestamp: int) -> None:
    """Soon after filing has closed for the move to NextGen."""
    services.move_past_closure(at=timezone.now())
