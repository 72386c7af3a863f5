"""Reading sign-ons, relying parties and what a court may know. One statement each."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db.models import Q
from joserfc.jwk import OKPKey

from openecf.central.accounts import queries as accounts
from openecf.central.signon import rules
from openecf.central.signon.models import Client, CourtSession, SigningKey, SsoSession
from openecf.kernel import client_codes
from openecf.kernel.tokens import base62, digest
from openecf.platform.postgres import prepared

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

_TOUCH = timedelta(seconds=60)
# A row of sixty columns costs more to read than to find: the provider's endpoints take what they need.
_SESSION_FIELDS = ("id", "account_id", "kind", "auth_time", "acr", "amr", "client_code", "reads_as", "told_at",
                   "expires_at")  # fmt: skip
_COLUMNS = ", ".join(
    [*(f"s.{name}" for name in _SESSION_FIELDS), *accounts.columns(of="a", fields=accounts.TOLD_TO_COURTS)]
)
_AMR = _SESSION_FIELDS.index("amr")
_WHOLE_ACCOUNT = ", ".join([*(f"s.{name}" for name in _SESSION_FIELDS), *accounts.columns(of="a")])
_LIVE = "s.ended_at IS NULL AND s.expires_at > %(now)s AND s.last_seen_at > %(idle)s AND a.is_active"

_BY_COOKIE = """
WITH touched AS (
  UPDATE signon_session SET last_seen_at = %(now)s
  WHERE digest = %(digest)s AND kind = 'browser' AND last_seen_at < %(touch)s AND last_seen_at > %(idle)s
)
SELECT {columns} FROM signon_session s JOIN account a ON a.id = s.account_id
WHERE s.digest = %(digest)s AND s.kind = 'browser' AND {live}
"""
_BY_COOKIE_FOR_COURTS = _BY_COOKIE.format(columns=_COLUMNS, live=_LIVE)
_BY_COOKIE_WHOLE = _BY_COOKIE.format(columns=_WHOLE_ACCOUNT, live=_LIVE)

_BY_TOKEN = f"""
SELECT t.rp_sid, t.court_id, t.scope, t.expires_at, {_COLUMNS}
FROM signon_token t JOIN signon_session s ON s.id = t.sso_id JOIN account a ON a.id = s.account_id
WHERE t.digest = %(digest)s AND t.revoked_at IS NULL AND t.expires_at > %(now)s AND {_LIVE}
"""  # noqa: S608

_BY_API_TOKEN = f"""
WITH live AS (
  UPDATE signon_session s SET last_seen_at = %(now)s FROM account a
  WHERE a.id = s.account_id AND s.selector = %(selector)s AND s.digest = %(digest)s AND s.kind = 'api' AND {_LIVE}
  RETURNING s.id
), at_court AS (
  INSERT INTO signon_court_session (sso_id, court_id, rp_sid, first_used_at, last_used_at)
  SELECT id, %(court)s, %(rp_sid)s, %(now)s, %(now)s FROM live
  ON CONFLICT (sso_id, court_id) DO UPDATE SET last_used_at = %(now)s RETURNING sso_id, rp_sid
)
SELECT c.rp_sid, {_COLUMNS}
FROM at_court c JOIN signon_session s ON s.id = c.sso_id JOIN account a ON a.id = s.account_id
"""  # noqa: S608

_FEED = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
  coalesce((SELECT json_agg(rp_sid) FROM signon_revocation WHERE court_id = %s AND xid >= %s), '[]')::text,
  coalesce((SELECT json_agg(kid) FROM signon_key WHERE withdrawn_at <= %s), '[]')::text
"""


@dataclass(frozen=True)
class SignOn:
    """A live sign-on and its account; ``rp_sid``, ``court`` and ``scope`` where a court's credential found it."""

    session: SsoSession
    account: Account
    rp_sid: str = ""
    court: str = ""
    scope: str = ""
    expires_at: datetime | None = None


def _sign_on(row: tuple, *, whole: bool = False) -> SignOn:
    split = len(_SESSION_FIELDS)
    values = list(row[:split])
    values[_AMR] = json.loads(values[_AMR])
    session = SsoSession.from_db("default", _SESSION_FIELDS, values)
    account = (
        accounts.from_columns(row[split:]) if whole else accounts.from_columns(row[split:], accounts.TOLD_TO_COURTS)
    )
    session.account = account
    return SignOn(session, account)


def by_cookie(*, cookie: str, now: datetime, whole: bool = True) -> SignOn | None:
    """The live sign-on of a browser's cookie; its last use is noted once a minute, in the same statement.

    ``whole``: with all of the account, for its owner's pages; else with what courts are told.
    """
    row = prepared.row(
        _BY_COOKIE_WHOLE if whole else _BY_COOKIE_FOR_COURTS,
        {"digest": digest(cookie), "now": now, "idle": now - rules.IDLE, "touch": now - _TOUCH},
    )
    return _sign_on(row, whole=whole) if row else None


def by_access_token(*, token: str, now: datetime) -> SignOn | None:
    """The sign-on that an access token speaks for; None if it is not live."""
    row = prepared.row(_BY_TOKEN, {"digest": digest(token), "now": now, "idle": now - rules.ABSOLUTE})
    if row is None:
        return None
    found = _sign_on(row[4:])
    return SignOn(found.session, found.account, rp_sid=row[0], court=row[1], scope=row[2], expires_at=row[3])


def by_api_token(*, token: str, court: str, now: datetime) -> SignOn | None:
    """The sign-on behind a program's 128-character token, as ``court`` knows it; its use is noted."""
    if len(token) != 128 or not token.isascii() or not token.isalnum():
        return None
    row = prepared.row(
        _BY_API_TOKEN,
        {
            "selector": token[:22],
            "digest": digest(token[22:]),
            "court": court,
            "rp_sid": base62(32),
            "now": now,
            "idle": now - rules.IDLE,
        },
    )
    if row is None:
        return None
    found = _sign_on(row[1:])
    return SignOn(found.session, found.account, rp_sid=row[0], court=court, expires_at=found.session.expires_at)


