"""Changing an account's second factors. Whoever was signed on elsewhere is so no more, and the owner is told.

A door of its own, beside ``services``: ending sign-ons is asked of Central Sign-On, which itself asks ``services`` for
proof. Each act holds the account's row, so that two at once do not get past the limits.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import services as accounts
from openecf.central.factors import rules, sealing
from openecf.central.factors.models import AuthenticatorApp, RecoveryCode
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
    """Two apps of one name could not be told apart."""

    said = gettext_lazy("You have an app of that name. Give this one another name.")
    code = "name-taken"


class EnrolmentGone(CannotChange):
    """Proved already, too old, tried too often, or begun somewhere else."""

    said = gettext_lazy("Setting up this app took too long, or too many codes were wrong. Begin again.")
    code = "enrolment-gone"


class NoSuchApp(CannotChange):
    """The account has no such app."""

    said = gettext_lazy("This app was removed already.")
    code = "no-such-app"


class LastApp(CannotChange):
    """The last app goes only when its owner says that the second factor is to end."""

    said = gettext_lazy("This is your last app. Check the box: without it your password alone protects the account.")
    code = "last-app"


class NoApps(CannotChange):
    """Recovery codes stand in for an app."""

    said = gettext_lazy("Add an authenticator app first. Recovery codes stand in for it.")
    code = "no-apps"


@dataclass(frozen=True)
class Enrolled:
    """An app counts from now on. With the first one come recovery codes, shown this once, and a new cookie."""

    recovery_codes: tuple[str, ...] = ()
    begun: sign_ons.Begun | None = None


def begin_app(*, account: Account, password: str, name: str, session: UUID, at: datetime) -> UUID:
    """Begin to set up an app. WrongPassword, NotUpgraded, TooManyApps, NameTaken."""
    accounts.require_owner(account=account, password=password, at=at)
    with transaction.atomic():
        _check_room(_hold(account), name)
        AuthenticatorApp.objects.filter(account=account, confirmed_at=None).delete()
        app, secret = uuid.uuid4(), sealing.new_secret()
        sealed = sealing.seal(secret, app=app, account=account.id)
        AuthenticatorApp.objects.create(id=app, account=account, name=name, sealed=sealed, session=session, begun_at=at)
        audit.record(act="factors.app-begun", by=str(account.id), at=at, subject=str(account.id))
    return app


def confirm_app(*, account: Account, app: UUID, code: str, session: SsoSession, at: datetime) -> Enrolled:
    """The app shows a right code: from now on it counts. The first one turns the second factor on.

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
    steps = rules.steps_of(secret, rules.typed(code), now=at)
    if not steps:
        raise WrongCode
    with transaction.atomic():
        others = _hold(account)
        _check_room(others, name)
        if not AuthenticatorApp.objects.filter(id=app, confirmed_at=None).update(confirmed_at=at):
            raise EnrolmentGone
        use_step(app=app, step=max(steps), at=at)
        audit.record(act="factors.app-added", by=str(account.id), at=at, subject=str(account.id), app=str(app))
        tell_of_change(account, gettext("the authenticator app “{name}” was added").format(name=name), at)
        if others:
            return Enrolled()
        accounts.ask_second_factor(account=account.id, since=at)
        codes = _new_batch(account, at)
        sign_ons.end_all(account=account.id, why="second-factor-added", by=str(account.id), at=at, but=session.id)
        begun = sign_ons.step_up(session=session, amr=rules.OTP, at=at)
    return Enrolled(codes, begun)


def remove_app(
    *, account: Account, app: UUID, password: str, end_second_factor: bool, session: UUID, at: datetime
) -> None:
    """Remove an app; every sign-on but ``session`` is over. The last one goes only with ``end_second_factor``, and the
    recovery codes with it. WrongPassword, NoSuchApp, LastApp."""
    accounts.require_owner(account=account, password=password, at=at)
    with transaction.atomic():
        apps = _hold(account)
        name = apps.get(app)
        if name is None:
            raise NoSuchApp
        last = len(apps) == 1
        if last and not end_second_factor:
            raise LastApp
        AuthenticatorApp.objects.filter(id=app).delete()
        said = gettext("the authenticator app “{name}” was removed").format(name=name)
        if last:
            RecoveryCode.objects.filter(account=account).delete()
            accounts.ask_second_factor(account=account.id, since=None)
            said = gettext("the last authenticator app, “{name}”, was removed: signing in asks for the password only")
            said = said.format(name=name)
        audit.record(
            act="factors.app-removed", by=str(account.id), at=at, subject=str(account.id), app=str(app), last=last
        )
        sign_ons.end_all(account=account.id, why="second-factor-removed", by=str(account.id), at=at, but=session)
        tell_of_change(account, said, at)


def make_recovery_codes(*, account: Account, password: str, at: datetime) -> tuple[str, ...]:
    """A new batch, shown this once; the old one is worth nothing any more. WrongPassword, NoApps."""
    accounts.require_owner(account=account, password=password, at=at)
    with transaction.atomic():
        if not _hold(account):
            raise NoApps
        codes = _new_batch(account, at)
        audit.record(act="factors.recovery-made", by=str(account.id), at=at, subject=str(account.id))
        tell_of_change(account, gettext("new recovery codes were made; the old ones no longer count"), at)
    return codes


def _hold(account: Account) -> dict[UUID, str]:
    """The account's apps that count, id and name, held until the transaction ends."""
    accounts.hold(account=account.id)
    apps = AuthenticatorApp.objects.filter(account=account).exclude(confirmed_at=None)
    return dict(apps.values_list("id", "name"))


def _check_room(apps: dict[UUID, str], name: str) -> None:
    if len(apps) >= rules.MOST_APPS:
        raise TooManyApps
    if rules.name_is_taken(name, apps.values()):
        raise NameTaken


def _new_batch(account: Account, at: datetime) -> tuple[str, ...]:
    codes = [sealing.new_recovery_code() for _ in range(rules.RECOVERY_CODES)]
    RecoveryCode.objects.filter(account=account).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(digest=sealing.recovery_digest(code, account=account.id), account=account, made_at=at)
        for code in codes
    )
    return tuple(rules.grouped(code) for code in codes)
