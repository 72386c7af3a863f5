"""Jobs of the signon room."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from openecf.central.accounts.services import alarm
from openecf.central.signon import queries
from openecf.central.signon.services.keys import tend_keys
from openecf.central.signon.services.logout import DELIVER, DELIVER_AGAIN, deliver_due_logouts
from openecf.central.signon.services.sharing import watch_sharing
from openecf.central.signon.services.sweeping import sweep
from openecf.platform.jobs import services as jobs

_LOOK_AGAIN = timedelta(seconds=5)
"""While a court has not heard, due tokens are looked for at least this often: what fails next may be due sooner."""


# Ahead of mail and messages, however many wait: somebody pressed a button and expects to be signed off.
@app.task(name=DELIVER, priority=30)
def deliver_logouts() -> None:
    """Tell courts which sessions ended; look again when one of them has to be asked again."""
    now = timezone.now()
    wait = deliver_due_logouts(at=now)
    if wait is not None:
        with suppress(AlreadyEnqueued):
            jobs.defer(DELIVER_AGAIN, at=now + min(wait, _LOOK_AGAIN))


# By the minute, too, should the job that was to look again be lost.
@app.periodic(cron="* * * * *")
@app.task(name=DELIVER_AGAIN, queueing_lock=DELIVER_AGAIN, priority=20)
def deliver_logouts_again(timestamp: int = 0) -> None:
    """Tell the courts that have not heard yet."""
    deliver_logouts()


@app.periodic(cron="*/5 * * * *")
@app.task(name="signon.tend_keys")
def tend_signing_keys(timestamp: int) -> None:
    """Publish, change over, retire and remove signing keys when they are due."""
    tend_keys(at=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="signon.watch_sharing")
def watch_for_sharing(timestamp: int) -> None:
    """Note which accounts several people use at once."""
    watch_sharing(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="signon.watch_guessing", queueing_lock="signon.watch_guessing")
def watch_for_guessing(timestamp: int) -> None:
    """See whether more sign-ons fail over the whole site than usually do."""
    alarm.watch(began=queries.begun_between, at=timezone.now())


@app.periodic(cron="17 * * * *")
@app.task(name="signon.sweep")
def sweep_sign_ons(timestamp: int) -> None:
    """Forget used codes, old tokens, old sessions."""
    sweep(at=timezone.now())
