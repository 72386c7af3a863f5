"""Linking a court-issued account to a PACER account, and what a person keeps up about the own account.

Linking is two acts: the person proves the court's login and password (``prove_login``), sees both identities, and
confirms (``confirm_link``). The court checks the password; nothing of it leaves the court.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openecf.court.people import standing
from openecf.court.people.admitting import CannotAdmit as CannotAdmit
from openecf.court.people.admitting import admit as admit
from openecf.court.people.admitting import check_admission as check_admission
from openecf.court.people.admitting import comes_again as comes_again
from openecf.court.people.before_linking import as_held
from openecf.court.people.letters import link_letters, own_login_letters
from openecf.court.people.models import CourtUser, Group, LinkOffer
from openecf.court.people.noticing import BadAddresses as BadAddresses
from openecf.court.people.noticing import NoSuchAddress as NoSuchAddress
from openecf.court.people.noticing import NotThatWay as NotThatWay
from openecf.court.people.noticing import TooManyCases as TooManyCases
from openecf.court.people.noticing import give_address as give_address
from openecf.court.people.noticing import note_language as note_language
from openecf.court.people.noticing import set_addresses as set_addresses
from openecf.court.people.noticing import set_case_way as set_case_way
from openecf.court.people.noticing import set_case_ways as set_case_ways
from openecf.court.people.noticing import set_contact as set_contact
from openecf.court.people.noticing import set_way as set_way
from openecf.court.people.own_cases import let_file_in as let_file_in
from openecf.court.people.particulars import change_particulars as change_particulars
from openecf.court.people.queries import in_words_of
from openecf.court.people.rules import BILLING_ACCOUNT, Reader, is_namesake
from openecf.court.people.standing import CannotChange as CannotChange
from openecf.court.transition import queries as transition
from openecf.court.transition.rules import is_live
from openecf.kernel.names import looks_like_address
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import base62
from openecf.platform.audit.services import record
from openecf.platform.bus import services as bus
from openecf.platform.bus.handlers import CannotApply
from openecf.platform.bus.messages import AccountLinked
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail
from openecf.platform.throttle import services as throttle

OFFER_LASTS = timedelta(minutes=15)
WINDOW = timedelta(minutes=15)
TRIES_OF_A_PAIR = 5
TRIES_OF_AN_ACCOUNT = 15
TRIES_AT_A_LOGIN = 20


class CannotLink(Refusal):
    """The PACER account and the court login stay apart."""

    said = _("The accounts could not be linked.")
    code = "cannot-link"


class NotLiveYet(CannotLink):
    """The court has not moved to NextGen; ``facts["live_at"]`` says when it will, if that is decided."""

    said = _("This court is not live on NextGen yet, so accounts cannot be linked.")
    code = "not-live-yet"


class LegacyAccount(CannotLink):
    """Made before 2014-08-11 and not upgraded."""

    said = _(
        "Your PACER account was made before August 11, 2014 and is not upgraded. Upgrade it in Manage My Account, "
        "then link it."
    )
    code = "legacy-account"


class BillingAccount(CannotLink):
    """A PACER Administrative Account."""

    said = _(
        "A PACER Administrative Account manages billing only; it cannot file and cannot be linked. Log in with your "
        "own account."
    )
    code = "billing-account"


class SharedAccount(CannotLink):
    """An account that several people use."""

    said = _(
        "This PACER account is shared by several people. Filing needs an account of your own: register one, then "
        "link it."
    )
    code = "shared-account"


class WrongPassword(CannotLink):
    """Unknown login, wrong password or inactive login: one wording, so that nobody learns which logins exist."""

    said = _(
        "This court has no account with that login and password. Check both; passwords distinguish capital letters. "
        "If you do not remember them, ask the clerk's office: the court cannot look a password up, but can reset it."
    )
    code = "wrong-password"


class TooManyTries(CannotLink):
    """Guessing is slow."""

    said = _("That was tried too often with a wrong password. Wait 15 minutes, then try again.")
    code = "too-many-tries"


class InactiveLogin(CannotLink):
    """The password was right, but the court made the account inactive."""

    said = _("Your account with this court is not active. Please speak to the clerk's office.")
    code = "inactive-login"


class LoginAlreadyLinked(CannotLink):
    """The login belongs to a PACER account already; told only to who knows its (dead) password."""

    said = _(
        "This court login is linked to a PACER account already, and no longer works by itself. Log in with that PACER "
        "account. If you did not link it, tell the clerk's office at once."
    )
    code = "login-already-linked"


class AccountAlreadyLinked(CannotLink):
    """The PACER account has a court login already."""

    said = _(
        "Your PACER account is linked to an account with this court already. One PACER account takes one court login; "
        "the clerk's office can change that."
    )
    code = "account-already-linked"


class OfferGone(CannotLink):
    """The page with both identities was open too long, was used, or is somebody else's."""

    said = _("That page is no longer good. Please enter your court login and password again.")
    code = "offer-gone"


