"""Proving a second factor: after a right password, an app's code or a recovery code, each good for one use.

Every try is counted before it is looked at, so that parallel guesses get no more than the budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from secrets import randbelow
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy, gettext_noop

from openecf.central.accounts import queries as accounts
from openecf.central.accounts import services as account_services
from openecf.central.factors import rules, sealing
from openecf.central.factors.models import AuthenticatorApp, Challenge, RecoveryCode, Waiting, WrongCodes
from openecf.central.factors.services.telling import mail_code, tell_of_change, tell_of_guesses
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import base62, digest
from openecf.platform.audit import services as audit
from openecf.platform.throttle import services as throttle

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

log = structlog.get_logger()

_HOUR, _MAILED_CODES = timedelta(hours=1), 6

_TRY = """
UPDATE factor_waiting w SET tries = w.tries + 1 FROM account a
WHERE w.digest = %(digest)s AND w.ended_at IS NULL AND w.expires_at > %(now)s AND w.tries < %(most)s
  AND a.id = w.account_id AND a.is_active AND a.password_changed_at IS NOT DISTINCT FROM w.password_changed_at
RETURNING w.tries, w.account_id, w.client_code, w.mailed
"""
_COUNT = """
INSERT INTO factor_wrong_codes AS c (key, account_id, n, last_at) VALUES (%(key)s, %(account)s, 1, %(now)s)
ON CONFLICT (key) DO UPDATE SET n = c.n + 1, last_at = %(now)s
RETURNING n
"""
_USE_STEP = """
UPDATE factor_app SET last_step = %(step)s, drift = %(drift)s, last_used_at = %(now)s
WHERE id = %(app)s AND confirmed_at IS NOT NULL AND last_step < %(step)s
"""
_USE_RECOVERY = """
UPDATE factor_recovery_code SET used_at = %(now)s
WHERE digest = %(digest)s AND account_id = %(account)s AND used_at IS NULL
"""


class WrongCode(Refusal):
    """Wrong, used before, too old, or not counted any more: all the same to the caller."""

    said = gettext_lazy("This code is not right, or it was used already. Wait until your app shows the next one.")
    code = "wrong-code"


class WrongMailedCode(WrongCode):
    """Not the one that was mailed for this sign-on."""

    said = gettext_lazy("This code is not right. Type the eight digits of the newest mail.")


class WaitingOver(Refusal):
    """The sign-on does not wait for a code any more."""

    said = gettext_lazy("This sign-in has ended: it took too long, or too many codes were wrong. Sign in again.")
    code = "waiting-over"


@dataclass(frozen=True)
class Proved:
    """A person who proved a second factor; ``amr`` says by what (RFC 8176)."""

    account: Account
    client_code: str
    amr: tuple[str, ...]


def may_mail_code(*, account: Account, at: datetime) -> bool:
    """Whether a code may be mailed for one sign-on more: six an hour, so that nobody fills the owner's mailbox."""
    return throttle.count(key=f"mailed-code:{account.id}", window=_HOUR, now=at) <= _MAILED_CODES


def wait_for_code(*, account: Account, client_code: str, at: datetime, mailed: bool = False) -> str:
    """Let a sign-on whose password was right wait for its code; the secret for the browser's cookie. ``mailed``: the code
    is in a mail to the owner, good for this browser alone; what is kept of it is worth nothing without the cookie."""
    secret, code = base62(43), f"{randbelow(10**8):08d}" if mailed else ""
    with transaction.atomic():
        Waiting.objects.create(
            digest=digest(secret), account=account, client_code=client_code, mailed=code and digest(secret + code),
            password_changed_at=account.password_changed_at, begun_at=at, expires_at=at + rules.WAITING_LIFE,
        )  # fmt: skip
        audit.record(act="factors.code-asked", by=str(account.id), at=at, subject=str(account.id), mailed=mailed)
        if mailed:
            mail_code(account, code, at)
    return secret


