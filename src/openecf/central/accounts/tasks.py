"""Jobs of the accounts room."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.central.accounts import services
from openecf.central.accounts.services import closing


@app.task(name="openecf.accounts.request_reset", queue="mail")
def request_reset(*, username: str, email: str, address: str, birth_date: str = "") -> None:
    """Look up, out of the asker's sight, whether a reset link is to be mailed."""
    services.request_reset(username=username, birth_date=birth_date, email=email, at=timezone.now(), address=address)


@app.periodic(cron="23 5 * * *")
@app.task(name="openecf.accounts.rest_unused", queueing_lock="openecf.accounts.rest_unused")
def rest_unused(timestamp: int) -> None:
    """Warn owners of accounts that nobody uses, and close those that were warned."""
    closing.rest_unused(at=timezone.now())


@app.periodic(cron="47 * * * *")
@app.task(name="accounts.sweep")
def sweep_accounts(timestamp: int) -> None:
    """Forget drafts and links that are over, and devices that count no more."""
    services.sweep(at=timezone.now())