class CannotIssue(Refusal):
    """A court-issued account cannot be made of what was given."""

    code = "cannot-issue"


def issue_account(
    *,
    login: str,
    group: str,
    last_name: str,
    email: str,
    by: str,
    at: datetime,
    first_name: str = "",
    bar_id: str = "",
    firm: str = "",
) -> str:
    """Issue an account of this court to a person; its password, to be told once and spent by linking.

    CannotIssue if the group is unknown, the address is none, or the login is taken (whatever its case).
    """
    login = login.strip()
    if group not in Group.values:
        raise CannotIssue(_("Groups are %(groups)s.") % {"groups": ", ".join(Group.values)})
    if not login or not last_name.strip() or not looks_like_address(email):
        raise CannotIssue(_("A login, a last name and one e-mail address are needed."))
    password = base62(16)
    try:
        with transaction.atomic():
            user = CourtUser.objects.create(
                login=login,
                password=make_password(password),
                group=group,
                first_name=first_name.strip(),
                last_name=last_name.strip(),
                email=email.strip(),
                bar_id=bar_id.strip(),
                firm=firm.strip(),
            )
            record(act="account.issued", by=by, at=at, subject=f"user:{user.id}", group=group)
    except IntegrityError:
        raise CannotIssue(_("The login %(login)s is taken.") % {"login": login}) from None
    return password


def set_own_password(*, user_id: int, password: str, by: str, at: datetime) -> None:
    """A new password for a court-issued account that is not linked yet; the caller checked that it is strong.

    What was proved by the old one, and is not confirmed yet, is worth nothing any more.
    """
    with transaction.atomic():
        LinkOffer.objects.filter(user=user_id, used_at=None).update(used_at=at)
        changed = CourtUser.objects.filter(id=user_id, account=None, active=True).update(
            password=make_password(password)
        )
        if changed:
            record(act="account.own-password", by=by, at=at, subject=f"user:{user_id}")


def replace_password(*, user_id: int, by: str, at: datetime) -> str:
    """A new password for a court-issued account whose old one others know; to be told once. The account may not be in use
    yet, as one that a conversion brought. Empty, and nothing done, if it is linked: its password opens nothing any more.

    What was proved by the old one, and is not confirmed yet, is worth nothing from now on.
    """
    password = base62(16)
    with transaction.atomic():
        LinkOffer.objects.filter(user=user_id, used_at=None).update(used_at=at)
        changed = CourtUser.objects.filter(id=user_id, account=None).update(password=make_password(password))
        if changed:
            record(act="account.password-replaced", by=by, at=at, subject=f"user:{user_id}")
    return password if changed else ""


def tell_of_own_login(*, login: str, at: datetime) -> None:
    """Write to somebody who shared a login that this one is the person's own from now on. Nobody without an address."""
    user = CourtUser.objects.get(login__iexact=login)
    with in_words_of(user):
        for letter in own_login_letters(user=user, profile=transition.profile()):
            mail.send(to=[letter.to], subject=letter.subject, text=letter.text, at=at, reference=f"user:{user.id}")


