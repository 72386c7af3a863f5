"""Beginning, ending and re-checking sessions at this court."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from openecf.kernel.tokens import base62, digest
from openecf.platform.audit.services import record
from openecf.platform.relying_party import provider, queries
from openecf.platform.relying_party.models import ApiToken, Choice, EndedName, Feed, LogoutToken, RpSession
from openecf.platform.relying_party.rules import FRESH_FOR, SIGN_ON, as_chosen

LONGEST = timedelta(hours=12)
ASK_AGAIN_AFTER = timedelta(seconds=2)
HEARD_OF_LATE = timedelta(seconds=5)
ANSWERS_KEPT_FOR = timedelta(minutes=20)
"""What the provider said of programs' tokens: longer than ``queries.BELIEVED_WHILE_AWAY``."""
CHOICES_KEPT_FOR = timedelta(days=7)
"""Longer than any sign-on lives."""

# Whoever begins or ends a session of a name waits for the other, so that an ended name is always seen.
_ALONE = "SELECT pg_advisory_xact_lock(hashtext(sid)) FROM unnest(%s::text[]) AS sid"


def begin(*, proof: provider.Proof, replaces: str = "", at: datetime) -> str:
    """Begin a browser's session; the secret for its cookie. NotProved if the provider has ended it meanwhile.

    ``replaces`` is the cookie that the browser had.
    """
    secret = base62(43)
    ends = [at + LONGEST]
    if "session_expires" in proof.facts:
        ends.append(datetime.fromtimestamp(proof.facts["session_expires"], at.tzinfo))
    with transaction.atomic():
        _alone([proof.sid])
        if EndedName.objects.filter(sid=proof.sid).exists():
            raise provider.NotProved
        if replaces:
            RpSession.objects.filter(digest=digest(replaces)).delete()
        chosen = Choice.objects.filter(sign_on=proof.facts.get(SIGN_ON, "")).first()
        RpSession.objects.create(
            digest=digest(secret),
            sid=proof.sid,
            facts=as_chosen(proof.facts, used=chosen.used) if chosen else proof.facts,
            id_token=proof.id_token,
            created_at=at,
            seen_at=at,
            expires_at=min(ends),
        )
        record(act="session.begun", by=f"account:{proof.facts['sub']}", at=at, subject=f"session:{proof.sid}")
    return secret


# What was chosen is kept beside the session, too: that ends when something else changes of which the court has to hear,
# such as the client code, and the sign-on goes on.
_USE = """
WITH now_used AS (
  UPDATE rp_session SET facts = CASE WHEN %(used)s::jsonb IS NULL THEN facts - 'exempt' - 'reads_as'
                                     ELSE (facts - 'reads_as') || jsonb_build_object('exempt', %(used)s::jsonb) END
  WHERE sid = %(sid)s RETURNING facts->>'sign_on' AS sign_on
)
INSERT INTO rp_choice (sign_on, used, at) SELECT DISTINCT sign_on, %(used)s::jsonb, %(at)s::timestamptz FROM now_used
WHERE sign_on IS NOT NULL
ON CONFLICT (sign_on) DO UPDATE SET used = excluded.used, at = excluded.at
"""
_USE_NO_MORE = """
WITH forgotten AS (UPDATE rp_choice SET used = NULL WHERE used->>'id' = %(id)s)
UPDATE rp_session SET facts = facts - 'exempt' WHERE facts->'exempt'->>'id' = %(id)s
"""


def use_exemption(*, sid: str, exemption: UUID | None, purpose: str = "", case: str = "", at: datetime) -> None:
    """From now on this sign-on reads here as exempt for a purpose, or (None) as one that pays."""
    used = json.dumps({"id": str(exemption), "for": purpose, "case": case}) if exemption else None
    with connection.cursor() as cursor:
        cursor.execute(_USE, {"sid": sid, "used": used, "at": at})


def drop_exemption(*, exemption: UUID) -> int:
    """No session uses this exemption any more, nor begins with it; how many did."""
    with connection.cursor() as cursor:
        cursor.execute(_USE_NO_MORE, {"id": str(exemption)})
        return cursor.rowcount


