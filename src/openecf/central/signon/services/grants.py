"""Codes, access tokens and refresh tokens. Each is consumed or issued by one statement: a race has one winner."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openecf.central.signon import rules
from openecf.central.signon.models import Code, RefreshToken, Token
from openecf.kernel.tokens import base62, digest
from openecf.platform.audit import services as audit
from openecf.platform.postgres import prepared

_ISSUE = """
WITH live AS (
  UPDATE signon_session SET last_seen_at = %(now)s
  WHERE id = %(sso)s AND ended_at IS NULL AND expires_at > %(now)s
  RETURNING id, auth_time, acr, amr
), at_court AS (
  INSERT INTO signon_court_session (sso_id, court_id, rp_sid, first_used_at, last_used_at)
  SELECT id, %(court)s, %(rp_sid)s, %(now)s, %(now)s FROM live
  ON CONFLICT (sso_id, court_id) DO UPDATE SET last_used_at = %(now)s RETURNING sso_id, rp_sid
)
INSERT INTO signon_code
  (digest, court_id, sso_id, rp_sid, redirect_uri, challenge, nonce, scope, auth_time, acr, amr, issued_at, expires_at)
SELECT %(digest)s, %(court)s, sso_id, rp_sid, %(redirect_uri)s, %(challenge)s, %(nonce)s, %(scope)s,
  auth_time, acr, amr, %(now)s, %(expires)s
FROM at_court JOIN live ON live.id = at_court.sso_id RETURNING rp_sid
"""

_REDEEM = """
WITH used AS (
  UPDATE signon_code c SET used_at = %(now)s FROM signon_session s
  WHERE c.digest = %(code)s AND c.court_id = %(court)s AND c.redirect_uri = %(redirect_uri)s
    AND c.challenge = %(challenge)s AND c.used_at IS NULL AND c.expires_at > %(now)s
    AND s.id = c.sso_id AND s.ended_at IS NULL AND s.expires_at > %(now)s
  RETURNING c.digest, c.court_id, c.sso_id, c.rp_sid, c.redirect_uri, c.challenge, c.nonce, c.scope,
    s.account_id, c.auth_time, c.acr, c.amr
), issued AS (
  INSERT INTO signon_token (digest, code, court_id, sso_id, rp_sid, scope, issued_at, expires_at)
  SELECT %(token)s, digest, court_id, sso_id, rp_sid, scope, %(now)s, %(expires)s FROM used
), lasting AS (
  INSERT INTO signon_refresh (digest, family, court_id, sso_id, rp_sid, scope, issued_at, expires_at)
  SELECT %(refresh)s, digest, court_id, sso_id, rp_sid, scope, %(now)s, %(refresh_expires)s FROM used
  WHERE 'offline_access' = ANY(string_to_array(scope, ' '))
)
SELECT rp_sid, redirect_uri, challenge, nonce, scope, account_id, auth_time, acr, amr FROM used
"""

_REFRESH = """
WITH used AS (
  UPDATE signon_refresh r SET used_at = %(now)s FROM signon_session s
  WHERE r.digest = %(shown)s AND r.court_id = %(court)s AND r.used_at IS NULL AND r.revoked_at IS NULL
    AND r.expires_at > %(now)s AND s.id = r.sso_id AND s.ended_at IS NULL AND s.expires_at > %(now)s
  RETURNING r.family, r.court_id, r.sso_id, r.rp_sid, r.scope, r.expires_at, s.account_id
), issued AS (
  INSERT INTO signon_token (digest, code, court_id, sso_id, rp_sid, scope, issued_at, expires_at)
  SELECT %(token)s, family, court_id, sso_id, rp_sid, scope, %(now)s, %(expires)s FROM used
), lasting AS (
  INSERT INTO signon_refresh (digest, family, court_id, sso_id, rp_sid, scope, issued_at, expires_at)
  SELECT %(refresh)s, family, court_id, sso_id, rp_sid, scope, %(now)s, expires_at FROM used
)
SELECT scope, account_id FROM used
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
    refresh_token: str = ""
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


@dataclass(frozen=True)
class Refreshed:
    """What a refresh token gave. The shape that Authlib asks of a refresh token."""

    scope: str
    account: UUID
    access_token: str
    refresh_token: str

    def get_scope(self) -> str:
        return self.scope

    def check_client(self, _client: object) -> bool:
        """Checked in the statement that used it."""
        return True


