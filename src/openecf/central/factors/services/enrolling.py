"""Changing an account's second factors. Whoever was signed on elsewhere is so no more, and the owner is told.

A door of its own, beside ``services``: ending sign-ons is asked of Central Sign-On, which itself asks ``services`` for
proof. Each act holds the account's row, so that two at once do not get past the limits.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy, gettext_noop

from openecf.central.accounts import rules as account_rules
from openecf.central.accounts import services as accounts
from openecf.central.factors import rules, sealing
from openecf.central.factors.models import AuthenticatorApp, Passkey, RecoveryCode
from openecf.central.factors.services import ceremonies
from openecf.central.factors.services.proving import WrongCode, use_step
from openecf.central.factors.services.telling import tell_of_change
from openecf.central.signon import services as sign_ons
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account
    from openecf.central.signon.models import SsoSession

_TRIES = 10
_TRY = """
UPDATE factor_app SET tries = tries + 1
WHERE id = %(app)s AND account_id = %(account)s AND session = %(session)s AND confirmed_at IS NULL
  AND begun_at > %(oldest)s AND tries < %(most)s
RETURNING name, sealed
"""


class CannotChange(Refusal):
    """The account's second factors stay as they are."""


class TooManyApps(CannotChange):
    """There are ten."""

    said = gettext_lazy("You have ten apps. Remove one that you no longer use, then add this one.")
    code = "too-many-apps"


class NameTaken(CannotChange):
    """Two of one name could not be told apart."""

    said = gettext_lazy("You have one of that name. Give this one another name.")
    code = "name-taken"


class EnrolmentGone(CannotChange):
    """Proved already, too old, tried too often, or begun somewhere else."""

    said = gettext_lazy("Setting up this app took too long, or too many codes were wrong. Begin again.")
    code = "enrolment-gone"


class NoSuchApp(CannotChange):
    """The account has no such app."""

    said = gettext_lazy("This app was removed already.")
    code = "no-such-app"


class LastFactor(CannotChange):
    """The last app or passkey goes only when its owner says that the second factor is to end."""

    said = gettext_lazy("This is your last one. Check the box: without it your password alone protects the account.")
    code = "last-factor"


class TooShortAlone(CannotChange):
    """The password is as short as that of an account with a second factor may be."""

    said = gettext_lazy("Without it your password alone protects the account, and for that it is too short. Change the "
                        "password to one of 15 characters or more first.")  # fmt: skip
    code = "too-short-alone"


class NoFactor(CannotChange):
    """Recovery codes stand in for an app or a passkey."""

    said = gettext_lazy("Add an authenticator app or a passkey first. Recovery codes stand in for it.")
    code = "no-factor"


class TooManyPasskeys(CannotChange):
    """There are ten."""

    said = gettext_lazy("You have ten passkeys. Remove one that you no longer use, then add this one.")
    code = "too-many-passkeys"


class PasskeyTaken(CannotChange):
    """This authenticator is registered already, here or for somebody else's account."""

    said = gettext_lazy("This passkey is in use already. Choose another device, or remove it where it is used.")
    code = "passkey-taken"


class NoSuchPasskey(CannotChange):
    """The account has no such passkey."""

    said = gettext_lazy("This passkey was removed already.")
    code = "no-such-passkey"


@dataclass(frozen=True)
class Enrolled:
    """It counts from now on. With the first one come recovery codes, shown this once, and a new cookie."""

    recovery_codes: tuple[str, ...] = ()
    begun: sign_ons.Begun | None = None


@dataclass(frozen=True)
class _Held:
    """The account's factors that count, id and name, held until the transaction ends."""

    apps: dict[UUID, str]
    passkeys: dict[UUID, str]

    @property
    def count(self) -> int:
        return len(self.apps) + len(self.passkeys)


def begin_app(*, account: Account, password: str, name: str, session: UUID, at: datetime) -> UUID:
    """Begin to set up an app. WrongPassword, NotUpgraded, TooManyApps, NameTaken."""
    accounts.require_owner(account=account, password=password, at=at)
    with transaction.atomic():
        _check_room(_hold(account).apps, name)
        AuthenticatorApp.objects.filter(account=account, confirmed_at=None).delete()
        app, secret = uuid.uuid4(), sealing.new_secret()
        sealed = sealing.seal(secret, app=app, account=account.id)
        AuthenticatorApp.objects.create(id=app, account=account, name=name, sealed=sealed, session=session, begun_at=at)
        audit.record(act="factors.app-begun", by=str(account.id), at=at, subject=str(account.id))
    return app


