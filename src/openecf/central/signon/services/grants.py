"""Codes and access tokens. Each is consumed or issued by one statement, so that a race has one winner."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from openecf.central.signon import rules
from openecf.central.signon.models import Code, Token
from openecf.kernel.tokens import base62, digest
from openecf.platform.audit import services as audit

_ISSUE = """
WITH live AS (
  UPDATE signon_session SET last_seen_at = %(now)s
  WHERE id = %(sso)s AND ended_at IS NULL AND expires_at > %(now)s RETURNING id
), at_court AS (
  INSERT INTO signon_court_session (sso_id, court_id, rp_sid, first_used_at, last_used_at)
  SELECT id, %(court)s, %(rp_sid)s, %(now)s, %(now)s FROM live
  ON CONFLICT (sso_id, court_id) DO UPDATE SET last_used_at = %(now)s RETURNING sso_id, rp_sid
)
INSERT INTO signon_code
  (digest, court_id, sso_id, rp_sid, redirect_uri, challenge, nonce, scope, issued_at, expires_at)
SELECT %(digest)s, %(court)s, sso_id, rp_sid, %(redirect_uri)s, %(challenge)s, %(nonce)s, %(scope)s,
  %(now)s, %(expires)s
FROM at_court RETURNING rp_sid
"""

_REDEEM = """
WITH used AS (
  UPDATE signon_code c SET used_at = %(now)s FROM signon_session s
  WHERE c.digest = %(code)s AND c.court_id = %(court)s AND c.redirect_uri = %(redirect_uri)s
    AND c.challenge = %(challenge)s AND c.used_at IS NULL AND c.expires_at > %(now)s
    AND s.id = c.sso_id AND s.ended_at IS NULL AND s.expires_at > %(now)s
  RETURNING c.digest, c.court_id, c.sso_id, c.rp_sid, c.redirect_uri, c.challenge, c.nonce, c.scope,
    s.account_id, s.auth_time, s.acr, s.amr
), issued AS (
  INSERT INTO signon_token (digest, code, court_id, sso_id, rp_sid, scope, issued_at, expires_at)
  SELECT %(token)s, digest, court_id, sso_id, rp_sid, scope, %(now)s, %(expires)s FROM used
)
SELECT rp_sid, redirect_uri, challenge, nonce, scope, account_id, auth_time, acr, amr FROM used
"""


class SessionEnded(Exception):
    """The sign-on ended between the page and the code."""


@dataclass(frozen=True)
class Redeemed:
    """What a code stood for. The shape that Authlib asks of an authorization code."""

    rp_sid: str
    redirect_uri: str
    code_challenge: str
    nonce: str
    scope: str
    account: UUID
    auth_time: datetime
    acr: str
    amr: tuple[str, ...]
    access_token: str
    code_challenge_method: str = "S256"

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.auth_time.timestamp())

    def get_acr(self) -> str:
        return self.acr

    def get_amr(self) -> list[str]:
        return list(self.amr)


def issue_code(
    *, sso: UUID, court: str, redirect_uri: str, challenge: str, nonce: str, scope: str, at: datetime
) -> str:
    """A code for this court, and the session's name at that court. SessionEnded if the sign-on is over."""
    code = base62(43)
    with connection.cursor() as cursor:
        cursor.execute(
            _ISSUE,
            {
                "now": at,
                "sso": sso,
                "court": court,
                "rp_sid": base62(32),
                "digest": digest(code),
                "redirect_uri": redirect_uri,
                "challenge": challenge,
                "nonce": nonce,
                "scope": scope,
                "expires": at + rules.CODE_LIFE,
            },
        )
        if cursor.fetchone() is None:
            raise SessionEnded
    return code


def redeem_code(*, code: str, court: str, redirect_uri: str, challenge: str, at: datetime) -> Redeemed | None:
    """Use a code up and issue its access token, in one statement. None if it is not this court's, not live, not the
    verifier's, or used before: then everything that it gave dies."""
    token = base62(43)
    with connection.cursor() as cursor:
        cursor.execute(
            _REDEEM,
            {
                "now": at,
                "code": digest(code),
                "court": court,
                "redirect_uri": redirect_uri,
                "challenge": challenge,
                "token": digest(token),
                "expires": at + rules.TOKEN_LIFE,
            },
        )
        row = cursor.fetchone()
    if row is None:
        _punish_replay(code=code, court=court, at=at)
        return None
    *facts, amr = row
    return Redeemed(*facts, amr=tuple(json.loads(amr)), access_token=token)


def _punish_replay(*, code: str, court: str, at: datetime) -> None:
    used = Code.objects.filter(digest=digest(code), court_id=court).exclude(used_at=None).first()
    if used is None:
        return
    with transaction.atomic():
        revoked = Token.objects.filter(code=used.digest, revoked_at=None).update(revoked_at=at)
        if revoked:
            audit.record(act="signon.code-replayed", by=f"court:{court}", at=at, subject=f"session:{used.sso_id}")


def revoke_token(*, token: str, court: str, at: datetime) -> bool:
    """End an access token that this court was given. Whether there was one."""
    return bool(Token.objects.filter(digest=digest(token), court_id=court, revoked_at=None).update(revoked_at=at))


_TAKE = "INSERT INTO signon_assertion (digest, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING"


def take_assertion(*, court: str, jti: str, expires_at: datetime) -> bool:
    """Whether this client assertion is used for the first time. One statement: of two at once, one wins."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [digest(f"{court} {jti}"), expires_at])
        return cursor.rowcount == 1
