"""Forgetting what no longer matters: half-finished registrations hold people's data."""

from __future__ import annotations

from datetime import datetime, timedelta

from openecf.central.accounts import rules
from openecf.central.accounts.models import Draft, KnownDevice, KnownProgram, MailedLink, StrangerFailures
from openecf.central.accounts.services import alarm
from openecf.central.accounts.services.newcomers import PROGRAM_LIFE

_A_DAY = timedelta(days=1)
_SEASON = timedelta(days=90)


def sweep(*, at: datetime) -> None:
    """Delete drafts and links that are over, devices that count no more, and wrong guesses of a season ago. A name whose
    hundred guesses are used up stays closed to strangers (NIST SP 800-63B-4 3.2.2)."""
    MailedLink.objects.filter(expires_at__lt=at - _A_DAY).delete()
    Draft.objects.filter(expires_at__lt=at - _A_DAY).delete()
    KnownDevice.objects.filter(expires_at__lt=at).delete()
    KnownProgram.objects.filter(seen_at__lt=at - PROGRAM_LIFE).delete()
    alarm.sweep(at=at)
    StrangerFailures.objects.filter(last_at__lt=at - _SEASON, n__lt=rules.STRANGERS_CLOSED).delete()