def renew_own_password(*, user_id: int, password: str, kept: str, at: datetime) -> None:
    """Hash a right password anew, unless it was changed meanwhile. ``kept``: the old hash of another system."""
    with transaction.atomic():
        changed = CourtUser.objects.filter(id=user_id, account=None, password=kept).update(
            password=make_password(password)
        )
        if changed:
            record(act="account.password-renewed", by=f"user:{user_id}", at=at, subject=f"user:{user_id}")


def ask_to_link(*, reader: Reader, now: datetime) -> None:
    """Refuse where no login and password could help: the page asks before it shows its form. CannotLink."""
    profile = transition.profile()
    if reader.account_type == BILLING_ACCOUNT:
        raise BillingAccount
    if not reader.upgraded:
        raise LegacyAccount
    if reader.shared:
        raise SharedAccount
    if not is_live(profile, now):
        raise NotLiveYet(live_at=profile.live_at)
    if CourtUser.objects.filter(account=reader.account).exists():
        raise AccountAlreadyLinked


def prove_login(*, reader: Reader, login: str, password: str, now: datetime) -> LinkOffer:
    """Check a court login and its password; the offer to link it, good for 15 minutes, once. CannotLink.

    A stranger's guesses slow down only strangers: who bears the login's name keeps the whole number of tries.
    """
    ask_to_link(reader=reader, now=now)
    login = login.strip()
    user = CourtUser.objects.filter(login__iexact=login).first()
    pair = f"link:{reader.account}:{login.lower()}"
    _spend_a_try(reader, user, login, pair, now)
    # A dead password still says to who knows it what became of the login; an unknown login costs the same time.
    kept = (user.password or user.spent_password) if user else ""
    if not check_password(password, kept or _dummy()) or not user or not kept:
        throttle.count(key=f"link-login:{login.lower()}"[:200], window=WINDOW, now=now)
        record(act="account.link-refused", by=reader.ref, at=now, why=WrongPassword.code)
        raise WrongPassword
    throttle.forget(key=pair[:200])
    if user.account is not None:
        raise LoginAlreadyLinked
    if not user.active:
        raise InactiveLogin
    with transaction.atomic():
        still = CourtUser.objects.select_for_update(no_key=True).filter(id=user.id, password=user.password)
        if not still.exists():
            raise WrongPassword
        offer = LinkOffer.objects.create(
            account=reader.account, user=user, created_at=now, expires_at=now + OFFER_LASTS
        )
        record(act="account.link-offered", by=reader.ref, at=now, subject=f"user:{user.id}")
    return offer


def _spend_a_try(reader: Reader, user: CourtUser | None, login: str, pair: str, now: datetime) -> None:
    """Count the try before the password is looked at, so that tries at once are not more than tries in a row."""
    known = user is not None and is_namesake(reader.name, user.last_name)
    crowded = throttle.failures(key=f"link-login:{login.lower()}"[:200], window=WINDOW, now=now) >= TRIES_AT_A_LOGIN
    budget = 1 if crowded and not known else TRIES_OF_A_PAIR
    tries = throttle.count(key=pair[:200], window=WINDOW, now=now)
    all_tries = throttle.count(key=f"link-account:{reader.account}", window=WINDOW, now=now)
    if tries > budget or all_tries > TRIES_OF_AN_ACCOUNT:
        raise TooManyTries


_dummies: list[str] = []


def _dummy() -> str:
    if not _dummies:
        _dummies.append(make_password("nobody's"))
    return _dummies[0]


_CONSUME = """
UPDATE link_offer SET used_at = %(now)s
WHERE id = %(id)s AND account = %(account)s AND used_at IS NULL AND expires_at > %(now)s
RETURNING user_id
"""


