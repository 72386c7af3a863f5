"""Jobs that keep the jobs going."""

from __future__ import annotations

from procrastinate.contrib.django import app

from openecf.platform.jobs import services


@app.periodic(cron="* * * * * */5")
@app.task(name="openecf.jobs.take_back", queue="jobs", queueing_lock="jobs.take_back", priority=10)
async def take_back(timestamp: int) -> None:
    """Let the jobs of workers that died be done by the living."""
    await services.take_back()


@app.periodic(cron="41 3 * * *")
@app.task(name="openecf.jobs.sweep", queue="jobs", queueing_lock="jobs.sweep")
async def sweep(timestamp: int) -> None:
    """Forget jobs that failed a month ago."""
    await services.sweep()
