"""A second address of the owner's, for news of the account's security: who takes the first mailbox, or makes it another,
does so no more in silence. Nothing that opens the account goes there."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from openecf.central.accounts.models import Account
from openecf.central.accounts.services import maintaining
from openecf.central.accounts.services.links import Purpose, look_at_link, make_link, take_link
from openecf.central.accounts.services.registering import TooManyMails
from openecf.central.accounts.services.standing import hold
from openecf.kernel.names import same_mailbox
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail
from openecf.platform.throttle import services as throttle

_HOUR, _NEW_ADDRESSES = timedelta(hours=1), 5


class SameMailbox(Refusal):
    """Both would come to one place."""

    said = gettext_lazy("Mail to this address comes to the same mailbox as before. Type one in another place.")
    code = "same-mailbox"


def ask_for_second_email(*, account: Account, password: str, email: str, at: datetime, address: str) -> None:
    """Mail a link to the address, and news of it to those that there are; it counts once the link is opened and
    confirmed. WrongPassword, NotUpgraded, SameMailbox, TooManyMails."""
    maintaining.require_owner(account=account, password=password, at=at)
    if same_mailbox(email) in {same_mailbox(one) for one in account.told_at}:
        raise SameMailbox
    if throttle.count(key=f"second-email-asked:{account.id}", window=_HOUR, now=at) > _NEW_ADDRESSES:
        raise TooManyMails
    with transaction.atomic():
        maintaining.hold_proved(account=account)
        link = make_link(purpose=Purpose.SECOND, email=email, at=at, account=account)
        audit.record(
            act="account.second-email-asked",
            by=str(account.id),
            at=at,
            subject=str(account.id),
            address=address or None,
        )
        mail.send(
            to=[email],
            subject=gettext("Confirm this e-mail address for news of your PACER account"),
            text=gettext(
                "Open this page within 24 hours, and news of the security of PACER account {number} come to this "
                "address, too:\n\n{link}\n\nIf you did not ask for it, do nothing."
            ).format(number=account.number, link=link),
            at=at,
            reference=f"account:{account.number}",
        )
        maintaining.tell(account, account.told_at, gettext_noop("a second e-mail address was asked for"), at)


def confirm_second_email(*, secret: str, at: datetime) -> Account:
    """The link in the second mailbox was opened and confirmed. Every address is told. LinkSpent."""
    with transaction.atomic():
        hold(account=look_at_link(purpose=Purpose.SECOND, secret=secret, at=at).account_id)
        link = take_link(purpose=Purpose.SECOND, secret=secret, at=at)
        account = Account.objects.get(id=link.account_id)
        before = account.told_at
        _set(account, link.email, at)
        audit.record(act="account.second-email-changed", by=str(account.id), at=at, subject=str(account.id))
        told = sorted({*before, *account.told_at})
        maintaining.tell(account, told, gettext_noop("its second e-mail address was changed"), at)
    return account


def remove_second_email(*, account: Account, password: str, at: datetime, address: str) -> None:
    """News go to the account's own address alone again; both are told. WrongPassword, NotUpgraded."""
    maintaining.require_owner(account=account, password=password, at=at)
    with transaction.atomic():
        maintaining.hold_proved(account=account)
        if not account.second_email:
            return
        before = account.told_at
        _set(account, "", None)
        audit.record(
            act="account.second-email-removed", by=str(account.id), at=at, subject=str(account.id),
            address=address or None,
        )  # fmt: skip
        maintaining.tell(account, before, gettext_noop("its second e-mail address was removed"), at)


def take_away_newer(*, account: Account, since: datetime) -> bool:
    """A second address that was set since then goes. Whether one was. Inside the transaction of the act that says why."""
    newer = Account.objects.filter(id=account.id, second_email_at__gte=since)
    return bool(newer.update(second_email="", second_email_at=None))


def _set(account: Account, email: str, at: datetime | None) -> None:
    account.second_email, account.second_email_at = email, at
    account.save(update_fields=["second_email", "second_email_at"])
