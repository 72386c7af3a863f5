"""Telling the owner of each change, and of each surprise, in the language that the owner reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from openecf.central.accounts.services import in_words_of
from openecf.platform.mail import services as mail

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account


def tell_of_change(account: Account, what: str, at: datetime, **facts: object) -> None:
    """Mail the owner what was changed; ``what`` is marked for translation, with places for ``facts``. Inside the
    caller's transaction."""
    with in_words_of(account):
        _mail(
            account,
            gettext("A change to your PACER account"),
            gettext(
                "On {at} (UTC), in PACER account {number}, {what}.\n\nIf that was not you, change your password at once "
                "and tell the PACER Service Center: somebody knows your password."
            ).format(at=f"{at:%Y-%m-%d %H:%M}", number=account.number, what=gettext(what).format(**facts)),
            at,
        )


def tell_of_guesses(account: Account, tries: int, at: datetime) -> None:
    """Mail the owner that somebody knows the password and guesses codes. Inside the caller's transaction."""
    with in_words_of(account):
        _mail(
            account,
            gettext("Somebody may know the password of your PACER account"),
            gettext(
                "On {at} (UTC) somebody signed in to PACER account {number} with the right password and then typed "
                "{tries} wrong codes. The sign-in was stopped.\n\nIf that was not you, somebody knows your password: "
                "change it at once, in Manage My Account or by “Forgot your password?”. Your second factor kept them out."
            ).format(at=f"{at:%Y-%m-%d %H:%M}", number=account.number, tries=tries),
            at,
        )


def mail_code(account: Account, code: str, at: datetime) -> None:
    """Mail the owner the code that a sign-on waits for. Inside the caller's transaction."""
    with in_words_of(account):
        _mail(
            account,
            gettext("Your code to sign in to PACER"),
            gettext(
                "On {at} (UTC) somebody signed in to PACER account {number} with the right password, in a browser that the "
                "account does not know. Somebody is guessing passwords all over PACER just now, so the password alone is "
                "not enough there.\n\nIf that is you, type this code within 10 minutes:\n\n{code}\n\n"
                "If it is not, somebody knows your password: choose another at once, by “Forgot your password or "
                "username?”. Tell this code to nobody, whoever asks."
            ).format(at=f"{at:%Y-%m-%d %H:%M}", number=account.number, code=code),
            at,
            to=[account.email],
        )


def tell_of_copied_passkey(account: Account, name: str, at: datetime) -> None:
    """Mail the owner that a passkey was used whose counter went back. Inside the caller's transaction."""
    with in_words_of(account):
        _mail(
            account,
            gettext("A passkey of your PACER account may have been copied"),
            gettext(
                "On {at} (UTC) somebody tried to sign in to PACER account {number} with the passkey “{name}”, but it "
                "counts fewer uses than before, as a copy does. The sign-in was refused.\n\nRemove this passkey in "
                "Manage My Account and add a new one."
            ).format(at=f"{at:%Y-%m-%d %H:%M}", number=account.number, name=name),
            at,
        )


def _mail(account: Account, subject: str, text: str, at: datetime, *, to: Sequence[str] = ()) -> None:
    mail.send(to=list(to) or account.told_at, subject=subject, text=text, at=at, reference=f"account:{account.number}")