def may_search(sign_on: SignOn) -> bool:
    """Whether this sign-on may look at cases: the account may, and a client code was given as it, or its firm, asks."""
    account, code = sign_on.account, sign_on.session.client_code
    fits = client_codes.fits(code, account.client_code_format) if code else not account.client_code_required
    return fits and _account_may_search(account)


def _account_may_search(account: Account) -> bool:
    return rules.may_search(
        account_type=account.type,
        upgraded=account.upgraded_at is not None,
        is_active=account.is_active,
        search_status=account.search_status,
    )


def facts(sign_on: SignOn) -> dict[str, object]:
    """What a court is told about the person: the fields of ``relying_party.rules.SignedOn``, JSON types."""
    account, session = sign_on.account, sign_on.session
    parts = (account.first_name, account.middle_name, account.last_name, account.generation)
    return {
        "sub": str(account.id),
        "number": account.number,
        "preferred_username": account.username,
        "name": " ".join(part for part in parts if part),
        "email": account.email,
        "account_type": account.type,
        "upgraded": account.upgraded_at is not None,
        "shared": account.is_shared,
        "two_step": account.second_factor_since is not None,
        "may_search": may_search(sign_on),
        "client_code": session.client_code,
        "reads_as": session.reads_as,
        # What is chosen at a court counts as long as this name: until the person signs on, or chooses here, anew.
        "sign_on": digest(f"{session.id} {session.told_at}"),
        # A court lets a filer on who only lacks a code, to be asked for it: of an account on hold it is not told.
        "client_code_required": account.client_code_required and _account_may_search(account),
        "receipts_hidden": account.receipts_hidden,
        "session_expires": int(session.expires_at.timestamp()),
    }


def live_sessions(*, account: UUID, now: datetime) -> list[SsoSession]:
    """An account's live sign-ons, newest first, with the courts that each has visited (``courts.all()``)."""
    live = SsoSession.objects.filter(
        account_id=account, ended_at=None, expires_at__gt=now, last_seen_at__gt=now - rules.IDLE
    )
    return list(live.prefetch_related("courts").order_by("-created_at"))


def is_this_session(*, session: SsoSession, rp_sid: str) -> bool:
    """Whether ``rp_sid`` is a court's name for this very sign-on."""
    return bool(rp_sid) and CourtSession.objects.filter(sso=session, rp_sid=rp_sid).exists()


@dataclass(frozen=True)
class Revoked:
    """What a court's feed says: its sessions that must end, every key that was withdrawn, and the next cursor.

    The cursor is the oldest transaction still running: what commits late is answered again, never skipped.
    """

    cursor: int
    sids: list[str]
    withdrawn_keys: list[str]


def revoked_since(*, court: str, cursor: int, now: datetime) -> Revoked:
    """What a court must not believe any more: its sessions that ended since the cursor, and keys."""
    following, sids, kids = prepared.row(_FEED, [court, cursor, now - rules.KEY_TOLD_AFTER])
    return Revoked(following, json.loads(sids), json.loads(kids))


def signing_keys() -> list[SigningKey]:
    """The keys that are in use, newest first, and those that were withdrawn."""
    known = ~Q(state=SigningKey.State.REMOVED) | Q(withdrawn_at__isnull=False)
    return list(SigningKey.objects.filter(known).defer("sealed").order_by("-published_at"))


def begun_between(start: datetime, end: datetime) -> int:
    """How many sign-ons began then, or were proved anew and are still live."""
    return SsoSession.objects.filter(
        expires_at__gte=start + rules.ABSOLUTE, expires_at__lt=end + rules.ABSOLUTE
    ).count()


_READ_AGAIN_SECONDS = 15.0
_clients: dict[str, tuple[float, RelyingParty | None]] = {}


@dataclass(frozen=True)
class RelyingParty:
    """A court as the provider sees it, with the answers that Authlib asks of a client."""

    client_id: str
    redirect_uris: frozenset[str]
    post_logout_redirect_uris: frozenset[str]
    origins: tuple[str, ...]
    key: OKPKey

    id_token_signed_response_alg = "ES256"  # noqa: S105  (an algorithm)

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(word for word in (scope or "").split() if word in rules.SCOPES)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "private_key_jwt"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {"authorization_code", "refresh_token"}


def relying_party(court: str) -> RelyingParty | None:
    """The court of that id, at most 15 seconds old; None if no such court is registered."""
    now = time.monotonic()
    known = _clients.get(court)
    if known and now - known[0] < _READ_AGAIN_SECONDS:
        return known[1]
    row = Client.objects.filter(court_id=court).first() if len(court) <= 8 and court.isalnum() else None
    party = _party(row) if row else None
    if party or len(_clients) < 1000:
        _clients[court] = (now, party)
    return party


def _party(row: Client) -> RelyingParty:
    return RelyingParty(
        client_id=row.pk,
        redirect_uris=frozenset(row.redirect_uris),
        post_logout_redirect_uris=frozenset(row.post_logout_redirect_uris),
        origins=tuple(row.origins),
        key=OKPKey.import_key(load_pem_public_key(row.public_key.encode())),
    )


def forget_clients() -> None:
    """Read the courts again at their next use (after a change in this process; tests)."""
    _clients.clear()


def admitted_origins() -> Iterable[str]:
    """The origins of every registered court: where a person may be sent back to."""
    return [origin for origins in Client.objects.values_list("origins", flat=True) for origin in origins]
