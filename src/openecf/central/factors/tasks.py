"""Jobs of the factors room."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.central.factors import services


@app.periodic(cron="27 * * * *")
@app.task(name="factors.sweep")
def sweep_factors(timestamp: int) -> None:
    """Forget sign-ons that wait no more, and apps that were never proved."""
    services.sweep(at=timezone.now())
