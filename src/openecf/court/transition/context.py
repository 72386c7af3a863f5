"""What pages for everybody say about the court: its name, its help, where it stands on its way to NextGen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language

from openecf.court.transition import queries, rules
from openecf.kernel.days import legal_day
from openecf.platform.config import this_site
from openecf.platform.registering.profile import in_language
from openecf.platform.registering.roles import ATTORNEY_ROLES, WITHOUT_ATTORNEY, kind_of

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


@dataclass(frozen=True)
class Newcomers:
    """Where people register who do not file here yet; ``form`` is the code of the court's own form for attorneys.
    ``pro_se``: where a party without an attorney does, with what the court says of it in ``pro_se_note``."""

    attorney: str = ""
    others: str = ""
    pro_se: str = ""
    pro_se_note: str = ""
    form: str = ""
    form_title: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.attorney or self.others)


def newcomers(profile: CourtProfile, *, live: bool) -> Newcomers:
    """The ways for newcomers; none while the court is not live, or where it takes no registrations online."""
    central, said = this_site().config.central, queries.registration(profile)
    if central is None or not live:
        return Newcomers()
    kinds = {kind_of(role) for role in said.accepts}
    place = f"{central.base_url}/pscof/manage/efile"
    others = f"{place}/non-attorney/{profile.court}" if "non-attorney" in kinds else ""
    without_attorney = next((said.accepts[role] for role in WITHOUT_ATTORNEY if role in said.accepts), None)
    language = get_language() or "en"
    form = next(
        (one for role in ATTORNEY_ROLES if role in said.accepts and (one := said.form_for(role, is_new=True))), None
    )
    return Newcomers(
        attorney=f"{place}/attorney/{profile.court}" if "attorney" in kinds else "",
        others=others,
        pro_se=others if without_attorney is not None else "",
        pro_se_note=in_language(without_attorney.note, language) if without_attorney is not None else "",
        form=form.code if form else "",
        form_title=in_language(form.title, language) if form else "",
    )


def help_center() -> str:
    """Where the PACER Service Center's pages begin; empty at a court that knows no central site."""
    central = this_site().config.central
    return central.base_url if central else ""


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
        "rehearsed": rules.as_if(profile, now) if profile.clock_ahead else None,
        "second_factor": rules.second_factor(profile.filing_needs_mfa, today=legal_day(now, settings.COURT.zone)),
        "manage_account": manage_account(),
        "help_center": help_center(),
        "register_address": register_address(),
        "newcomers": newcomers(profile, live=rules.is_live(profile, now)),
    }
