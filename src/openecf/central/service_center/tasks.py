"""Jobs of the Service Center."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.central.service_center import services
from openecf.central.service_center.services import removing, tickets


@app.periodic(cron="*/5 * * * *")
@app.task(name="service_center.carry_out", queueing_lock="service_center.carry_out")
def carry_out(timestamp: int) -> None:
    """Do what two people decided and no owner stopped in time."""
    services.carry_out_due(at=timezone.now())


@app.periodic(cron="19 4 * * *")
@app.task(name="service_center.sweep", queueing_lock="service_center.sweep")
def sweep(timestamp: int) -> None:
    """Tickets that rest."""
    tickets.sweep(at=timezone.now())


@app.periodic(cron="37 4 * * *")
@app.task(name="service_center.remove_files", queueing_lock="service_center.remove_files")
def remove_files(timestamp: int) -> None:
    """Files of tickets that were closed long ago."""
    removing.remove_due(at=timezone.now())
