"""Jobs of the notices room."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.court.notices import services


@app.task(name=services.MAIL_JOB, queue="mail", retry=5)
def mail_notice(notice_id: int) -> None:
    """Write the mails of a notice."""
    services.mail_notice(notice_id=notice_id, at=timezone.now())
