"""Passwords that were chosen before the list of common ones, or before they stood on it or were stolen somewhere: seen
when they open an account."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from openecf.central.accounts import rules
from openecf.central.accounts.models import Account
from openecf.central.accounts.services import breaches
from openecf.central.accounts.services.languages import in_words_of
from openecf.platform.audit import services as audit
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail


def note_common_password(*, account: Account, password: str, at: datetime, by_program: bool) -> None:
    """Note that the password which just opened the account is one that many people use; until it is changed, pages lead
    to a new one.

    A program cannot choose one, and a firm's work must not stop over it: its sign-on goes on, the owner is told by mail,
    once. Whoever signs on in a browser reads it there.
    """
    if account.password_is_common:
        return
    if not rules.is_common(rules.normal(password).lower()) and not breaches.is_breached(password):
        return
    with transaction.atomic():
        # Of several sign-ons at once the first; none if the password was changed since it was read.
        found = Account.objects.filter(
            id=account.id, password_changed_at=account.password_changed_at, password_is_common=False
        ).update(password_is_common=True)
        if not found:
            return
        audit.record(act="account.password-common", by="system", at=at, subject=str(account.id))
        if by_program:
            _tell(account, at)


def _tell(account: Account, at: datetime) -> None:
    with in_words_of(account):
        mail.send(
            to=account.told_at,
            subject=gettext("Choose a new password for your PACER account"),
            text=gettext(
                "A program signed in with PACER account {number} on {at} (UTC). Its password stands on a list of those that "
                "many people use, or that were stolen somewhere, and that attackers try first.\n\n"
                "The program goes on working. Sign in at {link} and choose a new password, then give it to the program."
            ).format(number=account.number, at=f"{at:%Y-%m-%d %H:%M}", link=this_site().config.base_url),
            at=at,
            reference=f"account:{account.number}",
        )
