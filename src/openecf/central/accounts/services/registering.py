"""From the first step of a registration or an upgrade to the account."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction
from django.utils.translation import get_language, gettext, gettext_lazy

from openecf.central.accounts import queries, rules
from openecf.central.accounts.models import Account, AccountType, Draft, KnownDevice, MailedLink
from openecf.central.accounts.services import breaches, lettering
from openecf.central.accounts.services.links import Purpose, make_link, spend_links, take_link
from openecf.central.accounts.services.signing_in import hashing_place
from openecf.kernel.names import same_mailbox
from openecf.kernel.networks import network_of
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import base62, digest
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail
from openecf.platform.throttle import services as throttle

DRAFT_LIFE = timedelta(days=1)
_DRAFTS_PER_NETWORK = 60
_CHECKS_PER_NETWORK = 60
_MAILS_PER_MAILBOX = 5
_MAILS_PER_NETWORK = 30
_HOUR = timedelta(hours=1)

Step = Literal["person", "address"]


class TooMany(Refusal):
    """One network begins too many registrations, or tries too many identities."""

    said = gettext_lazy("Too many registrations were begun from your network. Try again in an hour.")
    code = "too-many"


class TooManyMails(Refusal):
    """One mailbox is sent links again and again."""

    said = gettext_lazy(
        "We mailed this address several times within an hour. Look among its junk mail, or try again in an hour."
    )
    code = "too-many-mails"


class DraftGone(Refusal):
    """The draft is finished, too old, or was never begun in this browser."""

    said = gettext_lazy("This registration is finished or was left too long. Please begin again.")
    code = "draft-gone"


class StepsMissing(Refusal):
    """A later step was sent before an earlier one."""

    said = gettext_lazy("Complete the earlier steps first.")
    code = "steps-missing"


class WeakPassword(Refusal):
    """The password breaks a rule; ``said`` tells which."""

    code = "weak-password"


class UsernameTaken(Refusal):
    """Said only to people who proved a mailbox or signed in."""

    said = gettext_lazy("This user name is taken. Choose another.")
    code = "username-taken"


class AlreadyUpgraded(Refusal):
    """Upgrading is done once, for all courts."""

    said = gettext_lazy("This account is upgraded already. Upgrading is needed only once, for all courts.")
    code = "already-upgraded"


def begin(*, type: AccountType, at: datetime, address: str) -> str:
    """Begin a registration; the secret for the browser's cookie."""
    _slow_down("begin", address, _DRAFTS_PER_NETWORK, at)
    secret = base62(43)
    Draft.objects.create(digest=digest(secret), type=type, begun_at=at, expires_at=at + DRAFT_LIFE)
    return secret


def choose_type(*, draft: Draft, type: AccountType, at: datetime) -> None:
    """Another type for a registration under way; what was typed is kept."""
    with transaction.atomic():
        _take_back(draft, at)
        draft.type = type
        draft.save(update_fields=["type", "password"])


def _take_back(draft: Draft, at: datetime) -> None:
    """Something is changed after the link was mailed: it proves a mailbox for what was typed then, and for nothing else.
    The last step, and a link, come again."""
    MailedLink.objects.filter(draft=draft, used_at=None).update(used_at=at)
    draft.password = ""


def begin_upgrade(*, account: Account, at: datetime) -> Draft:
    """The draft of this legacy account's upgrade, with what is known of the person; the same one when asked again."""
    if account.is_upgraded:
        raise AlreadyUpgraded
    person = {
        "prefix": account.prefix,
        "first_name": account.first_name,
        "middle_name": account.middle_name,
        "last_name": account.last_name,
        "generation": account.generation,
        "birth_date": account.birth_date.isoformat() if account.birth_date else "",
        "email": account.email,
        "email_again": account.email,
        "user_type": account.user_type,
        "cja_panel": str(account.cja_panel),
    }
    place = {name: getattr(account, name) for name in ADDRESS_FIELDS}
    fresh = {"account": account, "type": account.type, "begun_at": at, "done_at": None}
    draft, made = Draft.objects.get_or_create(
        digest=f"upgrade:{account.id}",
        defaults=fresh | {"expires_at": at + DRAFT_LIFE, "person": {"known": person}, "address": {"known": place}},
    )
    if not made and draft.expires_at <= at:
        draft.expires_at = at + DRAFT_LIFE
        draft.save(update_fields=["expires_at"])
    return draft


POSTAL_FIELDS = (
    "firm", "unit", "room", "address1", "address2", "address3", "city", "state", "zip", "country",
)  # fmt: skip
ADDRESS_FIELDS = (*POSTAL_FIELDS, "county", "phone", "alt_phone", "fax", "tax_id")


