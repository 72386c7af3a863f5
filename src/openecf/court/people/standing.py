"""The clerk's office ends a filer's access for a while or gives it back, and ends a link that should not be.

A court suspends for what its rules say (discipline, fees not paid, the filer's own wish); what was filed stays filed, and
the person goes on reading like anybody with a PACER account. An ended link leaves the court's account as it was before
linking, without a password, and with the addresses of before: the clerk's office hands a new one to who it belongs to.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from openecf.court.agents import services as agents
from openecf.court.people import queries
from openecf.court.people.before_linking import put_back
from openecf.court.people.letters import how_to_ask
from openecf.court.people.models import CourtUser, LinkOffer
from openecf.court.people.rules import COURT_GROUPS
from openecf.court.transition import queries as transition
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import AccountStanding
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail

LONGEST_REASON = 500


class CannotChange(Refusal):
    """The account is not where this act could be done to it."""

    said = _("This account stands otherwise now: somebody else may have acted. Nothing was changed.")
    code = "cannot-change"


class NotAFiler(CannotChange):
    """The court's own people are let in and out by its operators."""

    said = _("This is an account of the court's own people. Operators change it.")
    code = "not-a-filer"


class ReasonMissing(CannotChange):
    said = _("Give the reason. The person reads it.")
    code = "reason-missing"


def suspend(*, user_id: int, said: str, by: str, at: datetime) -> None:
    """The person files here no more, and neither do agents for them, until somebody gives it back. CannotChange."""
    said = reason(said)
    with transaction.atomic():
        user = locked(user_id)
        if not user.active:
            raise CannotChange
        user.active, user.suspended_at, user.suspended_why = False, at, said
        user.save(update_fields=["active", "suspended_at", "suspended_why"])
        LinkOffer.objects.filter(user=user, used_at=None).delete()
        _write("people.suspended", user, said, by, at, suspended=True)
        tell(
            user,
            gettext_noop("Your filing at the {court} is suspended"),
            gettext_noop(
                "The {court} suspended your access to file (account {login}), for this reason:\n\n{said}\n\n"
                "Cases and documents you can read as before, and fees that are due for your filings you can pay under "
                "Utilities. To file again, apply anew in Manage My Account (Maintenance, "
                "registration), or ask the clerk's office: {phone}, {help}."
            ),
            said, at,
        )  # fmt: skip


def reinstate(*, user_id: int, said: str, by: str, at: datetime) -> None:
    """The person files here again. CannotChange."""
    said = reason(said)
    with transaction.atomic():
        user = locked(user_id)
        if user.active or user.suspended_at is None:
            raise CannotChange
        user.active, user.suspended_at, user.suspended_why = True, None, ""
        user.save(update_fields=["active", "suspended_at", "suspended_why"])
        _write("people.reinstated", user, said, by, at, suspended=False)
        tell(
            user,
            gettext_noop("You may file at the {court} again"),
            gettext_noop(
                "The {court} gave you back your access to file (account {login}):\n\n{said}\n\n"
                "Questions? Ask the clerk's office: {phone}, {help}."
            ),
            said, at,
        )  # fmt: skip


def end_link(*, user_id: int, said: str, by: str, at: datetime) -> None:
    """The court's account belongs to no PACER account any more, at once; both are told. CannotChange.

    Where its mail went before it was linked it goes again. Of an account of which that is not known every address is
    taken off: whoever linked it may have set them, and would be mailed a new password. Nor do agents act for it any more.
    """
    said = reason(said)
    with transaction.atomic():
        user = locked(user_id)
        if user.account is None:
            raise CannotChange
        _write("people.link-ended", user, said, by, at, linked=False, addresses=_addresses(user))
        linkers = user.email
        user.account, user.account_number, user.linked_at = None, "", None
        user.save(update_fields=["account", "account_number", "linked_at"])
        put_back(user)
        agents.end_given(principal=user.id, by=by, at=at)
        tell(
            user,
            gettext_noop("Your account with the {court} is no longer linked to PACER"),
            gettext_noop(
                "The {court} ended the link between its account {login} and a PACER account, for this reason:\n\n{said}\n\n"
                "If the account is yours, the clerk's office gives you a new password, with which you link it to your own "
                "PACER account: {phone}, {help}."
            ),
            said, at, also=linkers,
        )  # fmt: skip


def _addresses(user: CourtUser) -> str:
    """For the audit line: what becomes of the account's addresses when its link ends."""
    return "cleared" if user.before_link is None else "as before linking"


def locked(user_id: int) -> CourtUser:
    """The filer's account, held until the transaction ends. CannotChange, NotAFiler."""
    user = CourtUser.objects.select_for_update(no_key=True).filter(id=user_id).first()
    if user is None:
        raise CannotChange
    if user.group in COURT_GROUPS:
        raise NotAFiler
    return user


def reason(said: str) -> str:
    """Why, as it is kept and mailed. ReasonMissing."""
    said = said.strip()[:LONGEST_REASON]
    if not said:
        raise ReasonMissing
    return said


def _write(
    act: str, user: CourtUser, said: str, by: str, at: datetime, *, suspended: bool = False, linked: bool = True,
    **facts: object,
) -> None:  # fmt: skip
    """The audit line, and for who is linked the word to the central site."""
    record(act=act, by=by, at=at, subject=f"user:{user.id}", account=str(user.account or ""), why=said, **facts)
    if user.account is not None:
        told = AccountStanding(
            account=user.account, court=this_site().id, at=at, linked=linked, suspended=suspended, said=said
        )
        bus.put(to="central", message=told, at=at)


def tell(
    user: CourtUser, subject: str, text: str, said: str, at: datetime, *, also: str = "", **more: str
) -> None:  # fmt: skip
    """A mail to the person, in the person's language, and one to ``also``. ``subject`` and ``text`` are marked for
    translation, with places for ``more``."""
    profile = transition.profile()
    with queries.in_words_of(user):
        words = {
            "court": settings.COURT.full_name,
            "login": user.login,
            "said": said,
            **how_to_ask(profile),
            **more,
        }
        subject, text = gettext(subject).format(**words), gettext(text).format(**words)
    for address in dict.fromkeys(filter(None, (user.email, also))):
        mail.send(to=[address], subject=subject, text=text + "\n", at=at, reference=f"user:{user.id}")
