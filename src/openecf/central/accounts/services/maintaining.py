"""Changing an account: password, user name, e-mail, name, address. Each change is told by mail to the owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from openecf.central.accounts import rules
from openecf.central.accounts.models import Account, AccountType, KnownDevice, SearchStatus, StrangerFailures
from openecf.central.accounts.services import breaches, lettering
from openecf.central.accounts.services.languages import in_words_of
from openecf.central.accounts.services.links import LinkSpent, Purpose, look_at_link, make_link, spend_links, take_link
from openecf.central.accounts.services.registering import (
    ADDRESS_FIELDS,
    POSTAL_FIELDS,
    TooManyMails,
    UsernameTaken,
    WeakPassword,
)
from openecf.central.accounts.services.signing_in import hashing_place, is_password, why_closed
from openecf.central.accounts.services.standing import hold
from openecf.kernel.names import same_mailbox
from openecf.kernel.networks import network_of
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import digest
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail
from openecf.platform.throttle import services as throttle

_HOUR = timedelta(hours=1)
_RESETS_PER_NETWORK = 20
_RESETS_PER_ADDRESS = 3
_PROOFS = 10
_NEW_ADDRESSES = 5


class NotUpgraded(Refusal):
    """A legacy account upgrades first."""

    said = gettext_lazy("This is a legacy account. Upgrade it to change its settings.")
    code = "legacy-account"


class WrongPassword(Refusal):
    """The password asked for once more, before a change, is wrong, or was guessed too often."""

    said = gettext_lazy("The current password is not right, or it was tried too often.")
    code = "wrong-password"


class TooManyResets(Refusal):
    """One network asks for too many password resets."""

    said = gettext_lazy("Too many requests from your network. Try again in an hour.")
    code = "too-many"


def require_owner(*, account: Account, password: str, at: datetime) -> None:
    """The person at the keyboard knows the password; guesses here have a budget of their own, which a refusal that
    undoes the caller's transaction must not undo: call it before one, and ``hold_proved`` in it. NotUpgraded,
    WrongPassword."""
    if not account.is_upgraded:
        raise NotUpgraded
    prove_owner(account=account, password=password, at=at)


def prove_owner(*, account: Account, password: str, at: datetime) -> None:
    """As ``require_owner``, of legacy accounts too. WrongPassword."""
    key = f"proof:{account.id}"
    if throttle.failures(key=key, window=_HOUR, now=at) >= _PROOFS:
        raise WrongPassword
    with hashing_place():
        right = is_password(account, password)
    if not right:
        throttle.count(key=key, window=_HOUR, now=at)
        raise WrongPassword


def hold_proved(*, account: Account) -> None:
    """Nobody else changes the account until the caller's transaction ends, and what ``require_owner`` saw is its password
    still: a thief's request that was on its way when the owner chose a new one comes too late. WrongPassword."""
    still = {"id": account.id, "is_active": True, "password_changed_at": account.password_changed_at}
    if not Account.objects.select_for_update(no_key=True).filter(**still).values_list("id"):
        raise WrongPassword


def request_reset(*, username: str, birth_date: str = "", email: str, at: datetime, address: str) -> None:
    """Mail a reset link if the address belongs to an account with that user name, number or birth date (ISO);
    otherwise do nothing.

    Runs as a job, so that the page that asked answers the same, and as fast, either way. At most three an hour
    for one address.
    """
    if throttle.count(key=f"reset-mail:{digest(email.strip().lower())}", window=_HOUR, now=at) > _RESETS_PER_ADDRESS:
        return
    known_by = Q(name_lower=rules.login_name(username)) | Q(number=username.strip())
    if birth_date:
        known_by |= Q(birth_date=date.fromisoformat(birth_date))
    accounts = Account.objects.alias(name_lower=Lower("username"), email_lower=Lower("email"))
    meant = accounts.filter(known_by, email_lower=email.strip().lower()).exclude(is_active=False, closed_why="")
    for account in meant.order_by("-is_active", "number")[:_RESETS_PER_ADDRESS]:
        if account.is_active:
            mail_reset(account, by="anonymous", address=address, at=at)
        else:
            _mail_closed(account, at)


def _mail_closed(account: Account, at: datetime) -> None:
    with in_words_of(account):
        mail.send(
            to=[account.email],
            subject=gettext("Your PACER account {number} is closed").format(number=account.number),
            text=gettext("Somebody, probably you, asked for a new password.\n\n{why}").format(why=why_closed(account)),
            at=at,
            reference=f"account:{account.number}",
        )


