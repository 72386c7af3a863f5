"""Jobs of the document store."""

from __future__ import annotations

from procrastinate.contrib.django import app

from openecf.platform.store import services


@app.periodic(cron="53 2 * * *")
@app.task(name="openecf.store.sweep", queueing_lock="store.sweep")
def sweep(timestamp: int) -> None:
    """Remove what was left half written."""
    services.sweep()
