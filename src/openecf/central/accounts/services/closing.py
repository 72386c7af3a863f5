"""Closing an account and opening it again; and what the Service Center does for an owner. Each with the end of sign-ons,
in one transaction.

A door of its own, beside ``services``, as ``securing`` is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from openecf.central.accounts import rules
from openecf.central.accounts.models import Account, Closed, KnownDevice, KnownProgram, SearchStatus, StrangerFailures
from openecf.central.accounts.services import maintaining
from openecf.central.accounts.services.languages import in_words_of
from openecf.central.accounts.services.links import spend_links
from openecf.central.accounts.services.standing import hold
from openecf.central.billing import queries as billing
from openecf.central.firms import queries as firms
from openecf.central.signon import services as sign_ons
from openecf.kernel.money import Money
from openecf.kernel.names import same_mailbox
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import digest
from openecf.platform.audit import services as audit
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail
from openecf.platform.throttle import services as throttle


class NotOpen(Refusal):
    """The account is closed (already)."""

    said = gettext_lazy("This account is closed already.")
    code = "not-open"


class NotClosed(Refusal):
    """There is nothing to open again: the account is open, or was merged into another, which goes on."""

    said = gettext_lazy("This account is open, or goes on under another number; there is nothing to open again.")
    code = "not-closed"


def close(*, account: UUID, why: Closed, by: str, at: datetime, into: UUID | None = None) -> None:
    """Nobody signs in with the account any more; nothing of it is deleted. NotOpen. Of two at once one closes it."""
    with transaction.atomic():
        open_ones = Account.objects.filter(id=account, is_active=True)
        if not open_ones.update(is_active=False, closed_at=at, closed_why=why, merged_into=into):
            raise NotOpen
        spend_links(account=account, at=at)
        KnownDevice.objects.filter(account_id=account).delete()
        audit.record(act="account.closed", by=by, at=at, subject=str(account), why=why, into=str(into or ""))
        sign_ons.end_all(account=account, why=f"closed-{why}", by=by, at=at)


def reopen(*, account: UUID, by: str, at: datetime) -> None:
    """The account is open again, and may search again if it was not used for long, its firm left it, or its registration
    was held for review. NotClosed."""
    with transaction.atomic():
        row = Account.objects.select_for_update().get(id=account)
        stopped = row.search_status in (SearchStatus.INACTIVE, SearchStatus.HOLD)
        if row.closed_why == Closed.MERGED or (row.is_active and not stopped):
            raise NotClosed
        row.is_active, row.closed_at, row.closed_why, row.rest_told_at, row.last_used_at = True, None, "", None, at
        row.search_status, row.search_note = (
            (SearchStatus.ACTIVE, "") if stopped else (row.search_status, row.search_note)
        )
        row.save(update_fields=[
            "is_active", "closed_at", "closed_why", "rest_told_at", "last_used_at", "search_status", "search_note",
        ])  # fmt: skip
        audit.record(act="account.reopened", by=by, at=at, subject=str(account), searching=stopped)
        tell(row, gettext_noop("the account was made active again by the Service Center"), at)
        sign_ons.let_courts_ask_again(account=account, why="reopened", by=by, at=at)


def unlock(*, account: UUID, by: str, at: datetime) -> None:
    """Wrong passwords so far do not count any more, from wherever they came."""
    with transaction.atomic():
        row = Account.objects.get(id=account)
        key = digest(rules.login_name(row.username))
        StrangerFailures.objects.filter(key=key).delete()
        for kind in ("device", "name-network"):
            throttle.forget_beginning(prefix=f"{kind}:{key}:")
        throttle.forget(key=f"proof:{account}")
        audit.record(act="account.unlocked", by=by, at=at, subject=str(account))


def send_reset(*, account: UUID, by: str, at: datetime) -> None:
    """Mail the owner a link to a new password, to the address that the account has."""
    with transaction.atomic():
        maintaining.mail_reset(Account.objects.get(id=account, is_active=True), by=by, address="", at=at)


def end_sign_ons(*, account: UUID, by: str, at: datetime) -> None:
    """End every sign-on of the account and forget the browsers that it knows; the owner is told."""
    with transaction.atomic():
        ended = sign_ons.end_all(account=account, why="service-center", by=by, at=at)
        KnownDevice.objects.filter(account_id=account).delete()
        audit.record(act="account.sign-ons-ended", by=by, at=at, subject=str(account), ended=ended)
        tell(Account.objects.get(id=account), gettext_noop("every sign-in was ended by the Service Center"), at)


def spoil_password(*, account: UUID, at: datetime) -> None:
    """The password opens nothing any more; the owner chooses a new one by a mailed link. Inside the transaction of the
    act that says why, and that ends the sign-ons."""
    Account.objects.filter(id=account).update(password=make_password(None), password_changed_at=at)
    spend_links(account=account, at=at)
    KnownDevice.objects.filter(account_id=account).delete()
    KnownProgram.objects.filter(account_id=account).delete()


def set_email(*, account: UUID, email: str, by: str, at: datetime) -> None:
    """Another address, proved before. Old and new are told, and the courts that the person has open. Inside a
    transaction."""
    row = Account.objects.select_for_update().get(id=account)
    old, row.email, row.mailbox, row.email_verified_at = row.email, email, same_mailbox(email), at
    row.save(update_fields=["email", "mailbox", "email_verified_at"])
    spend_links(account=account, at=at)
    audit.record(act="account.email-changed", by=by, at=at, subject=str(account))
    for address in sorted({old, *row.told_at}):
        tell(row, gettext_noop("its e-mail address was changed by the Service Center"), at, to=address)
    sign_ons.let_courts_ask_again(account=account, why="email-changed", by=by, at=at)


def mark_shared(*, account: UUID, shared: bool, by: str, at: datetime) -> None:
    """Whether several people use the account: then it searches, and neither links nor files. Courts hear at once."""
    with transaction.atomic():
        Account.objects.filter(id=account).update(shared=shared)
        audit.record(act="account.shared" if shared else "account.not-shared", by=by, at=at, subject=str(account))
        row = Account.objects.get(id=account)
        what = (
            gettext_noop(
                "the Service Center noted that several people use it: it can still search, but neither link to a court "
                "nor file. Whoever files needs an account of the own; registering one costs nothing"
            )
            if shared
            else gettext_noop("the Service Center noted that one person uses it: it can link to courts and file again")
        )
        tell(row, what, at)
        if not shared:
            sign_ons.settle_sharing(account=account, why="service-center", by=by, at=at)
        sign_ons.let_courts_ask_again(account=account, why="shared", by=by, at=at)


def tell(account: Account, what: str, at: datetime, *, to: str = "") -> None:
    """Mail the owner, in the owner's language, what was done; ``what`` is marked for translation. Inside the caller's
    transaction."""
    with in_words_of(account):
        mail.send(
            to=[to] if to else account.told_at,
            subject=gettext("A change to your PACER account"),
            text=gettext(
                "On {at} (UTC), in PACER account {number}, {what}.\n\nIf you did not ask for it, tell the PACER Service "
                "Center at once."
            ).format(at=f"{at:%Y-%m-%d %H:%M}", number=account.number, what=gettext(what)),
            at=at,
            reference=f"account:{account.number}",
        )


class NoCjaQuestion(Refusal):
    said = gettext_lazy("The owner of this account has not said to be on a CJA panel, or was answered.")
    code = "no-cja-question"


def answer_cja(*, account: UUID, said: str, by: str, at: datetime) -> None:
    """The courts were asked about the owner's CJA appointment: what they said goes to the owner. NoCjaQuestion."""
    with transaction.atomic():
        if not Account.objects.filter(id=account, cja_panel=True).update(cja_panel=False):
            raise NoCjaQuestion
        row = Account.objects.get(id=account)
        audit.record(act="account.cja-answered", by=by, at=at, subject=str(account))
        with in_words_of(row):
            mail.send(
                to=row.told_at,
                subject=gettext("Your CJA appointment"),
                text=gettext(
                    "You said that you are appointed under the Criminal Justice Act. The PACER Service Center asked about "
                    "it:\n\n{said}\n\nThe courts that exempt PACER account {number} are listed in Manage My Account, under "
                    "Settings. What you look at for another purpose is charged: turn the exemption off for it."
                ).format(said=said, number=row.number),
                at=at,
                reference=f"account:{row.number}",
            )


