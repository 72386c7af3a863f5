"""Jobs of the throttle room."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.platform.throttle import services


@app.periodic(cron="41 * * * *")
@app.task(name="throttle.sweep")
def sweep_counters(timestamp: int) -> None:
    """Forget counters whose window is long over."""
    services.sweep(at=timezone.now())
