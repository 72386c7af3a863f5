"""Jobs of the bus."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.platform.bus import queries, services


@app.task(name=services.RELAY, queue="bus")
def relay(to: str) -> None:
    """Carry what is due to one site."""
    services.relay(to=to, now=timezone.now)


@app.periodic(cron="* * * * * */3")
@app.task(name="openecf.bus.sweep", queue="bus", queueing_lock="bus.sweep", lock="bus.sweep")
def sweep(timestamp: int) -> None:
    """Carry what an earlier try left."""
    for to in queries.due_peers(now=timezone.now()):
        services.relay(to=to, now=timezone.now)