def try_code(*, secret: str, code: str, device: str, at: datetime) -> Proved:
    """Try a code for a sign-on that waits. WrongCode; WaitingOver after ten of them, and the owner is mailed.

    ``device`` is the known-device cookie. Of several right codes at once, one proves.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TRY, {"digest": digest(secret), "now": at, "most": rules.CODES_PER_PASSWORD})
        row = cursor.fetchone()
    if row is None:
        raise WaitingOver
    tries, account_id, client_code, mailed = row
    account = accounts.account(account_id)
    if mailed:
        amr = rules.MAILED if compare_digest(digest(secret + rules.typed(code)), mailed) else None
    else:
        amr = prove(account=account, code=code, device=device, at=at)
    if amr is not None:
        if not Waiting.objects.filter(digest=digest(secret), ended_at=None).update(ended_at=at):
            raise WaitingOver
        return Proved(account, client_code, amr)
    if tries < rules.CODES_PER_PASSWORD:
        raise WrongMailedCode if mailed else WrongCode
    with transaction.atomic():
        Waiting.objects.filter(digest=digest(secret), ended_at=None).update(ended_at=at)
        audit.record(act="factors.too-many-codes", by="anonymous", at=at, subject=str(account.id))
        if not mailed:  # the mail with the code said already what to do
            tell_of_guesses(account, tries, at)
    raise WaitingOver


def prove(*, account: Account, code: str, device: str = "", at: datetime) -> tuple[str, ...] | None:
    """Use a code up: how it proves its owner (``amr``), or None. Not inside a transaction that may be undone.

    After a hundred wrong ones in a row from devices that the owner never used only recovery codes count there; each
    known device has a count of its own.
    """
    code = rules.typed(code)
    key = _key(account, device, at)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "account": account.id, "now": at})
        counted = cursor.fetchone()[0]
    amr = None
    if rules.looks_like_otp(code):
        amr = rules.OTP if counted <= rules.WRONG_IN_A_ROW and _use_app(account.id, code, at) else None
    elif rules.looks_like_recovery(code):
        amr = rules.RECOVERY if _use_recovery(account, code, at) else None
    if amr is None:
        log.info("factors.wrong_code", account=str(account.id), closed=counted > rules.WRONG_IN_A_ROW)
        return None
    WrongCodes.objects.filter(key=key).delete()
    return amr


def _key(account: Account, device: str, at: datetime) -> str:
    own = account_services.known_device(account=account.id, device=device, now=at) if device else ""
    return digest(f"{account.id} {account.password_changed_at} {own or 'strangers'}")


def _use_app(account: UUID, code: str, at: datetime) -> bool:
    """Whether one of the account's apps shows this code, and no one has used it. One statement takes the step."""
    for app in AuthenticatorApp.objects.filter(account_id=account).exclude(confirmed_at=None):
        secret = sealing.unseal(app.sealed, app=app.id, account=account)
        steps = rules.steps_of(secret, code, now=at, beside=rules.near(app.drift))
        if any(use_step(app=app.id, step=step, at=at) for step in steps):
            return True
    return False


def use_step(*, app: UUID, step: int, at: datetime) -> bool:
    """Use up an app's time step and all before it, and keep how far off its clock is. Whether the step was there to be
    used: of two at once, one wins."""
    with connection.cursor() as cursor:
        cursor.execute(_USE_STEP, {"app": app, "step": step, "drift": rules.drift_of(step, now=at), "now": at})
        return cursor.rowcount == 1


def _use_recovery(account: Account, code: str, at: datetime) -> bool:
    """Whether this is a recovery code that was not used. Its use is mailed to the owner."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            digested = sealing.recovery_digest(code, account=account.id)
            cursor.execute(_USE_RECOVERY, {"digest": digested, "account": account.id, "now": at})
            if cursor.rowcount != 1:
                return False
        left = RecoveryCode.objects.filter(account=account, used_at=None).count()
        audit.record(act="factors.recovery-used", by=str(account.id), at=at, subject=str(account.id), left=left)
        tell_of_change(account, gettext_noop("a recovery code was used; {left} are left"), at, left=left)
    return True


def sweep(*, at: datetime) -> None:
    """Forget sign-ons that wait no more, and apps that were never proved."""
    Waiting.objects.filter(expires_at__lt=at - rules.WAITING_LIFE).delete()
    Challenge.objects.filter(expires_at__lt=at).delete()
    AuthenticatorApp.objects.filter(confirmed_at=None, begun_at__lt=at - rules.ENROLMENT_LIFE).delete()
