"""Jobs of the documents room."""

from __future__ import annotations

from procrastinate.contrib.django import app

from openecf.court.documents import services


@app.task(name=services.RESEAL_JOB, queue="default", retry=5)
def reseal(case_id: int) -> None:
    """Keep the documents of a case as its level asks."""
    services.keep_case_by_level(case_id=case_id)


@app.periodic(cron="* * * * *")
@app.task(name="openecf.documents.keep_fresh", queueing_lock="documents.keep_fresh", lock="documents.keep_fresh")
def keep_fresh(timestamp: int) -> None:
    """Store in the open what was filed in the last minute and is not sealed."""
    services.keep_fresh_by_level()
