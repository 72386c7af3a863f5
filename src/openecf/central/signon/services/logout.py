"""Telling courts that a session is over (OpenID Connect Back-Channel Logout 1.0), until they have heard it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import httpx
import structlog
from django.db import transaction
from joserfc import jwt

from openecf.central.signon import keys, rules
from openecf.central.signon.models import Client, LogoutDelivery
from openecf.kernel.tokens import base62
from openecf.platform.config import this_site

log = structlog.get_logger()

DELIVER = "signon.deliver_logouts"
"""The job that posts due logout tokens."""

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


def deliver_due_logouts(*, at: datetime) -> timedelta | None:
    """Post every due logout token once. How long until the next is due; None if nothing waits."""
    with transaction.atomic():
        due = list(
            LogoutDelivery.objects.select_for_update(skip_locked=True)
            .filter(delivered_at=None, given_up_at=None, next_at__lte=at)
            .order_by("next_at")[:_BATCH]
        )
        uris = dict(Client.objects.values_list("court_id", "backchannel_logout_uri"))
        tokens = [
            (
                uris.get(row.court_id),
                logout_token(court=row.court_id, rp_sid=row.rp_sid, subject=str(row.subject), at=at),
            )
            for row in due
        ]
        limits = httpx.Limits(max_connections=_AT_ONCE)
        with httpx.Client(timeout=_PATIENCE, limits=limits) as http, ThreadPoolExecutor(_AT_ONCE) as threads:
            heard = list(threads.map(lambda one: _post(http, *one), tokens))
        for row, ok in zip(due, heard, strict=True):
            _note(row, ok, at)
        LogoutDelivery.objects.bulk_update(due, ["attempts", "next_at", "delivered_at", "given_up_at"])
    upcoming = LogoutDelivery.objects.filter(delivered_at=None, given_up_at=None).order_by("next_at").first()
    return max(timedelta(0), upcoming.next_at - at) if upcoming else None


def _note(row: LogoutDelivery, ok: bool, at: datetime) -> None:
    row.attempts += 1
    if ok:
        row.delivered_at = at
    elif row.attempts > rules.GIVE_UP_AFTER:
        row.given_up_at = at
    else:
        row.next_at = at + rules.retry_after(row.attempts)


def _post(http: httpx.Client, uri: str | None, token: str) -> bool:
    if uri is None:
        return True  # a court that is no relying party any more has no session to end
    try:
        answer = http.post(uri, data={"logout_token": token})
    except httpx.HTTPError as problem:
        log.info("logout.not_delivered", uri=uri, problem=type(problem).__name__)
        return False
    return answer.status_code in {200, 204}
