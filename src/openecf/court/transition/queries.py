"""Reading the court's own settings."""

from __future__ import annotations

import time

from django.db.models import Max

from openecf.court.transition.models import CourtNotice, CourtProfile
from openecf.kernel import courts
from openecf.platform.config import this_site
from openecf.platform.registering.profile import RegistrationProfile

KEPT_SECONDS = 3.0
_kept: list[tuple[float, CourtProfile]] = []


def profile() -> CourtProfile:
    """This court's profile, at most three seconds old. Before the court is set up: the national directory's facts."""
    now = time.monotonic()
    if _kept and now - _kept[0][0] < KEPT_SECONDS:
        return _kept[0][1]
    found = CourtProfile.objects.filter(id=1).first()
    if found is None:
        court = courts.court(this_site().config.id)
        return CourtProfile(court=court.id, doc_prefix=court.prefix, from_address=f"noreply@{court.host}")
    _kept[:] = [(now, found)]
    return found


def registration(profile: CourtProfile) -> RegistrationProfile:
    """Who may register to file here, and what is asked of them."""
    return RegistrationProfile.model_validate(profile.registration)


def notices() -> list[CourtNotice]:
    """The court's numbered notices, newest first."""
    return list(CourtNotice.objects.all())


def notice(number: int) -> CourtNotice | None:
    """One of them."""
    return CourtNotice.objects.filter(number=number).first()


def next_notice() -> int:
    """The number that the next notice will have."""
    return (CourtNotice.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def forget() -> None:
    """Read anew at the next call: the profile was just changed here."""
    _kept.clear()
