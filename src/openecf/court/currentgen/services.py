"""Signing on with the court's own login, and a new password by mail; both only until the court is live on NextGen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openecf.court.currentgen import rules
from openecf.court.currentgen.models import OwnSession, ResetLink
from openecf.court.people import queries as people
from openecf.court.people import services as accounts
from openecf.court.transition import queries as transition
from openecf.court.transition.rules import Era, era
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import base62, digest
from openecf.platform.audit.services import record
from openecf.platform.config import this_site
from openecf.platform.legacy_passwords import check_evenly, is_wrapped
from openecf.platform.mail import services as mail
from openecf.platform.throttle import services as throttle

if TYPE_CHECKING:
    from openecf.court.people.models import CourtUser


class NotSignedOn(Refusal):
    """One wording for a wrong password, an unknown or inactive login, and too many tries."""

    said = _(
        "That login and password do not fit. Check both; passwords distinguish capital letters. After several wrong "
        "tries, wait 15 minutes."
    )
    code = "not-signed-on"


class LoginsEnded(Refusal):
    """The court is live on NextGen: its own logins open nothing."""

    said = _("This court now uses Central Sign-On: log in with your own PACER account.")
    code = "logins-ended"


class ResetsEnded(Refusal):
    """The last day for a reset by mail, set by the court, is over."""

    said = _("Passwords can no longer be reset by mail before the court goes live. Ask the clerk's office.")
    code = "resets-ended"


class LinkSpent(Refusal):
    """The mailed link was used, is too old, or never was."""

    said = _("That link is no longer good. Ask for a new one.")
    code = "link-spent"


class NothingToReset(Refusal):
    """The account is linked, or not in use: it has no court password."""

    said = _("This account is linked to PACER or not in use; it has no court password. Its owner logs in with PACER.")
    code = "nothing-to-reset"


class NoAddress(Refusal):
    """The court holds no address to mail to."""

    said = _("The court holds no e-mail address for this account. Give the one that the person told you.")
    code = "no-address"


class WeakPassword(Refusal):
    """The new password is refused; ``said`` tells why."""

    code = "weak-password"


_nobodys: list[str] = []


def _nobodys_hash() -> str:
    if not _nobodys:
        _nobodys.append(make_password(base62(20)))
    return _nobodys[0]


def sign_on(*, login: str, password: str, network: str, at: datetime) -> str:
    """Begin a session for a court-issued login; the secret of its cookie. NotSignedOn, LoginsEnded.

    ``network`` is where the request comes from: guessing from one network does not keep others out.
    """
    if era(transition.profile(), at) is Era.NEXTGEN:
        raise LoginsEnded
    login = login.strip()
    pair, all_tries = f"own:{login.lower()}:{network}"[:200], f"own-network:{network}"[:200]
    tries = throttle.count(key=pair, window=rules.WINDOW, now=at)
    if (
        tries > rules.TRIES_AT_A_LOGIN_FROM_A_NETWORK
        or throttle.count(key=all_tries, window=rules.WINDOW, now=at) > rules.TRIES_OF_A_NETWORK
    ):
        raise NotSignedOn
    user = people.user_called(login)
    kept = user.password if user else ""
    password = password[: rules.PASSWORD_MAX]
    if not check_evenly(password, kept or _nobodys_hash()) or user is None or not kept:
        raise NotSignedOn
    throttle.forget(key=pair)
    if is_wrapped(kept):
        # The old system's hash is over at its first right use: from now on it is Argon2id of the password itself.
        accounts.renew_own_password(user_id=user.id, password=password, kept=kept, at=at)
    secret = base62(43)
    with transaction.atomic():
        OwnSession.objects.create(digest=digest(secret), user_id=user.id, created_at=at, seen_at=at)
        record(act="own-login.signed-on", by=f"user:{user.id}", at=at, subject=f"user:{user.id}")
    return secret


def sign_off(*, secret: str, at: datetime) -> None:
    """End the session of that cookie, if there is one."""
    with transaction.atomic():
        session = OwnSession.objects.filter(digest=digest(secret)).first()
        if session is not None:
            session.delete()
            record(act="own-login.signed-off", by=f"user:{session.user_id}", at=at, subject=f"user:{session.user_id}")


def ask_for_reset(*, login: str, network: str, at: datetime) -> None:
    """Mail a link to whoever holds that login; nobody learns whether somebody does, nor whether one network asks for so
    many that they are not mailed. ResetsEnded, LoginsEnded."""
    may_reset(at)
    login = login.strip()
    user = people.user_called(login)
    of_login, of_network = f"own-reset:{login.lower()}"[:200], f"own-resets:{network}"[:200]
    # The network first: what it asks for in vain must not keep the owner of a login from asking elsewhere.
    if throttle.count(key=of_network, window=rules.WINDOW, now=at) > rules.RESETS_OF_A_NETWORK:
        return
    if throttle.count(key=of_login, window=rules.WINDOW, now=at) > rules.RESETS_OF_A_LOGIN:
        return
    if user is None or not user.email or not user.password:
        return
    secret = base62(43)
    with transaction.atomic():
        ResetLink.objects.create(digest=digest(secret), user_id=user.id, expires_at=at + rules.LINK_LASTS)
        record(act="own-login.reset-asked", by="nobody", at=at, subject=f"user:{user.id}", network=network)
        with people.in_words_of(user, or_as_asked=True):
            _mail(
                user,
                gettext(
                    "Somebody, we hope you, asked for a new password of the court-issued account {login}.\n\n"
                    "Open this page within an hour to choose one:\n\n{link}\n\n"
                    "If it was not you, do nothing: your password stays as it is."
                ).format(login=user.login, link=_page_of(secret)),
                at,
            )


def _page_of(secret: str) -> str:
    return f"{this_site().config.base_url}/login/court/reset/{secret}"


def _mail(user: CourtUser, text: str, at: datetime) -> None:
    """In the language of the moment."""
    mail.send(
        to=[user.email],
        subject=gettext("A new password for your account with the {court}").format(court=settings.COURT.full_name),
        text=text,
        at=at,
        reference=f"user:{user.id}",
    )


_SPEND = """
WITH used AS (
  UPDATE own_reset_link SET used_at = %(now)s
  WHERE used_at IS NULL AND user_id = (
    SELECT user_id FROM own_reset_link WHERE digest = %(digest)s AND used_at IS NULL AND expires_at > %(now)s
  ) RETURNING digest, user_id, by_clerk
)
SELECT user_id, by_clerk FROM used WHERE digest = %(digest)s
"""


def reset(*, secret: str, password: str, at: datetime) -> None:
    """Set the new password; the link is spent and every session of the account ends. LinkSpent, WeakPassword, …Ended.

    The clerk's office's link does not end with the last day for resets.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_SPEND, {"digest": digest(secret), "now": at})
            row = cursor.fetchone()
        if row is None:
            raise LinkSpent
        if not row[1]:
            may_reset(at)
        user = people.user(row[0])
        if faults := rules.password_faults(password, own_words=(user.login, user.first_name, user.last_name)):
            raise WeakPassword(" ".join(faults))
        _set(user.id, password, f"user:{user.id}", at)