class OwesMoney(Refusal):
    said = gettext_lazy("Pay what this account owes first: Manage My Account, tab Payments.")
    code = "owes-money"


class FirmHasMembers(Refusal):
    said = gettext_lazy("This account pays for others. Let its members go first, or ask another firm's account to pay.")
    code = "has-members"


class FirmPays(Refusal):
    said = gettext_lazy("A firm pays for this account. Leave the firm first, under Settings.")
    code = "firm-pays"


def deactivate(*, account: Account, password: str, at: datetime) -> None:
    """Its owner closes the account. WrongPassword, NotUpgraded, OwesMoney, FirmHasMembers, FirmPays, NotOpen."""
    maintaining.require_owner(account=account, password=password, at=at)
    with transaction.atomic():
        maintaining.hold_proved(account=account)
        if why := why_not_deactivated(account):
            raise why
        tell(account, gettext_noop("you deactivated it. The Service Center can make it active again"), at)
        close(account=account.id, why=Closed.OWNER, by=str(account.id), at=at)


def close_for_owner(*, account: UUID, by: str, at: datetime) -> None:
    """The Service Center closes an account whose owner asked for it, under the rules by which the owner could. Inside the
    caller's transaction, which made sure of who asks. NotUpgraded is no hindrance here; OwesMoney, FirmHasMembers, FirmPays,
    NotOpen."""
    hold(account=account)
    row = Account.objects.get(id=account)
    if not row.is_active:
        raise NotOpen
    if why := why_not_deactivated(row):
        raise why
    tell(
        row, gettext_noop("the Service Center closed it as you asked. The Service Center can make it active again"), at
    )
    close(account=account, why=Closed.OWNER, by=by, at=at)