def mail_reset(account: Account, *, by: str, address: str, at: datetime) -> None:
    """Mail the owner a link to a new password; ``by`` asked for it."""
    with transaction.atomic():
        link = make_link(purpose=Purpose.RESET, email=account.email, at=at, account=account)
        audit.record(act="account.reset-requested", by=by, at=at, subject=str(account.id), address=address or None)
        with in_words_of(account):
            mail.send(
                to=[account.email],
                subject=gettext("Reset PACER Password"),
                text=gettext(
                    "User name: {username}\nAccount number: {number}\n\n"
                    "Open this page within 30 minutes to choose a new password:\n\n{link}\n\n"
                    "If you did not ask for it, do nothing: your password stays as it is."
                ).format(link=link, username=account.username, number=account.number),
                at=at,
                reference=f"account:{account.number}",
            )


def slow_resets(*, address: str, at: datetime) -> None:
    """Count one more reset request from a network; TooManyResets over the budget."""
    key = f"reset-network:{network_of(address)}"
    if throttle.count(key=key, window=_HOUR, now=at) > _RESETS_PER_NETWORK:
        raise TooManyResets


def reset_password(*, secret: str, new: str, at: datetime, address: str) -> Account:
    """A new password by the mailed link. LinkSpent, WeakPassword (the link stays good). Strangers may try again.

    ``securing.reset_password`` also ends every sign-on. Whoever changes an account holds it before its links, so that two
    who change it at once wait for each other and never both.
    """
    account = look_at_link(purpose=Purpose.RESET, secret=secret, at=at).account
    if account is None:
        raise LinkSpent
    with transaction.atomic():
        hold(account=account.id)
        take_link(purpose=Purpose.RESET, secret=secret, at=at)
        set_password(account=account, new=new, at=at, address=address, act="account.password-reset")
        if account.email_verified_at is None:
            Account.objects.filter(id=account.id).update(email_verified_at=at)
        StrangerFailures.objects.filter(key=digest(rules.login_name(account.username))).delete()
    return account


def set_password(*, account: Account, new: str, at: datetime, address: str, act: str) -> None:
    """A new password, proved right to set before. Every known device is forgotten, and no link mailed before is good any
    more: one to another address may have been asked for by whoever knew the old password. WeakPassword.

    Inside the transaction of the caller, who holds the account: whether it has a second factor does not change meanwhile.
    """
    own = (account.username, account.first_name, account.last_name, account.email.partition("@")[0])
    two_step = Account.objects.filter(id=account.id, second_factor_since__isnull=False).exists()
    if faults := breaches.faults_of(new, own_words=own, two_step=two_step):
        raise WeakPassword(" ".join(faults))
    with hashing_place():
        hashed = make_password(new)
    with transaction.atomic():
        Account.objects.filter(id=account.id).update(password=hashed, password_changed_at=at, password_is_common=False)
        KnownDevice.objects.filter(account=account).delete()
        spend_links(account=account.id, at=at)
        audit.record(act=act, by=str(account.id), at=at, subject=str(account.id), address=address or None)
        tell(account, account.told_at, gettext_noop("its password was changed"), at)


def change_username(*, account: Account, password: str, username: str, at: datetime, address: str) -> None:
    """A new name to sign in with. UsernameTaken, WrongPassword."""
    require_owner(account=account, password=password, at=at)
    try:
        with transaction.atomic():
            hold_proved(account=account)
            Account.objects.filter(id=account.id).update(username=rules.normal(username).strip())
            audit.record(
                act="account.username-changed",
                by=str(account.id),
                at=at,
                subject=str(account.id),
                address=address or None,
            )
            tell(account, account.told_at, gettext_noop("its user name was changed"), at)
    except IntegrityError as error:
        if "account_username" not in str(error):
            raise
        raise UsernameTaken from None


def ask_for_email(*, account: Account, password: str, email: str, at: datetime, address: str) -> None:
    """Mail a link to the new address and a warning to the old one. The address changes when the link is opened.

    WrongPassword, TooManyMails.
    """
    require_owner(account=account, password=password, at=at)
    if throttle.count(key=f"email-asked:{account.id}", window=_HOUR, now=at) > _NEW_ADDRESSES:
        raise TooManyMails
    with transaction.atomic():
        hold_proved(account=account)
        link = make_link(purpose=Purpose.EMAIL, email=email, at=at, account=account)
        audit.record(
            act="account.email-asked", by=str(account.id), at=at, subject=str(account.id), address=address or None
        )
        mail.send(
            to=[email],
            subject=gettext("Confirm your new e-mail address for PACER"),
            text=gettext("Open this page within 24 hours to use this address for your PACER account:\n\n{link}").format(
                link=link
            ),
            at=at,
            reference=f"account:{account.number}",
        )
        tell(account, account.told_at, gettext_noop("a new e-mail address was asked for"), at)