def mail_link(*, user_id: int, checked: str, by: str, at: datetime, email: str = "") -> None:
    """The clerk's office mails somebody a link to a new court password, whatever day it is. NothingToReset, NoAddress.

    ``checked``: how the clerk made sure of who is asking; it is kept in the audit log. ``email``: the person's address,
    where the court holds none; from now on it holds this one.
    """
    secret = base62(43)
    with transaction.atomic():
        user = _reached(user_id, email, by, at)
        if not user.email:
            raise NoAddress
        ResetLink.objects.create(
            digest=digest(secret), user_id=user.id, expires_at=at + rules.CLERKS_LINK_LASTS, by_clerk=True
        )
        record(act="own-login.link-sent", by=by, at=at, subject=f"user:{user.id}", checked=checked)
        with people.in_words_of(user):
            _mail(
                user,
                gettext(
                    "The clerk's office sends you this link so that you can choose a new password for the court-issued "
                    "account {login}.\n\nOpen this page within two days:\n\n{link}\n\n"
                    "If you did not ask for it, tell the clerk's office; your password stays as it is."
                ).format(login=user.login, link=_page_of(secret)),
                at,
            )


def hand_out_password(*, user_id: int, checked: str, by: str, at: datetime, email: str = "") -> str:
    """The clerk's office gives somebody whom mail does not reach a new court password: told once, kept as a hash only.

    NothingToReset. ``checked`` and ``email`` as in ``mail_link``. Links on their way are over, and so are sessions.
    """
    password = base62(16)
    with transaction.atomic():
        user = _reached(user_id, email, by, at)
        ResetLink.objects.filter(user_id=user.id, used_at=None).update(used_at=at)
        _set(user.id, password, by, at)
        record(act="own-login.handed-out", by=by, at=at, subject=f"user:{user.id}", checked=checked)
        if user.email:
            with people.in_words_of(user):
                _mail(
                    user,
                    gettext(
                        "The clerk's office has just given out a new password for the court-issued account {login}.\n\n"
                        "If it was not given to you, call the clerk's office at once."
                    ).format(login=user.login),
                    at,
                )
    return password


def part_login(*, user_id: int, by: str, at: datetime) -> str:
    """A new password for the one who keeps a login that several people used, told once; what the others know opens
    nothing any more: no password, no link on its way, no session. Empty if the login is linked already."""
    with transaction.atomic():
        ResetLink.objects.filter(user_id=user_id, used_at=None).update(used_at=at)
        OwnSession.objects.filter(user_id=user_id).delete()
        return accounts.replace_password(user_id=user_id, by=by, at=at)


def _to_reset(user_id: int) -> CourtUser:
    user = people.user(user_id)
    if user.account is not None or not user.active:
        raise NothingToReset
    return user


def _reached(user_id: int, email: str, by: str, at: datetime) -> CourtUser:
    """Who gets a new password, with the address given for somebody of whom the court holds none. NothingToReset."""
    user = _to_reset(user_id)
    if email and not user.email:
        accounts.give_address(user_id=user_id, email=email, by=by, at=at)
        user = people.user(user_id)
    return user


def _set(user_id: int, password: str, by: str, at: datetime) -> None:
    accounts.set_own_password(user_id=user_id, password=password, by=by, at=at)
    OwnSession.objects.filter(user_id=user_id).delete()


def may_reset(at: datetime) -> None:
    """Whether links for a new password are mailed at that hour. ResetsEnded, LoginsEnded."""
    stands = era(transition.profile(), at)
    if stands is Era.NEXTGEN:
        raise LoginsEnded
    if stands in (Era.RESETS_OVER, Era.FILING_CLOSED):
        raise ResetsEnded