def issue_code(
    *, sso: UUID, court: str, redirect_uri: str, challenge: str, nonce: str, scope: str, at: datetime
) -> str:
    """A code for this court, and the session's name at that court. SessionEnded if the sign-on is over."""
    code = base62(43)
    issued = prepared.row(
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
    if issued is None:
        raise SessionEnded
    return code


def redeem_code(*, code: str, court: str, redirect_uri: str, challenge: str, at: datetime) -> Redeemed | None:
    """Use a code up and issue its access token, in one statement. None if it is not this court's, not live, not the
    verifier's, or used before: then everything that it gave dies."""
    token, refresh = base62(43), base62(43)
    row = prepared.row(
        _REDEEM,
        {
            "now": at,
            "code": digest(code),
            "court": court,
            "redirect_uri": redirect_uri,
            "challenge": challenge,
            "token": digest(token),
            "expires": at + rules.TOKEN_LIFE,
            "refresh": digest(refresh),
            "refresh_expires": at + rules.REFRESH_LIFE,
        },
    )
    if row is None:
        used = Code.objects.filter(digest=digest(code), court_id=court).exclude(used_at=None).first()
        if used is not None:
            _punish_replay(act="signon.code-replayed", family=used.digest, court=court, sso=used.sso_id, at=at)
        return None
    *facts, amr = row
    lasting = refresh if "offline_access" in row[4].split() else ""
    return Redeemed(*facts, amr=tuple(json.loads(amr)), access_token=token, refresh_token=lasting)


def refresh(*, token: str, court: str, at: datetime) -> Refreshed | None:
    """Use a refresh token up: an access token and the next refresh token, in one statement. None if it is not this
    court's, not live or used before: a second use means that two hold it, so its whole family dies."""
    access, following = base62(43), base62(43)
    row = prepared.row(
        _REFRESH,
        {
            "now": at,
            "shown": digest(token),
            "court": court,
            "token": digest(access),
            "expires": at + rules.TOKEN_LIFE,
            "refresh": digest(following),
        },
    )
    if row is None:
        used = RefreshToken.objects.filter(digest=digest(token), court_id=court).exclude(used_at=None).first()
        if used is not None:
            _punish_replay(act="signon.refresh-replayed", family=used.family, court=court, sso=used.sso_id, at=at)
        return None
    return Refreshed(*row, access_token=access, refresh_token=following)


def _punish_replay(*, act: str, family: str, court: str, sso: UUID, at: datetime) -> None:
    with transaction.atomic():
        if _end_family(family=family, at=at):
            audit.record(act=act, by=f"court:{court}", at=at, subject=f"session:{sso}")


def _end_family(*, family: str, at: datetime) -> int:
    """End all that one code gave, directly and by refresh. How many of them were live. Inside the caller's transaction.

    A refresh under way holds its token's row, and its successor comes to light when it is done, too late for the
    statement that waited for it: so until one finds nothing more.
    """
    ended = 0
    while True:
        found = Token.objects.filter(code=family, revoked_at=None).update(revoked_at=at)
        found += RefreshToken.objects.filter(family=family, revoked_at=None).update(revoked_at=at)
        if not found:
            return ended
        ended += found


def revoke_token(*, token: str, court: str, at: datetime) -> bool:
    """End a token that this court was given: an access token alone, a refresh token with its family (RFC 7009 2.1).
    Whether there was one."""
    with transaction.atomic():
        lasting = RefreshToken.objects.filter(digest=digest(token), court_id=court, revoked_at=None).first()
        if lasting is not None:
            ended = _end_family(family=lasting.family, at=at)
        else:
            access = Token.objects.filter(digest=digest(token), court_id=court, revoked_at=None)
            ended = access.update(revoked_at=at)
        if ended:
            audit.record(act="signon.token-revoked", by=f"court:{court}", at=at)
    return bool(ended)


_TAKE = "INSERT INTO signon_assertion (digest, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING"


def take_assertion(*, court: str, jti: str, expires_at: datetime) -> bool:
    """Whether this client assertion is used for the first time. One statement: of two at once, one wins."""
    return prepared.run(_TAKE, [digest(f"{court} {jti}"), expires_at]) == 1
