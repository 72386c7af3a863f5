"""Beginning and ending sign-ons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from openecf.central.accounts import services as accounts
from openecf.central.signon import rules
from openecf.central.signon.models import SsoSession
from openecf.central.signon.services.logout import DELIVER
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import base62, digest
from openecf.platform.audit import services as audit
from openecf.platform.jobs import services as jobs

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

_END = """
WITH ended AS (
  UPDATE signon_session SET ended_at = %(now)s, ended_why = %(why)s
  WHERE id = ANY(%(ids)s) AND ended_at IS NULL RETURNING id, account_id
), courts AS (
  SELECT c.court_id, c.rp_sid, e.account_id FROM signon_court_session c JOIN ended e ON e.id = c.sso_id
), revoked AS (
  INSERT INTO signon_revocation (court_id, rp_sid) SELECT court_id, rp_sid FROM courts
), queued AS (
  INSERT INTO signon_logout_delivery (court_id, rp_sid, subject, attempts, next_at)
  SELECT court_id, rp_sid, account_id, 0, %(now)s FROM courts
)
SELECT (SELECT count(*) FROM ended), (SELECT count(*) FROM courts)
"""

_SURPLUS = """
SELECT id FROM signon_session WHERE account_id = %(account)s AND kind = %(kind)s AND ended_at IS NULL
ORDER BY created_at DESC OFFSET %(keep)s
"""


class ClientCodeMissing(Refusal):
    """The account may not search without a client code; the token works for everything else."""

    said = gettext_lazy(
        "A required Client Code was not entered. You may continue to log in and perform other activities "
        "(e.g. filing), but you may not search."
    )
    code = "client-code-missing"


class RedactionNotConfirmed(Refusal):
    """A filer must confirm the duty to redact at every sign-on."""

    said = gettext_lazy(
        "All filers must redact: Social Security or taxpayer-identification numbers; dates of birth; names of minor "
        "children; financial account numbers; and in criminal cases, home addresses, in compliance with Fed. R. App. P. "
        "25(a)(5), Fed. R. Civ. P. 5.2, Fed. R. Crim. P. 49.1, or Fed. R. Bankr. P. 9037. This requirement applies to "
        "all documents, including attachments. Send redactFlag 1 to confirm that you have read this."
    )
    code = "redaction-not-confirmed"


@dataclass(frozen=True)
class Begun:
    """A new sign-on. ``secret`` is the cookie or the 128-character token; it is shown once and not kept."""

    session: SsoSession
    secret: str
    warning: str = ""


def sign_on(
    *,
    username: str,
    password: str,
    client_code: str = "",
    address: str,
    user_agent: str = "",
    known_device: str = "",
    replaces: SsoSession | None = None,
    at: datetime,
) -> Begun:
    """Begin a browser's sign-on; NotSignedOn if the password is wrong. A session that it replaces ends.

    The session id is always new, so a cookie planted before the sign-on opens nothing (ASVS 7.2.4).
    """
    account = accounts.check_password(
        username=username, password=password, now=at, address=address, device=known_device
    )
    secret = base62(43)
    with transaction.atomic():
        session = _begin(
            account,
            SsoSession.Kind.BROWSER,
            digest(secret),
            client_code,
            address,
            user_agent,
            selector=None,
            told=None,
            at=at,
        )
        if replaces is not None and replaces.account_id != account.id:
            _end([replaces.id], "replaced", at)
    return Begun(session, secret)


def sign_on_program(
    *,
    username: str,
    password: str,
    client_code: str = "",
    redaction_confirmed: bool,
    address: str,
    user_agent: str = "",
    at: datetime,
) -> Begun:
    """Begin a program's sign-on (PACER Authentication API). NotSignedOn, RedactionNotConfirmed."""
    account = accounts.check_password(username=username, password=password, now=at, address=address)
    if account.type in rules.FILERS and not redaction_confirmed:
        raise RedactionNotConfirmed
    selector, secret = base62(22), base62(106)
    with transaction.atomic():
        session = _begin(
            account,
            SsoSession.Kind.API,
            digest(secret),
            client_code,
            address,
            user_agent,
            selector=selector,
            told=at,
            at=at,
        )
    return Begun(session, selector + secret, _warning(account, client_code))