def end(*, cookie: str, at: datetime) -> str:
    """End a browser's session; the ID token to sign off with, "" if there was no session."""
    with transaction.atomic():
        session = RpSession.objects.filter(digest=digest(cookie)).first()
        if session is None:
            return ""
        session.delete()
        by = f"account:{session.facts['sub']}"
        record(act="session.ended", by=by, at=at, subject=f"session:{session.sid}", why="signed-off")
    return session.id_token


def end_named(*, sids: Sequence[str], why: str, at: datetime) -> int:
    """End the sessions that the provider names; how many there were. Unknown names are no error."""
    with transaction.atomic():
        _alone(sids)
        EndedName.objects.bulk_create([EndedName(sid=sid[:64], at=at) for sid in set(sids)], ignore_conflicts=True)
        ended = RpSession.objects.filter(sid__in=sids).delete()[0] + ApiToken.objects.filter(sid__in=sids).delete()[0]
        if ended:
            record(act="session.revoked", by="central", at=at, why=why, sids=list(sids))
    return ended


def _alone(sids: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, [sorted(sids)])


def take_logout_token(*, jti: str, sid: str, at: datetime) -> None:
    """Act on a verified logout token, once."""
    with transaction.atomic():
        _, first = LogoutToken.objects.get_or_create(digest=digest(jti), defaults={"at": at})
        if first:
            end_named(sids=[sid], why="back-channel", at=at)


def check_program(*, token: str, at: datetime) -> tuple[str, dict] | None:
    """Ask the provider about a program's token and keep the answer for a moment. ProviderAway."""
    told = provider.introspect(token)
    if told is None:
        ApiToken.objects.filter(digest=digest(token)).delete()
        return None
    ApiToken.objects.update_or_create(
        digest=digest(token), defaults={"sid": told["sid"], "facts": told, "checked_at": at}
    )
    return told["sid"], told


_CLAIM = """
INSERT INTO rp_feed AS f (id, cursor, asked_at) VALUES (1, 0, %(now)s)
ON CONFLICT (id) DO UPDATE SET asked_at = %(now)s WHERE f.asked_at IS NULL OR f.asked_at <= %(before)s
RETURNING cursor
"""


def listen(*, at: datetime, wait: timedelta = ASK_AGAIN_AFTER) -> bool:
    """Read the provider's feed unless somebody of this court has just done so. Whether it was read. ProviderAway.

    A provider that stands before our cursor was restored from a copy: everything it still tells is read again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": at, "before": at - wait})
        row = cursor.fetchone()
    if row is None:
        return False
    told = provider.revoked_since(row[0])
    if told.cursor < row[0]:
        told = provider.revoked_since(0)
    with transaction.atomic():
        if told.sids:
            end_named(sids=told.sids, why="feed", at=at)
        _refuse_keys(told.withdrawn_keys, at)
        Feed.objects.filter(id=1).update(cursor=told.cursor, heard_at=at)
    return True


def _refuse_keys(kids: list[str], at: datetime) -> None:
    """A provider that was restored from a copy may have forgotten that it withdrew a key; this court has not."""
    known = queries.withdrawn_keys()
    news = sorted(set(kids) - known)
    if news:
        Feed.objects.filter(id=1).update(withdrawn_keys=sorted(known | set(news)))
        record(act="session.keys-refused", by="central", at=at, kids=news)


def provider_answers(*, at: datetime) -> bool:
    """Whether a browser that is sent to the provider now will find it there: heard of late, or asked just now."""
    heard = Feed.objects.filter(id=1).values_list("heard_at", flat=True).first()
    if heard is not None and at - heard <= HEARD_OF_LATE:
        return True
    try:
        if listen(at=at):
            return True
    except provider.ProviderAway:
        return False
    # Somebody else of this court is asking at this moment: a court that was just started waits for the first answer.
    return heard is None or at - heard <= FRESH_FOR


def sweep(*, at: datetime) -> None:
    """Forget what is long over."""
    RpSession.objects.filter(expires_at__lt=at).delete()
    ApiToken.objects.filter(checked_at__lt=at - ANSWERS_KEPT_FOR).delete()
    EndedName.objects.filter(at__lt=at - timedelta(hours=1)).delete()
    LogoutToken.objects.filter(at__lt=at - timedelta(days=1)).delete()
    Choice.objects.filter(at__lt=at - CHOICES_KEPT_FOR).delete()
