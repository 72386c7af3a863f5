"""Setting a court up and changing its settings."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openecf.court.transition import queries
from openecf.court.transition.models import CourtProfile
from openecf.kernel import courts
from openecf.platform.audit.services import record
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
    queries.forget()
    return profile
