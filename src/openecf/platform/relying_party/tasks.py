"""Jobs that keep this court's knowledge of sign-ons fresh."""

from __future__ import annotations

import time
from contextlib import suppress

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from openecf.platform.bus.handlers import handles
from openecf.platform.bus.messages import SessionsRevoked
from openecf.platform.relying_party import provider, services

_MINUTE = 58.0
_BETWEEN = 2.0


@app.periodic(cron="* * * * *")
# Ahead of mail and messages, however many wait: without it nobody can file.
@app.task(
    name="relying_party.listen",
    lock="relying_party.listen",
    queueing_lock="relying_party.listen",
    priority=20,
    pass_context=True,
)
def listen(context: JobContext, timestamp: int) -> None:
    """Read the provider's feed every two seconds for a minute; the next minute has a job of its own."""
    until = time.monotonic() + _MINUTE
    while time.monotonic() < until and not context.should_abort():
        with suppress(provider.ProviderAway):
            services.listen(at=timezone.now())
        time.sleep(_BETWEEN)


@app.periodic(cron="23 * * * *")
@app.task(name="relying_party.sweep")
def sweep(timestamp: int) -> None:
    """Forget what is long over."""
    services.sweep(at=timezone.now())


@handles(SessionsRevoked)
def sessions_revoked(message: SessionsRevoked, *, sender: str, message_id: object, at: object) -> None:
    """The same news by the bus, for operators who end sessions in bulk."""
    services.end_named(sids=message.sids, why="bus", at=message.at)
