"""Setting a court up, changing its settings, and telling the central site how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

import openecf
from openecf.court.cases import queries as cases
from openecf.court.events import queries as events
from openecf.court.transition import queries, rules
from openecf.court.transition.models import CourtNotice, CourtProfile
from openecf.kernel import courts
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import CourtStatus
from openecf.platform.config import this_site


def set_up(*, at: datetime, by: str = "system", **facts: object) -> CourtProfile:
    """Make the court's profile from the national directory and ``facts`` (columns of CourtProfile).

    Done once; a profile that exists already is returned as it is.
    """
    court = courts.court(this_site().config.id)
    defaults = {
        "court": court.id,
        "doc_prefix": court.prefix,
        "from_address": f"cmecf@{court.id}.example",
        "languages": ["en", "es", "ht"],
    }
    with transaction.atomic():
        profile, made = CourtProfile.objects.get_or_create(id=1, defaults=defaults | facts)
        if made:
            record(act="court.set-up", by=by, at=at, subject=court.id)
            _tell(profile, at)
    queries.forget()
    return profile


def change_profile(*, words: Mapping[str, str], by: str, at: datetime) -> CourtProfile:
    """Change what the court decides for itself; ``words`` are settings as an operator types them.

    NoSuchSetting, BadSetting; CourtProfile.DoesNotExist before the court was set up. Other processes of the site see
    the change within seconds.
    """
    changes = rules.read_settings(words, zone=settings.COURT.zone)
    if "filing_fees" in changes:
        rules.require_events(changes["filing_fees"], known=events.dictionary().events)
    with transaction.atomic():
        profile = CourtProfile.objects.select_for_update().get(id=1)
        for name, value in changes.items():
            setattr(profile, name, value)
        rules.require_order(profile)
        if {"filing_closes_at", "live_at"} & set(changes):
            profile.deadlines_rolled_at = None  # another weekend has other deadlines
        profile.save(update_fields=[*changes, "deadlines_rolled_at"])
        record(act="court.profile-changed", by=by, at=at, subject=profile.court, settings=sorted(changes))
        _tell(profile, at)
    queries.forget()
    return profile


class NoRehearsal(Refusal):
    """A real court goes by the real clock."""

    said = _("Only a demonstration rehearses its move by another clock.")
    code = "no-rehearsal"


def rehearse(*, hour: datetime | None, by: str, at: datetime) -> CourtProfile:
    """From now on the move goes by a clock that shows ``hour`` at this moment; None: by the real one. NoRehearsal.

    Nothing else does: what is entered, charged or signed carries the real time.
    """
    if not this_site().config.demonstration:
        raise NoRehearsal
    with transaction.atomic():
        profile = CourtProfile.objects.select_for_update().get(id=1)
        profile.clock_ahead = hour - at if hour else timedelta()
        profile.save(update_fields=["clock_ahead"])
        record(act="court.rehearsed", by=by, at=at, subject=profile.court, hour=hour.isoformat() if hour else "")
        _tell(profile, at)
    queries.forget()
    return profile


def publish_notice(
    *,
    title: str,
    text: str,
    by: str,
    at: datetime,
    translations: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> CourtNotice:
    """Publish the next numbered notice. Two at once get two numbers.

    ``translations``: by language ``{"title": …, "text": …}``, both of them.
    """
    words = {
        language: {"title": one["title"].strip(), "text": one["text"].strip()} for language, one in translations.items()
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE court_notice IN SHARE ROW EXCLUSIVE MODE")
        made = CourtNotice.objects.create(
            number=queries.next_notice(), title=title.strip(), text=text.strip(), translations=words, published_at=at,
            by=by,
        )  # fmt: skip
        record(
            act="court.notice-published",
            by=by,
            at=at,
            subject=f"notice:{made.number}",
            languages=["en", *sorted(words)],
        )
    return made


def hold() -> CourtProfile:
    """The profile as it is at this moment; nobody changes it until the caller's transaction ends."""
    return CourtProfile.objects.select_for_update().get(id=1)


def note_deadlines_moved(*, at: datetime) -> None:
    """The deadlines of the closed days were moved; it is not done twice for one weekend. The caller holds the profile."""
    CourtProfile.objects.filter(id=1).update(deadlines_rolled_at=at)
    record(act="court.deadlines-moved", by="system", at=at)
    transaction.on_commit(queries.forget)


def move_deadlines_again() -> None:
    """More deadlines came to this court: those of the closed days are moved once more. In the caller's transaction."""
    CourtProfile.objects.filter(id=1).update(deadlines_rolled_at=None)
    queries.forget()


def tell_status(*, at: datetime) -> None:
    """Tell the central site how this court stands, for the public list of courts and as a sign of life."""
    with transaction.atomic():
        _tell(queries.profile(), at)


def _tell(profile: CourtProfile, at: datetime) -> None:
    status = CourtStatus(
        court=profile.court,
        at=at,
        era="nextgen" if rules.is_live(profile, at) else "currentgen",
        live_on=rules.live_on(profile, settings.COURT.zone),
        cases=cases.count(),
        software=f"OpenECF {openecf.__version__}",
        filing_needs_mfa=profile.filing_needs_mfa,
        registration=queries.registration(profile),
        help_email=profile.help_email,
        help_phone=profile.help_phone,
        filing_closes_at=profile.filing_closes_at,
        live_at=profile.live_at,
        resets_end_at=profile.resets_end_at,
    )
    bus.put(to="central", message=status, at=at)
