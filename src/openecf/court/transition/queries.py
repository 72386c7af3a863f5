"""Reading the court's own settings."""

from __future__ import annotations

import time

from django.db.models import Max

from openecf.court.transition import rules
from openecf.court.transition.models import CourtNotice, CourtProfile
from openecf.kernel import courts
from openecf.platform.config import this_site
from openecf.platform.registering.profile import Link, RegistrationProfile, in_language

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


def notices(*, language: str) -> list[rules.NoticeShown]:
    """The court's numbered notices, newest first, in the words of that language where the court wrote them."""
    return [_shown(found, language) for found in CourtNotice.objects.all()]


def notice(number: int, *, language: str) -> rules.NoticeShown | None:
    """One of them."""
    found = CourtNotice.objects.filter(number=number).first()
    return _shown(found, language) if found else None


def _shown(found: CourtNotice, language: str) -> rules.NoticeShown:
    return rules.notice_in(
        language, number=found.number, published_at=found.published_at, title=found.title, text=found.text,
        translations=found.translations,
    )  # fmt: skip


def links(profile: CourtProfile, *, language: str) -> list[tuple[str, str]]:
    """What the court itself wrote about the move: label and address."""
    found = [Link.model_validate(one) for one in profile.nextgen_links]
    return [(in_language(one.label, language), one.url) for one in found]


def next_notice() -> int:
    """The number that the next notice will have."""
    return (CourtNotice.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def forget() -> None:
    """Read anew at the next call: the profile was just changed here."""
    _kept.clear()
