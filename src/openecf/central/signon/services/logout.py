"""Telling courts that a session is over (OpenID Connect Back-Channel Logout 1.0), until they have heard it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

import httpx
import structlog
from joserfc import jwt

from openecf.central.signon import keys, rules
from openecf.central.signon.models import Client
from openecf.kernel.tokens import base62
from openecf.platform.config import this_site
from openecf.platform.postgres import prepared

log = structlog.get_logger()

DELIVER = "signon.deliver_logouts"
"""The job that posts due logout tokens."""
DELIVER_AGAIN = "signon.deliver_logouts_again"
"""The same, later, while a court has not heard: one such job waits, however many sign-ons ended."""

EVENT = "http://schemas.openid.net/event/backchannel-logout"
_AT_ONCE = 64
"""Courts that hang take their places for seconds; the others must not wait behind them."""
_PATIENCE = httpx.Timeout(3.0, connect=1.0)
_BATCH = 400
_LOGOUT_TOKEN_LIFE = timedelta(minutes=2)


def logout_token(*, court: str, rp_sid: str, subject: str, at: datetime) -> str:
    """A signed logout token for one session of one court."""
    key = keys.signing_key()
    issued = int(at.timestamp())
    claims = {
        "iss": this_site().config.base_url,
        "aud": court,
        "iat": issued,
        "exp": issued + int(_LOGOUT_TOKEN_LIFE.total_seconds()),
        "jti": base62(22),
        "sub": subject,
        "sid": rp_sid,
        "events": {EVENT: {}},
    }
    return jwt.encode({"alg": keys.ALGORITHM, "kid": key.kid, "typ": "logout+jwt"}, claims, key, [keys.ALGORITHM])


_UNHEARD = "delivered_at IS NULL AND given_up_at IS NULL"
_CLAIM = f"""
UPDATE signon_logout_delivery SET next_at = %(until)s
WHERE next_at <= %(now)s AND {_UNHEARD} AND id = ANY(ARRAY(
  SELECT id FROM (
    SELECT id, attempts > 0 AS again, next_at,
      row_number() OVER (PARTITION BY court_id, attempts > 0 ORDER BY next_at, id) AS place
    FROM signon_logout_delivery WHERE next_at <= %(now)s AND {_UNHEARD}
  ) AS due
  WHERE NOT again OR place = 1 ORDER BY again, next_at LIMIT %(most)s
))
RETURNING id, court_id, rp_sid, subject, attempts
"""  # noqa: S608  (no value of anybody's)
_CLAIM_OF = f"""
UPDATE signon_logout_delivery SET next_at = %(until)s
WHERE next_at <= %(now)s AND {_UNHEARD} AND id = ANY(ARRAY(
  SELECT id FROM signon_logout_delivery
  WHERE court_id = ANY(%(courts)s) AND next_at <= %(now)s AND {_UNHEARD} ORDER BY next_at LIMIT %(most)s
))
RETURNING id, court_id, rp_sid, subject, attempts
"""  # noqa: S608
_HEARD = "UPDATE signon_logout_delivery SET attempts = attempts + 1, delivered_at = %(now)s WHERE id = ANY(%(ids)s)"
_FAILED = f"""
UPDATE signon_logout_delivery SET attempts = attempts + 1,
  next_at = %(now)s + (%(waits)s::interval[])[least(attempts + 1, %(longest)s)],
  given_up_at = CASE WHEN attempts >= %(enough)s THEN %(now)s END
WHERE id = ANY(%(ids)s) OR (court_id = ANY(%(away)s) AND attempts > 0 AND next_at <= %(now)s AND {_UNHEARD})
"""  # noqa: S608
_NEXT = f"SELECT min(next_at) FROM signon_logout_delivery WHERE {_UNHEARD}"  # noqa: S608
_WAITS = [rules.retry_after(attempts) for attempts in range(1, 11)]
_TAKEN_FOR = timedelta(seconds=30)
"""Nobody else posts what a run has taken; if the run is killed, it is due again after this."""


@dataclass(frozen=True)
class _Due:
    """A logout token to be posted. ``attempts`` went before."""

    id: int
    court: str
    rp_sid: str
    subject: UUID
    attempts: int


class _Outcome(Enum):
    HEARD = 1
    REFUSED = 2
    AWAY = 3


def deliver_due_logouts(*, at: datetime) -> timedelta | None:
    """Post every due logout token once. How long until the next is due; None if nothing waits.

    What is new goes first. A court that did not hear the last time is asked by one token: if it is still away, the
    others of it wait on unposted; if it is back, they follow. No transaction is open while courts are asked.
    """
    values = {"now": at, "until": at + _TAKEN_FOR, "most": _BATCH}
    uris = dict(Client.objects.values_list("court_id", "backchannel_logout_uri"))
    limits = httpx.Limits(max_connections=_AT_ONCE)
    with httpx.Client(timeout=_PATIENCE, limits=limits) as http, ThreadPoolExecutor(_AT_ONCE) as threads:
        due = _claimed(_CLAIM, values)
        while due:
            # Signed here: a thread that reads the keys would open a connection of its own to the database.
            posts = [(uris.get(one.court), _token_of(one, at)) for one in due]
            done = list(zip(due, threads.map(lambda post: _post(http, *post), posts), strict=True))
            _note(done, at)
            back = {one.court for one, outcome in done if one.attempts and outcome is not _Outcome.AWAY}
            back -= {one.court for one, outcome in done if outcome is _Outcome.AWAY}
            due = _claimed(_CLAIM_OF, values | {"courts": list(back)}) if back else []
    (upcoming,) = prepared.row(_NEXT)
    return max(timedelta(0), upcoming - at) if upcoming else None


def _claimed(statement: str, values: dict[str, object]) -> list[_Due]:
    found = [_Due(*row) for row in prepared.rows(statement, values)]
    return sorted(found, key=lambda one: (one.attempts > 0, one.id))


def _note(done: Sequence[tuple[_Due, _Outcome]], at: datetime) -> None:
    heard = [one.id for one, outcome in done if outcome is _Outcome.HEARD]
    failed = [one.id for one, outcome in done if outcome is not _Outcome.HEARD]
    away = {one.court for one, outcome in done if one.attempts and outcome is _Outcome.AWAY}
    if heard:
        prepared.run(_HEARD, {"ids": heard, "now": at})
    if failed:
        values = {"waits": _WAITS, "longest": len(_WAITS), "enough": rules.GIVE_UP_AFTER}
        prepared.run(_FAILED, values | {"ids": failed, "away": list(away), "now": at})


def _token_of(due: _Due, at: datetime) -> str:
    return logout_token(court=due.court, rp_sid=due.rp_sid, subject=str(due.subject), at=at)


def _post(http: httpx.Client, uri: str | None, token: str) -> _Outcome:
    if uri is None:
        return _Outcome.HEARD  # a court that is no relying party any more has no session to end
    try:
        answer = http.post(uri, data={"logout_token": token})
    except httpx.HTTPError as problem:
        log.info("logout.not_delivered", uri=uri, problem=type(problem).__name__)
        return _Outcome.AWAY
    return _Outcome.HEARD if answer.status_code in {200, 204} else _Outcome.REFUSED
