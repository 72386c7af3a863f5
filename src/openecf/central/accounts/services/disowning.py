"""An owner who was mailed of a sign-on says that it was somebody else: everybody is out, and the owner begins at the mailbox.

A door of its own, beside ``services``, as ``securing`` is: it ends sign-ons and takes second factors away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts.models import Account, Closed
from openecf.central.accounts.services import closing, second_mailbox
from openecf.central.accounts.services.languages import in_words_of
from openecf.central.accounts.services.links import LIFE, LinkSpent, Purpose, look_at_link, make_link, take_link
from openecf.central.accounts.services.standing import hold
from openecf.central.factors.services import resetting
from openecf.central.registration import services as registration
from openecf.central.signon import services as sign_ons
from openecf.kernel.names import same_mailbox
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail

_BY = "link"


class AnswerSpent(LinkSpent):
    """The link was used, is too old, was never made, or the account is closed."""

    said = gettext_lazy(
        "This link was already used or is too old. If somebody else signs in to your account, choose a new password: that "
        "signs everybody out, too."
    )


@dataclass(frozen=True)
class Stranger:
    """What a mailed link says was somebody else: a sign-on to an account, and when."""

    account: Account
    email: str
    at: datetime

    @property
    def mailbox_changed(self) -> bool:
        """Whether the account's mail goes elsewhere since."""
        return self.account.email.lower() != self.email.lower()


def look_at(*, secret: str, at: datetime) -> Stranger:
    """What the link is about; nothing is done. AnswerSpent, of closed accounts too: nobody signs in to them."""
    try:
        link = look_at_link(purpose=Purpose.DISOWN, secret=secret, at=at)
    except LinkSpent:
        raise AnswerSpent from None
    if link.account is None or not link.account.is_active:
        raise AnswerSpent
    return Stranger(link.account, link.email, link.expires_at - LIFE[Purpose.DISOWN])


def disown(*, secret: str, at: datetime, address: str) -> Stranger:
    """End every sign-on of the account, of browsers and programs, here and at every court; the password opens nothing,
    no browser and no program is known, and no second factor or second e-mail address counts that was added since. Older
    ones stay. Notices of filings go again where they went before. The owner is mailed a link to a new password. LinkSpent
    for every caller but the first.

    Where the e-mail address was changed since, who has which mailbox by right is for people to find out: the address is
    again what it was, and the account is closed until the Service Center knows its owner. Otherwise a thief who changed
    it would be mailed the way back in; or somebody who lost a mailbox to a new owner would be shut out by that one.
    """
    found = look_at(secret=secret, at=at)
    with transaction.atomic():
        hold(account=found.account.id)
        take_link(purpose=Purpose.DISOWN, secret=secret, at=at)
        found = Stranger(Account.objects.get(id=found.account.id), found.email, found.at)
        account = found.account
        if not account.is_active:
            raise AnswerSpent
        closing.spoil_password(account=account.id, at=at)
        factors = resetting.take_away_newer(account=account.id, since=found.at)
        second_email = second_mailbox.take_away_newer(account=account, since=found.at)
        ended = sign_ons.end_all(account=account.id, why="disowned", by=_BY, at=at)
        sign_ons.settle_sharing(account=account.id, why="disowned", by=_BY, at=at)
        notices = registration.take_contact_back(
            account=account, since=found.at, email=found.email, by=_BY, at=at
        )  # fmt: skip
        audit.record(
            act="account.disowned", by=_BY, at=at, subject=str(account.id), address=address or None, ended=ended,
            factors=factors, signed_on=found.at.isoformat(), mailbox_changed=found.mailbox_changed,
            notices_back=notices, second_email=second_email,
        )  # fmt: skip
        if found.mailbox_changed:
            _dispute(found, at)
        else:
            _confirm(account, at)
    return found


def _dispute(found: Stranger, at: datetime) -> None:
    account = found.account
    claimed = account.email
    Account.objects.filter(id=account.id).update(
        email=found.email, mailbox=same_mailbox(found.email), email_verified_at=at
    )
    audit.record(act="account.email-changed", by=_BY, at=at, subject=str(account.id))
    closing.close(account=account.id, why=Closed.DISPUTED, by=_BY, at=at)
    with in_words_of(account):
        text = gettext(
            "On {at} (UTC) somebody who reads the mail of {before} said that it was not the owner who had signed in to "
            "PACER account {number}. Since that sign-in the account's e-mail address had been changed to {after}.\n\n"
            "Everybody was signed out, and the account is closed until the PACER Service Center knows its owner. If you "
            "are, write to it, or call."
        ).format(at=f"{at:%Y-%m-%d %H:%M}", before=found.email, after=claimed, number=account.number)
        for to in sorted({found.email, claimed}):
            _mail(account, gettext("Your PACER account is closed for now"), text, at, to)


def _confirm(account: Account, at: datetime) -> None:
    link = make_link(purpose=Purpose.RESET, email=account.email, at=at, account=account)
    with in_words_of(account):
        text = gettext(
            "On {at} (UTC) you said that somebody else had signed in to PACER account {number}. Everybody was signed out, "
            "here and at every court, and the password opens nothing any more.\n\n"
            "User name: {username}\n\nOpen this page within 30 minutes to choose a new password:\n\n{link}\n\n"
            "Later, ask for another link with “Forgot your password or username?” where you sign in. Then look through "
            "the history in Manage My Account, and tell the PACER Service Center what it was not you who did."
        ).format(at=f"{at:%Y-%m-%d %H:%M}", number=account.number, username=account.username, link=link)
        _mail(account, gettext("Everybody is signed out of your PACER account"), text, at, account.email)


def _mail(account: Account, subject: str, text: str, at: datetime, to: str) -> None:
    mail.send(to=[to], subject=subject, text=text, at=at, reference=f"account:{account.number}")
