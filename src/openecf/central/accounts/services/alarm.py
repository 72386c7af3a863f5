"""Guessing from everywhere, each guess on another name from another network with another password: no name, network or
password stands out, only the site as a whole.

While that goes on, a browser or program that the account does not know needs more than the password: a code from the
owner's mailbox. Known ones, second factors and passkeys are not asked for more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from django.db import connection, transaction

from openecf.central.accounts import rules
from openecf.central.accounts.models import Alarm, Tally
from openecf.platform.audit import services as audit
from openecf.platform.throttle import services as throttle

log = structlog.get_logger()

SPAN = timedelta(minutes=10)
LASTS = timedelta(minutes=30)
"""After the last ten minutes that were alarming."""
_A_WEEK = timedelta(days=7)
_ENOUGH, _KNOWN_FROM = 20, 36
"""Sign-ons and failures by which ten minutes tell what is usual; so many such, six hours, before anybody knows."""

_WRITE = """
INSERT INTO account_tally AS t (at, began, failed, alarming) VALUES (%(at)s, %(began)s, %(failed)s, %(alarming)s)
ON CONFLICT (at) DO UPDATE SET
  began = excluded.began, failed = excluded.failed, alarming = t.alarming OR excluded.alarming
"""
# What was an attack is not what is usual: else a long one would end its own alarm.
_USUAL = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY failed::float / greatest(began, 1))
FROM account_tally WHERE at >= %(since)s AND at < %(before)s AND NOT alarming AND began + failed >= %(enough)s
"""


def span_of(at: datetime) -> datetime:
    """When the ten minutes began that a moment lies in."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 10, second=0, microsecond=0)


def count(*, now: datetime) -> None:
    """One more failure of a stranger, whoever's name it tried."""
    throttle.count(key=_counter(span_of(now)), window=throttle.LONGEST_WINDOW, now=now)


def watch(*, began: Callable[[datetime, datetime], int], at: datetime) -> bool:
    """Write down the ten minutes that run and those before, and raise the alarm or let it last; whether it is on.

    ``began`` answers how many sign-ons began between two moments.
    """
    running = span_of(at)
    usual = _usual(before=running)
    with transaction.atomic():
        for start in (running - SPAN, running):
            failed = throttle.failures(key=_counter(start), window=throttle.LONGEST_WINDOW, now=at)
            good = began(start, start + SPAN)
            alarming = rules.is_alarming(failed=failed, began=good, usual=usual)
            with connection.cursor() as cursor:
                cursor.execute(_WRITE, {"at": start, "began": good, "failed": failed, "alarming": alarming})
            if alarming and start == running:
                _raise(failed=failed, began=good, usual=usual, at=at)
    return Alarm.objects.filter(until__gt=at).exists()


def sweep(*, at: datetime) -> None:
    """Forget what is older than a week."""
    Tally.objects.filter(at__lt=at - _A_WEEK).delete()
    Alarm.objects.filter(until__lt=at - _A_WEEK).delete()


def _raise(*, failed: int, began: int, usual: float | None, at: datetime) -> None:
    if Alarm.objects.filter(until__gt=at).update(until=at + LASTS):
        return
    Alarm.objects.create(raised_at=at, until=at + LASTS)
    facts = {"failed": failed, "began": began, "usual": round(usual, 3) if usual is not None else None}
    audit.record(act="account.alarm-raised", by="system", at=at, **facts)
    log.warning("sign_on.alarm", **facts)


def _usual(*, before: datetime) -> float | None:
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, {"since": before - _A_WEEK, "before": before - SPAN, "enough": _ENOUGH})
        spans, median = cursor.fetchone()
    return median if spans >= _KNOWN_FROM else None


def _counter(start: datetime) -> str:
    return f"strangers-failed:{start:%Y-%m-%dT%H:%M}"