def confirm_app(*, account: Account, app: UUID, code: str, session: SsoSession, at: datetime) -> Enrolled:
    """The app shows a right code: from now on it counts, and how far off its clock is is known. The first factor turns
    two-step sign-in on.

    WrongCode, EnrolmentGone, TooManyApps, NameTaken.
    """
    oldest = at - rules.ENROLMENT_LIFE
    asked = {"app": app, "account": account.id, "session": session.id, "oldest": oldest, "most": _TRIES}
    with connection.cursor() as cursor:
        cursor.execute(_TRY, asked)
        row = cursor.fetchone()
    if row is None:
        raise EnrolmentGone
    name, sealed = row
    secret = sealing.unseal(sealed, app=app, account=account.id)
    steps = rules.steps_of(secret, rules.typed(code), now=at, beside=rules.ANY_CLOCK)
    if not steps:
        raise WrongCode
    with transaction.atomic():
        held = _hold(account)
        _check_room(held.apps, name)
        if not AuthenticatorApp.objects.filter(id=app, confirmed_at=None).update(confirmed_at=at):
            raise EnrolmentGone
        use_step(app=app, step=max(steps), at=at)
        audit.record(act="factors.app-added", by=str(account.id), at=at, subject=str(account.id), app=str(app))
        tell_of_change(account, gettext_noop("the authenticator app “{name}” was added"), at, name=name)
        return _turn_on(account, held, session, rules.OTP, at)


def bring_in_app(*, account: Account, name: str, secret: bytes, at: datetime) -> None:
    """An app that was set up elsewhere (a conversion, the demonstration). Once: a second call changes nothing."""
    with transaction.atomic():
        if _hold(account).count:
            return
        app = uuid.uuid4()
        AuthenticatorApp.objects.create(
            id=app, account=account, name=name, sealed=sealing.seal(secret, app=app, account=account.id),
            session=uuid.uuid4(), begun_at=at, confirmed_at=at,
        )  # fmt: skip
        accounts.ask_second_factor(account=account.id, since=at)
        audit.record(act="factors.app-brought-in", by="system", at=at, subject=str(account.id))


def begin_passkey(
    *, account: Account, password: str, name: str, session: UUID, site: rules.PasskeySite, at: datetime
) -> UUID:
    """Begin to add a passkey. WrongPassword, NotUpgraded, TooManyPasskeys, NameTaken."""
    accounts.require_owner(account=account, password=password, at=at)
    with transaction.atomic():
        _check_room_for_passkey(_hold(account).passkeys, name)
        purpose = ceremonies.Purpose.ADD
        begun = ceremonies.new_challenge(
            purpose=purpose, site=site, account=account, holder=str(session), name=name, at=at
        )
        audit.record(act="factors.passkey-begun", by=str(account.id), at=at, subject=str(account.id))
    return begun.id


def add_passkey(
    *, account: Account, answer: str, session: SsoSession, site: rules.PasskeySite, at: datetime
) -> Enrolled:
    """The browser made a passkey: from now on it counts. The first factor turns two-step sign-in on.

    WrongPasskey, TooManyPasskeys, NameTaken, PasskeyTaken.
    """
    taken, passkey = ceremonies.take_new(answer=answer, holder=str(session.id), site=site, at=at)
    if taken.account != account.id:
        raise ceremonies.WrongPasskey
    with transaction.atomic():
        held = _hold(account)
        _check_room_for_passkey(held.passkeys, passkey.name)
        if Passkey.objects.filter(credential_id=passkey.credential_id).exists():
            raise PasskeyTaken
        passkey.save(force_insert=True)
        audit.record(
            act="factors.passkey-added", by=str(account.id), at=at, subject=str(account.id), passkey=str(passkey.id)
        )
        tell_of_change(account, gettext_noop("the passkey “{name}” was added"), at, name=passkey.name)
        return _turn_on(account, held, session, rules.PASSKEY_AFTER_PASSWORD, at)


def _turn_on(account: Account, before: _Held, session: SsoSession, amr: Sequence[str], at: datetime) -> Enrolled:
    """What the first factor brings along; nothing if there was one before."""
    if before.count:
        return Enrolled()
    accounts.ask_second_factor(account=account.id, since=at)
    codes = _new_batch(account, at)
    sign_ons.end_all(account=account.id, why="second-factor-added", by=str(account.id), at=at, but=session.id)
    begun = sign_ons.step_up(session=session, amr=amr, at=at)
    return Enrolled(codes, begun)


