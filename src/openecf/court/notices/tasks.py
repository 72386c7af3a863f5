"""Jobs of the notices room."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from openecf.court.notices import announcing, services, summarising, withholding
from openecf.platform.mail import gates

gates.guard("notice", withholding.OF_NOTICES)
gates.guard("summary", withholding.OF_SUMMARIES)


@app.task(name=services.MAIL_JOB, queue="mail", retry=5)
def mail_notice(notice_id: int) -> None:
    """Write the mails of a notice."""
    services.mail_notice(notice_id=notice_id, at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="openecf.notices.summaries", queue="mail", queueing_lock="notices.summaries", lock="notices.summaries")
def make_summaries(timestamp: int) -> None:
    """Once a day is over and the court's hour has come; goes on where a killed worker stopped."""
    summarising.make_due(now=timezone.now())


@app.task(name=announcing.JOB, queue="mail", retry=5)
def announce(announcement_id: int) -> None:
    """Write the mails of an announcement."""
    announcing.carry_on(announcement_id=announcement_id, at=timezone.now())
