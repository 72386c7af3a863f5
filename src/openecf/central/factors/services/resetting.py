"""Taking an account's second factors away because its owner lost them all. Two people of the Service Center decide it;
nothing here asks whether they did."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from openecf.central.accounts import services as accounts
from openecf.central.accounts.services import closing
from openecf.central.factors.models import AuthenticatorApp, Challenge, Passkey, RecoveryCode, Waiting, WrongCodes
from openecf.central.signon import services as sign_ons
from openecf.platform.audit import services as audit


def reset_factors(*, account: UUID, by: str, approved_by: str, at: datetime) -> None:
    """No app, no passkey and no recovery code counts any more, every sign-on is over, and the password opens nothing.

    Whoever asked may be somebody who knows the password and wants to be rid of the second factor: so the owner begins
    again at the mailbox, with a new password, and is led to set up a new app.
    """
    with transaction.atomic():
        accounts.hold(account=account)
        apps, _ = AuthenticatorApp.objects.filter(account_id=account).delete()
        passkeys, _ = Passkey.objects.filter(account_id=account).delete()
        Challenge.objects.filter(account_id=account, used_at=None).update(used_at=at)
        codes, _ = RecoveryCode.objects.filter(account_id=account).delete()
        Waiting.objects.filter(account_id=account, ended_at=None).update(ended_at=at)
        WrongCodes.objects.filter(account_id=account).delete()
        accounts.ask_second_factor(account=account, since=None)
        closing.spoil_password(account=account, at=at)
        sign_ons.end_all(account=account, why="second-factors-reset", by=by, at=at)
        audit.record(
            act="factors.reset", by=by, at=at, subject=str(account), approved_by=approved_by, apps=apps,
            passkeys=passkeys, codes=codes,
        )  # fmt: skip


def take_away_newer(*, account: UUID, since: datetime) -> int:
    """Apps, passkeys and recovery codes that were added since then count no more; older ones stay. How many went.

    Inside the transaction of the act that says why, which holds the account and ends its sign-ons.
    """
    newer = Q(confirmed_at=None) | Q(confirmed_at__gte=since)
    gone = AuthenticatorApp.objects.filter(newer, account_id=account).delete()[0]
    gone += Passkey.objects.filter(account_id=account, added_at__gte=since).delete()[0]
    gone += RecoveryCode.objects.filter(account_id=account, made_at__gte=since).delete()[0]
    if not any(kind.objects.filter(account_id=account).exists() for kind in (AuthenticatorApp, Passkey)):
        RecoveryCode.objects.filter(account_id=account).delete()
        accounts.ask_second_factor(account=account, since=None)
    return gone


def forgive_wrong_codes(*, account: UUID) -> None:
    """Wrong codes so far do not count any more. Inside the transaction of the act that says why."""
    WrongCodes.objects.filter(account_id=account).delete()
