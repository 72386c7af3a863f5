"""Jobs of the documents room."""

from __future__ import annotations

from procrastinate.contrib.django import app

from openecf.court.documents import services


@app.task(name=services.RESEAL_JOB, queue="default", retry=5)
def reseal(case_id: int) -> None:
    """Keep the documents of a case as its level asks."""
    services.keep_case_by_level(case_id=case_id)