def confirm_email(*, secret: str, at: datetime) -> Account:
    """The link in the new mailbox was opened and confirmed. Old and new address are told."""
    with transaction.atomic():
        hold(account=look_at_link(purpose=Purpose.EMAIL, secret=secret, at=at).account_id)
        link = take_link(purpose=Purpose.EMAIL, secret=secret, at=at)
        account = Account.objects.get(id=link.account_id)
        old, account.email, account.mailbox, account.email_verified_at = (
            account.email,
            link.email,
            same_mailbox(link.email),
            at,
        )
        account.save(update_fields=["email", "mailbox", "email_verified_at"])
        audit.record(act="account.email-changed", by=str(account.id), at=at, subject=str(account.id))
        tell(account, sorted({old, *account.told_at}), gettext_noop("its e-mail address was changed"), at)
    return account


def update_person(*, account: Account, answers: Mapping[str, str], at: datetime) -> None:
    """A new name. The birth date is permanent."""
    fields = ("prefix", "first_name", "middle_name", "last_name", "generation")
    _update(
        account,
        {name: answers[name] for name in fields},
        act="account.person-updated",
        what=gettext_noop("its name was changed"),
        at=at,
    )


def update_address(*, account: Account, answers: Mapping[str, str], at: datetime) -> None:
    """A new postal address and telephone numbers."""
    changed = {name: answers[name] for name in ADDRESS_FIELDS}
    elsewhere = any(getattr(account, name) != changed[name] for name in POSTAL_FIELDS)
    with transaction.atomic():
        _update(account, changed, act="account.address-updated", what=gettext_noop("its address was changed"), at=at)
        if elsewhere:
            lettering.follow_address(account=account.id, by=str(account.id), at=at)


def _update(account: Account, changed: Mapping[str, str], *, act: str, what: str, at: datetime) -> None:
    if not account.is_upgraded:
        raise NotUpgraded
    with transaction.atomic():
        Account.objects.filter(id=account.id).update(**changed)
        names = [name for name, value in changed.items() if getattr(account, name) != value]
        audit.record(act=act, by=str(account.id), at=at, subject=str(account.id), fields=names)
        tell(account, account.told_at, what, at)


def require_client_code(*, account: Account, required: bool, at: datetime) -> None:
    """PACER billing preferences: whether each charged access must carry a client code."""
    if not account.is_upgraded:
        raise NotUpgraded
    with transaction.atomic():
        Account.objects.filter(id=account.id).update(client_code_required=required)
        audit.record(
            act="account.billing-preferences",
            by=str(account.id),
            at=at,
            subject=str(account.id),
            client_code_required=required,
        )


def tell(account: Account, to: Sequence[str], what: str, at: datetime) -> None:
    """Mail what was changed; ``what`` is marked for translation. Inside the caller's transaction."""
    with in_words_of(account):
        mail.send(
            to=list(to),
            subject=gettext("A change to your PACER account"),
            text=gettext(
                "On {at} (UTC), in PACER account {number}, {what}.\n\nIf that was not you, reset your password at once."
            ).format(at=f"{at:%Y-%m-%d %H:%M}", number=account.number, what=gettext(what)),
            at=at,
            reference=f"account:{account.number}",
        )


def bring_in(
    *,
    id: UUID,
    number: str,
    username: str,
    password: str,
    type: AccountType,
    email: str,
    first_name: str,
    last_name: str,
    created_at: datetime,
    upgraded_at: datetime | None,
    at: datetime,
    birth_date: date | None = None,
    shared: bool = False,
    cja_panel: bool = False,
    search_status: SearchStatus = SearchStatus.ACTIVE,
    place: Mapping[str, str] | None = None,
) -> Account:
    """An account that exists already (a conversion, the demonstration) with its number and history. Once: a second
    call changes nothing."""
    found = Account.objects.filter(id=id).first()
    if found:
        return found
    with transaction.atomic():
        account = Account.objects.create(
            id=id, number=number, username=username, password=make_password(password), type=type, email=email,
            mailbox=same_mailbox(email), email_verified_at=created_at, first_name=first_name, last_name=last_name,
            created_at=created_at, upgraded_at=upgraded_at, birth_date=birth_date, shared=shared,
            cja_panel=cja_panel, search_status=search_status, **(place or {}),
        )  # fmt: skip
        audit.record(act="account.brought-in", by="system", at=at, subject=str(account.id))
    return account