def _warning(account: Account, client_code: str) -> str:
    """What limits this sign-on, in the API's words; "" if nothing does."""
    if account.type == "paa":
        return "A PACER Administrative Account (PAA) cannot be used to search or view case information."
    if account.upgraded_at is None:
        return "Your PACER account must be upgraded before it can be used with a NextGen court."
    if account.search_status != "active":
        return "Your search privileges are disabled. Contact the PACER Service Center."
    if account.client_code_required and not client_code:
        return str(ClientCodeMissing.said)
    return ""


def _begin(
    account: Account,
    kind: str,
    secret_digest: str,
    client_code: str,
    address: str,
    user_agent: str,
    *,
    selector: str | None,
    told: datetime | None,
    at: datetime,
) -> SsoSession:
    session = SsoSession.objects.create(
        account=account,
        kind=kind,
        selector=selector,
        digest=secret_digest,
        auth_time=at,
        acr=rules.AAL1,
        amr=["pwd"],
        client_code=client_code[:32],
        told_at=told,
        address=address or None,
        device=user_agent[:200],
        created_at=at,
        last_seen_at=at,
        expires_at=at + rules.ABSOLUTE,
    )
    with connection.cursor() as cursor:
        cursor.execute(_SURPLUS, {"account": account.id, "kind": kind, "keep": rules.SESSIONS_OF_A_KIND})
        surplus = [row[0] for row in cursor.fetchall()]
    if surplus:
        _end(surplus, "too-many", at)
    audit.record(
        act="signon.signed-on",
        by=str(account.id),
        at=at,
        subject=f"session:{session.id}",
        address=address or None,
        kind=kind,
    )
    return session


def confirm_told(*, session: SsoSession, at: datetime) -> None:
    """The person read what had to be read (redaction, the account's limits)."""
    with transaction.atomic():
        SsoSession.objects.filter(id=session.id, told_at=None).update(told_at=at)
        audit.record(act="signon.told", by=str(session.account_id), at=at, subject=f"session:{session.id}")


def sign_off(*, session: SsoSession, at: datetime) -> None:
    """End this sign-on at every court."""
    end_sessions(ids=[session.id], why="signed-off", by=str(session.account_id), at=at)


def sign_off_program(*, token: str, at: datetime) -> bool:
    """End the sign-on behind a program's token. Whether it was live."""
    ids = list(
        SsoSession.objects.filter(selector=token[:22], digest=digest(token[22:]), ended_at=None).values_list(
            "id", flat=True
        )
    )
    if ids:
        end_sessions(ids=ids, why="signed-off", by="program", at=at)
    return bool(ids)


def end_sessions(*, ids: Sequence[UUID], why: str, by: str, at: datetime) -> int:
    """End these sign-ons everywhere; how many were live. Courts learn it at once, and again from the feed."""
    with transaction.atomic():
        ended = _end(ids, why, at)
        if ended:
            audit.record(act="signon.ended", by=by, at=at, why=why, sessions=[str(one) for one in ids])
    return ended


def end_all(*, account: UUID, why: str, by: str, at: datetime, but: UUID | None = None) -> int:
    """End every sign-on of an account (password changed, account disabled, owner's wish), all but one if asked."""
    live = SsoSession.objects.filter(account_id=account, ended_at=None, expires_at__gt=at).exclude(id=but)
    return end_sessions(ids=list(live.values_list("id", flat=True)), why=why, by=by, at=at)


def _end(ids: Sequence[UUID], why: str, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_END, {"ids": list(ids), "why": why, "now": at})
        ended, courts = cursor.fetchone()
    if courts:
        jobs.defer(DELIVER)
    return ended
