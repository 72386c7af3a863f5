"""Telling the owner of each change, and of each surprise."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from openecf.platform.mail import services as mail

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account


def tell_of_change(account: Account, what: str, at: datetime) -> None:
    """Mail the owner what was changed. Inside the caller's transaction."""
    mail.send(
        to=[account.email],
        subject=gettext("A change to your PACER account"),
        text=gettext(
            "On {at} (UTC), in PACER account {number}, {what}.\n\nIf that was not you, change your password at once and "
            "tell the PACER Service Center: somebody knows your password."
        ).format(at=f"{at:%Y-%m-%d %H:%M}", number=account.number, what=what),
        at=at,
        reference=f"account:{account.number}",
    )


def tell_of_guesses(account: Account, tries: int, at: datetime) -> None:
    """Mail the owner that somebody knows the password and guesses codes. Inside the caller's transaction."""
    mail.send(
        to=[account.email],
        subject=gettext("Somebody may know the password of your PACER account"),
        text=gettext(
            "On {at} (UTC) somebody signed in to PACER account {number} with the right password and then typed {tries} "
            "wrong codes. The sign-in was stopped.\n\nIf that was not you, somebody knows your password: change it at "
            "once, in Manage My Account or by “Forgot your password?”. Your second factor kept them out."
        ).format(at=f"{at:%Y-%m-%d %H:%M}", number=account.number, tries=tries),
        at=at,
        reference=f"account:{account.number}",
    )