def why_not_deactivated(account: Account) -> Refusal | None:
    """What stands in the way, in the order in which to deal with it; None if nothing does."""
    if billing.balance_now(payer=account.id) > Money():
        return OwesMoney()
    if account.is_administrative and firms.has_members(account.id):
        return FirmHasMembers()
    if firms.membership_of(account.id) is not None:
        return FirmPays()
    return None


_WARN = timedelta(days=30)
_UNUSED_DAYS = 730
_AT_ONCE = 1000


def rest_unused(*, at: datetime) -> tuple[int, int]:
    """Warn owners thirty days before two years without use, close what was warned and still not used; how many each.

    Where nobody knows when an account was used, its two years begin now. A firm's account that pays for members is used.
    """
    Account.objects.filter(is_active=True, last_used_at=None).update(last_used_at=at)
    unused = at - timedelta(days=_UNUSED_DAYS)
    live = Account.objects.filter(is_active=True).exclude(id__in=firms.firms_with_members())
    soon = live.filter(last_used_at__lt=unused + _WARN)
    warned = sum(_warn(row, unused, at) for row in soon.filter(_NOT_TOLD).order_by("last_used_at")[:_AT_ONCE])
    due = live.filter(last_used_at__lt=unused, rest_told_at__lte=at - _WARN).exclude(_NOT_TOLD)
    closed = sum(_rest(row, at) for row in due.order_by("last_used_at")[:_AT_ONCE])
    return warned, closed


_NOT_TOLD = Q(rest_told_at=None) | Q(rest_told_at__lt=F("last_used_at"))


def _warn(row: Account, unused: datetime, at: datetime) -> bool:
    day = max(row.last_used_at + timedelta(days=_UNUSED_DAYS), at + _WARN)
    with transaction.atomic():
        if (
            not Account.objects.filter(id=row.id, last_used_at=row.last_used_at)
            .filter(_NOT_TOLD)
            .update(rest_told_at=at)
        ):
            return False
        audit.record(act="account.rest-told", by="system", at=at, subject=str(row.id))
        with in_words_of(row):
            mail.send(
                to=[row.email],
                subject=gettext("Your PACER account was not used for long"),
                text=gettext(
                    "PACER account {number} was last used on {last}. Accounts that are not used for two years rest: from "
                    "{day} on nobody can sign in with it.\n\nSign in once before that day, and nothing happens:\n\n"
                    "{link}\n\nAfterwards the PACER Service Center makes it active again. Nothing of it is deleted."
                ).format(
                    number=row.number, last=date_format(row.last_used_at), day=date_format(day),
                    link=f"{this_site().config.base_url}/pscof/manage",
                ),
                at=at,
                reference=f"account:{row.number}",
            )  # fmt: skip
    return True


def _rest(row: Account, at: datetime) -> bool:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(id=row.id)
        if locked.last_used_at != row.last_used_at or not locked.is_active:
            return False
        tell(locked, gettext_noop("it rests now, for it was not used for two years"), at)
        close(account=row.id, why=Closed.UNUSED, by="system", at=at)
    return True
