"""The letters that linking sends: to the address the court holds and to the one of the PACER account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from openecf.court.people.models import CourtUser
from openecf.court.people.rules import Reader
from openecf.platform.config import this_site

if TYPE_CHECKING:
    from openecf.court.transition.models import CourtProfile


@dataclass(frozen=True)
class Letter:
    """One mail to one address."""

    to: str
    subject: str
    text: str


def how_to_ask(profile: CourtProfile) -> dict[str, str]:
    """The clerk's office's telephone and address for mail; where the court told none, its page and where that is."""
    return {
        "phone": profile.help_phone or _("see the court's page"),
        "help": profile.help_email or this_site().config.base_url,
    }


def link_letters(*, reader: Reader, user: CourtUser, profile: CourtProfile, at: datetime) -> list[Letter]:
    """What happened, and what to do if it was somebody else. One letter per address, even if both are the same."""
    court, ask = settings.COURT, how_to_ask(profile)
    here = at.astimezone(ZoneInfo(court.zone))
    text = _(
        "The account {login} of the {court} was linked to the PACER account {username} (number {number}) on "
        "{day} at {time}.\n\n"
        "From now on you log in with PACER to file at this court. The old login and password no longer work.\n\n"
        "If this was not you, or not with your permission:\n"
        "1. Tell the clerk's office at once: {phone}, {email}. The court can undo the link and look at what was "
        "filed.\n"
        "2. Change the password of your PACER account in Manage My Account, and that of your mailbox.\n\n"
        "The court: {site}\n"
    ).format(
        login=user.login,
        court=court.full_name,
        username=reader.username,
        number=reader.number,
        day=f"{here:%m/%d/%Y}",
        time=f"{here:%I:%M %p} {here.tzname()}",
        phone=ask["phone"],
        email=ask["help"],
        site=this_site().config.base_url,
    )
    subject = _("Your account with the {court} was linked to PACER").format(court=court.full_name)
    addresses = dict.fromkeys(address for address in (user.email, reader.email) if address)
    return [Letter(address, subject, text) for address in addresses]


def own_login_letters(*, user: CourtUser, profile: CourtProfile) -> list[Letter]:
    """That a login which several people used is one person's now, or that one of them has a login of the own instead."""
    text = _(
        "Several people used one login of the {court}. The clerk's office gave each a login of their own: yours is "
        "{login}.\n\n"
        "In the court's NextGen system the password that you shared opens nothing any more. The clerk's office hands you the "
        "password of your login: {phone}, {help}. You need it once, to link the login to your own PACER account. Tell it "
        "to nobody.\n"
    ).format(
        court=settings.COURT.full_name,
        login=user.login,
        **how_to_ask(profile),
    )
    subject = _("Your own login at the {court}").format(court=settings.COURT.full_name)
    return [Letter(user.email, subject, text)] if user.email else []


def contact_letters(*, user: CourtUser, email: str, profile: CourtProfile) -> list[Letter]:
    """Where notices go from now on: told to the address so far and to the new one; nothing if they are the same."""
    if user.email.lower() == email.lower():
        return []
    text = _(
        "Notices of the {court} for {login} go to {email} from now on. This was changed in Manage My Account.\n\n"
        "If this was not you, tell the clerk's office at once: {phone}, {help}. Then change the password of your PACER "
        "account.\n"
    ).format(
        court=settings.COURT.full_name,
        login=user.login,
        email=email,
        **how_to_ask(profile),
    )
    subject = _("Where notices of the {court} go").format(court=settings.COURT.full_name)
    return [Letter(address, subject, text) for address in (user.email, email) if address]
