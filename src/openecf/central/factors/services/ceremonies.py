"""The ceremonies of passkeys (W3C Web Authentication 3): what the browser is asked, and whether its answer is right.

Each challenge is good for one answer: one statement takes it, before the answer is looked at.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from openecf.central.accounts import queries as accounts
from openecf.central.factors import rules
from openecf.central.factors.models import Challenge, Passkey, Waiting
from openecf.central.factors.services.proving import Proved
from openecf.central.factors.services.telling import tell_of_copied_passkey
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import digest
from openecf.platform.audit import services as audit

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

log = structlog.get_logger()
Purpose = Challenge.Purpose
_NAME = "Central Sign-On"
_TRANSPORTS = frozenset({"ble", "hybrid", "internal", "nfc", "smart-card", "usb"})
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, struct.error, OverflowError)
"""What the library answers bytes with that are no answer of a browser."""

_TAKE = """
UPDATE factor_challenge SET used_at = %(now)s
WHERE challenge = %(challenge)s AND purpose = %(purpose)s AND holder = %(holder)s AND rp_id = %(rp_id)s
  AND used_at IS NULL AND expires_at > %(now)s
RETURNING id, account_id, name
"""
_COUNT = """
UPDATE factor_passkey SET sign_count = %(shown)s, last_used_at = %(now)s
WHERE id = %(passkey)s AND (sign_count < %(shown)s OR (sign_count = 0 AND %(shown)s = 0))
"""
_END_WAITING = """
UPDATE factor_waiting w SET ended_at = %(now)s FROM account a
WHERE w.digest = %(digest)s AND w.ended_at IS NULL AND w.expires_at > %(now)s AND w.account_id = %(account)s
  AND a.id = w.account_id AND a.is_active AND a.password_changed_at IS NOT DISTINCT FROM w.password_changed_at
RETURNING w.client_code
"""


class WrongPasskey(Refusal):
    """Not one of ours, removed, for another site, not in time, or shown twice: all the same to the caller."""

    said = gettext_lazy(
        "This passkey did not open the account. It may have been removed, or the page was open for too long. Try again, "
        "or sign in with your password."
    )
    code = "wrong-passkey"


@dataclass(frozen=True)
class Taken:
    """A challenge that was used up just now."""

    id: UUID
    account: UUID | None
    name: str
    challenge: str


def _server(site: rules.PasskeySite) -> Fido2Server:
    allowed: Callable[[str], bool] = site.origins.__contains__
    return Fido2Server(PublicKeyCredentialRpEntity(id=site.rp_id, name=_NAME), verify_origin=allowed)


def new_challenge(
    *,
    purpose: Challenge.Purpose,
    site: rules.PasskeySite,
    at: datetime,
    account: Account | None = None,
    holder: str = "",
    name: str = "",
) -> Challenge:
    """A fresh challenge for one ceremony."""
    return Challenge.objects.create(
        challenge=websafe_encode(os.urandom(32)), purpose=purpose, holder=digest(holder) if holder else "",
        account=account, name=name, rp_id=site.rp_id, expires_at=at + rules.CHALLENGE_LIFE,
    )  # fmt: skip


def options_to_add(*, challenge: Challenge, account: Account, site: rules.PasskeySite) -> dict[str, Any]:
    """What ``navigator.credentials.create`` is asked: a passkey that its owner unlocks, not one that exists already."""
    user = PublicKeyCredentialUserEntity(
        id=account.id.bytes, name=account.username, display_name=f"{account.name.direct} ({account.number})"
    )
    asked, _ = _server(site).register_begin(
        user,
        _descriptors(account.id, site),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=websafe_decode(challenge.challenge),
    )
    return dict(asked.public_key)


def options_to_prove(*, challenge: Challenge, site: rules.PasskeySite, account: UUID | None = None) -> dict[str, Any]:
    """What ``navigator.credentials.get`` is asked: one of the account's passkeys, or, without one, any of this site."""
    asked, _ = _server(site).authenticate_begin(
        _descriptors(account, site) if account else None,
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=websafe_decode(challenge.challenge),
    )
    return dict(asked.public_key)


def _descriptors(account: UUID, site: rules.PasskeySite) -> list[PublicKeyCredentialDescriptor]:
    rows = Passkey.objects.filter(account_id=account, rp_id=site.rp_id).order_by("added_at")
    kind = PublicKeyCredentialType.PUBLIC_KEY
    return [
        PublicKeyCredentialDescriptor(type=kind, id=bytes(row.credential_id), transports=row.transports or None)
        for row in rows
    ]


