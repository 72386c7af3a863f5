"""What pages for everybody say about the court: its name, its help, where it stands on its way to NextGen."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from openecf.court.transition import queries, rules
from openecf.kernel.days import legal_day
from openecf.platform.config import this_site
from openecf.platform.registering.profile import in_language
from openecf.platform.registering.roles import ATTORNEY_ROLES, kind_of

if TYPE_CHECKING:
    from openecf.court.transition.models import CourtProfile


def register_address() -> str:
    """Where a person registers for a PACER account; empty at a court that knows no central site."""
    central = this_site().config.central
    return f"{central.base_url}/pscof/register" if central else ""


def manage_account() -> str:
    """The address of Manage My Account; empty at a court that knows no central site."""
    central = this_site().config.central
    return f"{central.base_url}/pscof/manage" if central else ""


def court_facts(now: datetime) -> dict[str, object]:
    """Template context. ``era`` is a rules.Era; hours are aware, templates show them in the court's zone."""
    profile = queries.profile()
    return {
        "court": settings.COURT,
        "profile": profile,
        "era": rules.era(profile, now),
        "live": rules.is_live(profile, now),
        "live_on": rules.live_on(profile, settings.COURT.zone),
        "zone": settings.COURT.zone,
        "second_factor": rules.second_factor(profile.filing_needs_mfa, today=legal_day(now, settings.COURT.zone)),
        "manage_account": manage_account(),
        "register_address": register_address(),
        "newcomers": newcomers(profile, live=rules.is_live(profile, now)),
    }