def save_step(*, draft: Draft, step: Step, answers: Mapping[str, str], address: str, at: datetime) -> rules.Twins:
    """Keep a step's cleaned answers (text by field); for an upgrade, say whether another account of this person may exist.

    Who upgrades has signed in; it is slowed down by network all the same, because it answers questions about people. Who
    registers is told once the mailbox is proved (``twins_of``).
    """
    with transaction.atomic():
        _take_back(draft, at)
        setattr(draft, step, {"answers": dict(answers)})
        draft.save(update_fields=[step, "password"])
    if step != "person" or draft.account_id is None:
        return rules.Twins()
    _slow_down("twins", address, _CHECKS_PER_NETWORK, at)
    return queries.twins(_identity(answers), besides=draft.account_id)


def twins_of(draft: Draft) -> rules.Twins:
    """Whether an account of the person who registered may exist: for whoever proved the mailbox. Of a registration that
    is finished nothing is known any more."""
    if "answers" not in draft.person:
        return rules.Twins()
    return queries.twins(_identity(draft.person["answers"]))


def accept_twin(*, draft: Draft) -> None:
    """The person was told that an account may already exist, and goes on."""
    draft.twin_accepted = True
    draft.save(update_fields=["twin_accepted"])


def submit(*, draft: Draft, username: str, password: str, at: datetime, address: str) -> None:
    """The last step of a registration: mail the link that makes the account.

    StepsMissing, WeakPassword, TooManyMails. Says nothing about whether the user name is free: only a proved mailbox
    learns that.
    """
    _require_steps(draft)
    person = draft.person["answers"]
    _require_strong(password, username=username, person=person)
    _slow_mails(person["email"], address, at)
    draft.username = rules.normal(username).strip()
    with hashing_place():
        draft.password = make_password(password)
    with transaction.atomic():
        draft.save(update_fields=["username", "password"])
        _mail_confirmation(draft, at)
        audit.record(act="account.registration-submitted", by="anonymous", at=at, subject=f"draft:{draft.digest[:12]}")


def send_again(*, draft: Draft, at: datetime, address: str) -> None:
    """Mail the link of a finished registration once more. StepsMissing, TooManyMails."""
    if not draft.password:
        raise StepsMissing
    _require_steps(draft)
    _slow_mails(draft.person["answers"]["email"], address, at)
    with transaction.atomic():
        _mail_confirmation(draft, at)
        audit.record(
            act="account.registration-mailed-again", by="anonymous", at=at, subject=f"draft:{draft.digest[:12]}"
        )


def _mail_confirmation(draft: Draft, at: datetime) -> None:
    email = draft.person["answers"]["email"]
    link = make_link(purpose=Purpose.REGISTER, email=email, at=at, draft=draft)
    mail.send(
        to=[email],
        subject=gettext("Confirm your e-mail address for PACER"),
        text=gettext(
            "Somebody, we hope you, registered for a PACER account with this e-mail address.\n\n"
            "Open this page within 24 hours to make the account:\n\n{link}\n\n"
            "If it was not you, do nothing: no account will be made."
        ).format(link=link),
        at=at,
    )


def confirm(*, secret: str, at: datetime, username: str = "") -> Account:
    """The mailed link was opened and confirmed: make the account.

    ``username`` replaces the one of the registration if that was taken. LinkSpent, UsernameTaken.
    """
    with transaction.atomic():
        link = take_link(purpose=Purpose.REGISTER, secret=secret, at=at)
        draft = Draft.objects.select_for_update().get(digest=link.draft_id)
        if draft.done_at or not draft.password:
            raise DraftGone
        person = draft.person["answers"]
        twins = queries.twins(_identity(person))
        account = Account(
            id=uuid.uuid4(),
            number=_next_number(),
            username=rules.normal(username).strip() or draft.username,
            password=draft.password,
            type=draft.type,
            created_at=at,
            upgraded_at=at,
            password_changed_at=at,
            email=link.email,
            email_verified_at=at,
            search_status=twins.status,
            language=get_language() or "",
        )
        _apply(account, person, draft.address["answers"])
        _save_unique(account)
        draft.done_at, draft.twin_accepted = at, twins.may_exist
        draft.person, draft.address, draft.password = {}, {}, ""
        draft.save()
        audit.record(act="account.registered", by=str(account.id), at=at, subject=str(account.id), type=account.type)
        if twins.status == "active" and not account.is_administrative:
            lettering.await_letter(account=account, by=str(account.id), at=at)
        _welcome(account, at)
    return account