def confirm_link(*, reader: Reader, offer_id: UUID, now: datetime) -> CourtUser:
    """Link the proved login to the reader's account: unique both ways, the old login dead, both addresses told.

    Of two accounts that race for one login exactly one gets it. A second confirmation of the same offer by the same
    person (a reload, a double click) changes nothing and answers the same. CannotLink.
    """
    try:
        with transaction.atomic():
            user_id = _consume(reader, offer_id, now)
            if user_id is None:
                return _linked_by(reader, offer_id)
            ask_to_link(reader=reader, now=now)
            return _link(reader, user_id, now)
    except IntegrityError:
        raise AccountAlreadyLinked from None


def _consume(reader: Reader, offer_id: UUID, now: datetime) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_CONSUME, {"id": offer_id, "account": reader.account, "now": now})
        row = cursor.fetchone()
    return row[0] if row else None


def _linked_by(reader: Reader, offer_id: UUID) -> CourtUser:
    offer = LinkOffer.objects.filter(id=offer_id, account=reader.account).exclude(used_at=None).first()
    user = CourtUser.objects.filter(id=offer.user_id, account=reader.account).first() if offer else None
    if user is None:
        raise OfferGone
    return user


_LINK = """
UPDATE court_user
SET account = %(account)s, account_number = %(number)s, linked_at = %(now)s, spent_password = password, password = ''
WHERE id = %(user)s AND account IS NULL AND active
"""


def _link(reader: Reader, user_id: int, now: datetime) -> CourtUser:
    with connection.cursor() as cursor:
        cursor.execute(_LINK, {"account": reader.account, "number": reader.number, "now": now, "user": user_id})
        taken = cursor.rowcount
    user = CourtUser.objects.get(id=user_id)
    if not taken:
        raise InactiveLogin if user.account is None else LoginAlreadyLinked
    user.before_link = as_held(user)
    user.save(update_fields=["before_link"])
    record(act="account.linked", by=f"user:{user.id}", at=now, subject=f"user:{user.id}", account=str(reader.account))
    note_language(user_id=user.id, language=get_language() or "")
    for letter in link_letters(reader=reader, user=user, profile=transition.profile(), at=now):
        mail.send(to=[letter.to], subject=letter.subject, text=letter.text, at=now, reference=f"link:{user.id}")
    linked = AccountLinked(account=reader.account, court=this_site().id, role=user.group, at=now)
    bus.put(to="central", message=linked, at=now)
    return user


def follow_merger(*, account: UUID, into: UUID, number: str, at: datetime) -> None:
    """A duplicate account was closed: what was linked to it goes on with the other of the same person. Twice changes
    nothing. CannotApply if the other is linked here too: the clerk's office ends one of the links."""
    with transaction.atomic():
        users = CourtUser.objects.select_for_update().filter(account=account)
        if users.exists() and CourtUser.objects.filter(account=into).exists():
            raise CannotApply(_("Both accounts are linked here. End one of the links, then try this message again."))
        LinkOffer.objects.filter(account=account, used_at=None).update(used_at=at)
        if users.update(account=into, account_number=number):
            record(act="people.link-followed", by="system", at=at, subject=str(into), closed=str(account))


def hold(*, user_id: int) -> None:
    """Nobody else changes the court user until the caller's transaction ends."""
    CourtUser.objects.select_for_update(no_key=True).values_list("id").get(id=user_id)


def note_agents_told(*, user_id: int, told: bool) -> None:
    """Whether filing agents of this person get copies of notices. Inside the transaction of the act that says why, which
    holds the person before it looks: of two who look at once, the later would write down what is true no more."""
    CourtUser.objects.filter(id=user_id).update(tells_agents=told)


def suspend(*, user_id: int, said: str, by: str, at: datetime) -> None:
    """As ``standing.suspend``: for rooms that decide on a wish of the person's own. ``standing.CannotChange``."""
    standing.suspend(user_id=user_id, said=said, by=by, at=at)