def remove_app(
    *, account: Account, app: UUID, password: str, end_second_factor: bool, session: UUID, at: datetime
) -> None:
    """Remove an app; every sign-on but ``session`` is over. The last factor goes only with ``end_second_factor``, and
    the recovery codes with it. WrongPassword, NoSuchApp, LastFactor,
    TooShortAlone."""
    accounts.require_owner(account=account, password=password, at=at)
    with transaction.atomic():
        held = _hold(account)
        name = held.apps.get(app)
        if name is None:
            raise NoSuchApp
        _check_last(held, end_second_factor, password)
        AuthenticatorApp.objects.filter(id=app).delete()
        said = gettext_noop("the authenticator app “{name}” was removed")
        last = gettext_noop("the authenticator app “{name}” was removed: signing in asks for the password only")
        _removed(account, held, {"app": str(app)}, last if held.count == 1 else said, name, session, at)


def remove_passkey(
    *, account: Account, passkey: UUID, password: str, end_second_factor: bool, session: UUID, at: datetime
) -> None:
    """Remove a passkey, as ``remove_app``. WrongPassword, NoSuchPasskey, LastFactor, TooShortAlone."""
    accounts.require_owner(account=account, password=password, at=at)
    with transaction.atomic():
        held = _hold(account)
        name = held.passkeys.get(passkey)
        if name is None:
            raise NoSuchPasskey
        _check_last(held, end_second_factor, password)
        Passkey.objects.filter(id=passkey).delete()
        said = gettext_noop("the passkey “{name}” was removed")
        last = gettext_noop("the passkey “{name}” was removed: signing in asks for the password only")
        _removed(account, held, {"passkey": str(passkey)}, last if held.count == 1 else said, name, session, at)


def _removed(
    account: Account, held: _Held, which: dict[str, str], said: str, name: str, session: UUID, at: datetime
) -> None:
    """What follows when a factor is gone: the audit line, other sign-ons, the owner's mail."""
    act = f"factors.{next(iter(which))}-removed"
    audit.record(act=act, by=str(account.id), at=at, subject=str(account.id), last=held.count == 1, **which)
    _turn_off(account, held, session, at)
    tell_of_change(account, said, at, name=name)


def _check_last(held: _Held, end_second_factor: bool, password: str) -> None:
    if held.count == 1 and not end_second_factor:
        raise LastFactor
    if held.count == 1 and not account_rules.long_enough_alone(password):
        raise TooShortAlone


def _turn_off(account: Account, before: _Held, session: UUID, at: datetime) -> None:
    """What the end of a factor ends besides: other sign-ons, and with the last one the recovery codes."""
    if before.count == 1:
        RecoveryCode.objects.filter(account=account).delete()
        accounts.ask_second_factor(account=account.id, since=None)
    sign_ons.end_all(account=account.id, why="second-factor-removed", by=str(account.id), at=at, but=session)


def make_recovery_codes(*, account: Account, password: str, at: datetime) -> tuple[str, ...]:
    """A new batch, shown this once; the old one is worth nothing any more. WrongPassword, NoFactor."""
    accounts.require_owner(account=account, password=password, at=at)
    with transaction.atomic():
        if not _hold(account).count:
            raise NoFactor
        codes = _new_batch(account, at)
        audit.record(act="factors.recovery-made", by=str(account.id), at=at, subject=str(account.id))
        tell_of_change(account, gettext_noop("new recovery codes were made; the old ones no longer count"), at)
    return codes


def _hold(account: Account) -> _Held:
    accounts.hold_proved(account=account)
    apps = AuthenticatorApp.objects.filter(account=account).exclude(confirmed_at=None).values_list("id", "name")
    return _Held(dict(apps), dict(Passkey.objects.filter(account=account).values_list("id", "name")))


def _check_room(apps: dict[UUID, str], name: str) -> None:
    if len(apps) >= rules.MOST_APPS:
        raise TooManyApps
    if rules.name_is_taken(name, apps.values()):
        raise NameTaken


def _check_room_for_passkey(passkeys: dict[UUID, str], name: str) -> None:
    if len(passkeys) >= rules.MOST_PASSKEYS:
        raise TooManyPasskeys
    if rules.name_is_taken(name, passkeys.values()):
        raise NameTaken


def _new_batch(account: Account, at: datetime) -> tuple[str, ...]:
    codes = [sealing.new_recovery_code() for _ in range(rules.RECOVERY_CODES)]
    RecoveryCode.objects.filter(account=account).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(digest=sealing.recovery_digest(code, account=account.id), account=account, made_at=at)
        for code in codes
    )
    return tuple(rules.grouped(code) for code in codes)