def _take(
    answer: str, purpose: Challenge.Purpose, holder: str, site: rules.PasskeySite, at: datetime
) -> tuple[dict, Taken]:
    """The answer as read, and the challenge that it answers, used up from now on. WrongPasskey."""
    try:
        if len(answer) > rules.LARGEST_ANSWER:
            raise ValueError("too large")
        read = json.loads(answer)
        shown = json.loads(websafe_decode(read["response"]["clientDataJSON"]))["challenge"]
        asked = {"challenge": str(shown)[:64], "purpose": purpose, "rp_id": site.rp_id, "now": at,
                 "holder": digest(holder) if holder else ""}  # fmt: skip
        if "\0" in asked["challenge"]:
            raise ValueError("not a challenge")
    except (*_MALFORMED, RecursionError):
        raise WrongPasskey from None
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, asked)
        row = cursor.fetchone()
    if row is None:
        raise WrongPasskey
    return read, Taken(row[0], row[1], row[2], asked["challenge"])


def take_new(*, answer: str, holder: str, site: rules.PasskeySite, at: datetime) -> tuple[Taken, Passkey]:
    """What a browser made: the challenge that it answers, and the passkey, not saved yet. WrongPasskey."""
    read, taken = _take(answer, Purpose.ADD, holder, site, at)
    state = {"challenge": taken.challenge, "user_verification": UserVerificationRequirement.REQUIRED}
    try:
        made: AuthenticatorData = _server(site).register_complete(state, read)
        transports = read["response"].get("transports") or []
        data = made.credential_data
        passkey = Passkey(
            account_id=taken.account, name=taken.name, rp_id=site.rp_id, credential_id=data.credential_id,
            credential=bytes(data), transports=[one for one in transports if one in _TRANSPORTS],
            synced=bool(made.flags & AuthenticatorData.FLAG.BE), sign_count=made.counter, added_at=at,
        )  # fmt: skip
    except _MALFORMED as wrong:
        log.info("passkey.not_added", why=str(wrong)[:80])
        raise WrongPasskey from None
    return taken, passkey


def try_passkey(*, answer: str, site: rules.PasskeySite, at: datetime) -> Account:
    """Whose passkey this is, proved by it alone. WrongPasskey. Not inside a transaction that may be undone."""
    read, taken = _take(answer, Purpose.SIGN_ON, "", site, at)
    passkey = _verified(read, taken, site, at, verification=UserVerificationRequirement.REQUIRED, named=True)
    return passkey.account


def try_passkey_after_password(*, answer: str, waiting: str, site: rules.PasskeySite, at: datetime) -> Proved:
    """A passkey as the second step of a sign-on that waits (``waiting`` is its cookie's secret). WrongPasskey."""
    read, taken = _take(answer, Purpose.SECOND, waiting, site, at)
    passkey = _verified(read, taken, site, at, verification=UserVerificationRequirement.REQUIRED, named=False)
    with connection.cursor() as cursor:
        cursor.execute(_END_WAITING, {"digest": digest(waiting), "account": passkey.account_id, "now": at})
        row = cursor.fetchone()
    if row is None:
        raise WrongPasskey
    return Proved(accounts.account(passkey.account_id), row[0], rules.PASSKEY_AFTER_PASSWORD)


def _verified(
    read: dict, taken: Taken, site: rules.PasskeySite, at: datetime, *, verification: str, named: bool
) -> Passkey:
    """The passkey that signed. ``named``: the answer itself says whose it is, and must."""
    state = {"challenge": taken.challenge, "user_verification": verification}
    try:
        answer = AuthenticationResponse.from_dict(read)
        passkey = Passkey.objects.select_related("account").get(credential_id=answer.raw_id, rp_id=site.rp_id)
        _server(site).authenticate_complete(state, [AttestedCredentialData(bytes(passkey.credential))], read)
        owner, shown = answer.response.user_handle, answer.response.authenticator_data.counter
        if owner != passkey.account_id.bytes if named or owner else taken.account != passkey.account_id:
            raise ValueError("somebody else's")
        if taken.account not in (None, passkey.account_id) or not passkey.account.is_active:
            raise ValueError("somebody else's, or closed")
    except (*_MALFORMED, Passkey.DoesNotExist) as wrong:
        log.info("passkey.refused", why=type(wrong).__name__)
        raise WrongPasskey from None
    _count(passkey, shown, at)
    return passkey


def _count(passkey: Passkey, shown: int, at: datetime) -> None:
    """Note the use. A counter that does not move on is that of a copy: the passkey opens nothing, the owner is told."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"passkey": passkey.id, "shown": shown, "now": at})
        if cursor.rowcount == 1:
            return
    with transaction.atomic():
        audit.record(
            act="factors.passkey-copied",
            by="anonymous",
            at=at,
            subject=str(passkey.account_id),
            passkey=str(passkey.id),
        )
        tell_of_copied_passkey(passkey.account, passkey.name, at)
    raise WrongPasskey


def waiting_account(*, waiting: str, at: datetime) -> UUID | None:
    """Whose sign-on waits for its second step under this cookie; None if none does."""
    row = Waiting.objects.filter(digest=digest(waiting), ended_at=None, expires_at__gt=at).first()
    return row.account_id if row else None
