"""Jobs of the factors room."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.central.factors import services


@app.periodic(cron="27 * * * *")
@app.task(name="factors.sweep")
def sweep_factors(timestamp: int) -> None:
    """Forget sign-ons that wait no more, challenges that are over, and apps that were never proved."""
    services.sweep(at=timezone.now())


@app.periodic(cron="12 13 * * *")
@app.task(name="factors.remind")
def remind(timestamp: int) -> None:
    """Mail those who will need a second factor soon and have none."""
    services.remind(at=timezone.now())