def upgrade(*, account: Account, username: str, password: str, at: datetime) -> Account:
    """The last step of an upgrade. The birth date stays for ever; a new e-mail address counts once it is proved.

    AlreadyUpgraded, StepsMissing, WeakPassword, UsernameTaken, DraftGone. ``securing.upgrade`` also ends the other
    sign-ons.
    """
    draft = begin_upgrade(account=account, at=at)
    _require_steps(draft)
    person = draft.person["answers"]
    _require_strong(password, username=username, person=person)
    with hashing_place():
        hashed = make_password(password)
    with transaction.atomic():
        signed_in_by = account.password_changed_at
        account = Account.objects.select_for_update().get(id=account.id)
        if account.is_upgraded:
            raise AlreadyUpgraded
        if account.password_changed_at != signed_in_by:
            raise DraftGone  # the owner chose a new password while this was on its way
        account.username, account.password = rules.normal(username).strip(), hashed
        account.upgraded_at = account.password_changed_at = at
        account.password_is_common = False
        old_email = account.email
        twins = queries.twins(_identity(person), besides=account.id)
        if twins.status != "active":
            account.search_status = twins.status
        _apply(account, person, draft.address["answers"])
        _save_unique(account)
        draft.delete()
        KnownDevice.objects.filter(account=account).delete()
        spend_links(account=account.id, at=at)
        audit.record(act="account.upgraded", by=str(account.id), at=at, subject=str(account.id))
        _tell_upgraded(account, person["email"], old_email, at)
    return account


def _tell_upgraded(account: Account, new_email: str, old_email: str, at: datetime) -> None:
    addresses = {old_email, new_email}
    mail.send(
        to=sorted(addresses),
        subject=gettext("Your PACER account is upgraded"),
        text=gettext(
            "PACER account {number} was upgraded on {at} (UTC) and has a new user name and password.\n"
            "You can now link it to the accounts that courts issued to you.\n\n"
            "If that was not you, reset your password at once."
        ).format(number=account.number, at=f"{at:%Y-%m-%d %H:%M}"),
        at=at,
        reference=f"account:{account.number}",
    )
    if new_email.lower() == old_email.lower():
        return
    link = make_link(purpose=Purpose.EMAIL, email=new_email, at=at, account=account)
    mail.send(
        to=[new_email],
        subject=gettext("Confirm your new e-mail address for PACER"),
        text=gettext("Open this page within 24 hours to use this address for your PACER account:\n\n{link}").format(
            link=link
        ),
        at=at,
        reference=f"account:{account.number}",
    )


def _welcome(account: Account, at: datetime) -> None:
    text = gettext(
        "Your PACER account is ready.\n\nAccount number: {number}\nUser name: {username}\nCase Search Status: {status}\n"
    ).format(number=account.number, username=account.username, status=account.get_search_status_display())
    if account.search_note == rules.LETTER:
        text += "\n" + gettext(
            "To search cases you need the activation token of a letter that we mail to your postal address. It takes "
            "seven to ten business days."
        )
        if account.type != AccountType.CASE_SEARCH:
            text += " " + gettext("Registering with courts, linking and filing do not wait for it.")
        text += "\n"
    mail.send(
        to=[account.email], subject=gettext("Your PACER account"), text=text, at=at,
        reference=f"account:{account.number}",
    )  # fmt: skip


def _identity(person: Mapping[str, str]) -> rules.Identity:
    return rules.Identity(
        first=person["first_name"],
        last=person["last_name"],
        birth_date=date.fromisoformat(person["birth_date"]) if person.get("birth_date") else None,
        email=person["email"],
    )


def _apply(account: Account, person: Mapping[str, str], place: Mapping[str, str]) -> None:
    for name in ("prefix", "first_name", "middle_name", "last_name", "generation", "user_type"):
        setattr(account, name, person.get(name, ""))
    account.shared = account.shared or rules.declares_group(account_type=account.type, user_type=account.user_type)
    account.cja_panel = person.get("cja_panel") == "True"
    account.birth_date = account.birth_date or date.fromisoformat(person["birth_date"])
    for name in ADDRESS_FIELDS:
        setattr(account, name, place.get(name, ""))
    account.mailbox = same_mailbox(account.email)


def _save_unique(account: Account) -> None:
    """Save, or UsernameTaken; the database decides."""
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:
        if "account_username" not in str(error):
            raise
        raise UsernameTaken from None


def _require_steps(draft: Draft) -> None:
    if "answers" not in draft.person or "answers" not in draft.address:
        raise StepsMissing


def _require_strong(password: str, *, username: str, person: Mapping[str, str]) -> None:
    own = (username, person["first_name"], person["last_name"], person["email"].partition("@")[0])
    if faults := breaches.faults_of(password, own_words=own):
        raise WeakPassword(" ".join(faults))


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('account_number')")
        return f"{cursor.fetchone()[0]:07d}"


def _slow_down(what: str, address: str, budget: int, at: datetime) -> None:
    key = f"register-{what}:{network_of(address)}"
    if throttle.count(key=key, window=_HOUR, now=at) > budget:
        raise TooMany


def _slow_mails(email: str, address: str, at: datetime) -> None:
    mailbox = throttle.count(key=f"register-mail:{digest(same_mailbox(email))}", window=_HOUR, now=at)
    network = throttle.count(key=f"register-mails:{network_of(address)}", window=_HOUR, now=at)
    if mailbox > _MAILS_PER_MAILBOX or network > _MAILS_PER_NETWORK:
        raise TooManyMails
