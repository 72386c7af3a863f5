"""Putting messages on the bus, taking them off, and the operators' desk for those that got stuck."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import httpx
import structlog
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.bus import rules
from openecf.platform.bus.envelopes import Opened, open_envelope, seal, sender_of
from openecf.platform.bus.handlers import CannotApply, NobodyHandles, handler_of
from openecf.platform.bus.messages import MESSAGES, Message
from openecf.platform.bus.models import InboxMessage, OutboxMessage, Peer
from openecf.platform.bus.queries import peer
from openecf.platform.config import this_site

log = structlog.get_logger()
RELAY = "openecf.bus.relay"
AWAY = "unreachable: "
"""What ``last_error`` of a message begins with whose receiver was not there."""
NOT_APPLIED = "not applied"
"""An inbox's answer when applying failed: the sender keeps the message and tries again."""
_TIMEOUT = httpx.Timeout(10, connect=3)

# One statement takes what is due and pushes it behind a lease: two relays never hold the same message at once, and
# the messages of a relay that was killed come back by themselves.
_TAKE = """
UPDATE bus_outbox SET attempts = attempts + 1, next_at = %(until)s
WHERE id IN (
  SELECT id FROM bus_outbox WHERE "to" = %(to)s AND delivered_at IS NULL AND dead_at IS NULL AND next_at <= %(now)s
  ORDER BY at LIMIT %(n)s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


_PUT = """
INSERT INTO bus_outbox (id, "to", type, body, at, attempts, next_at, last_error)
VALUES (%(id)s, %(to)s, %(type)s, %(body)s::jsonb, %(at)s, 0, %(at)s, '')
"""


class NotStuck(Refusal):
    """The message at the desk is not dead (any more)."""

    said = gettext_lazy("This message is not waiting for a decision any more. Somebody else may have dealt with it.")


class StillNotApplied(Refusal):
    """Applying the message again failed again."""

    said = gettext_lazy("Applying this message failed again. The log says why; nothing was changed.")


def admit_peer(*, id: str, base_url: str, public_key: str, at: datetime, by: str = "system") -> None:
    """Know a site: where its inbox is and which key signs its messages (PEM)."""
    with transaction.atomic():
        Peer.objects.update_or_create(id=id, defaults={"base_url": base_url, "public_key": public_key})
        record(act="bus.peer_admitted", by=by, at=at, subject=f"site:{id}")


def put(*, to: str, message: Message, at: datetime, soon: bool = True) -> UUID:
    """Send a fact to another site: written in the caller's transaction, relayed after it commits.

    ``to`` is a site's id. Not ``soon``: nobody waits for it, the next sweep (three seconds) takes it along with others.
    The message's id is returned for the caller's audit line.
    """
    message_id = uuid4()
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute(
                _PUT, {"id": message_id, "to": to, "type": message.type, "body": message.model_dump_json(), "at": at}
            )
        if soon:
            app.configure_task(RELAY, queue="bus").defer(to=to)
    return message_id


def relay(*, to: str, now: Callable[[], datetime], client: httpx.Client | None = None) -> int:
    """Carry what is due to one site; how many arrived. A site that is down costs a pause, however long it is down.

    Once it answers again, everything that waited for it becomes due.
    """
    try:
        address = peer(to).base_url.rstrip("/") + "/bus/inbox"
    except Peer.DoesNotExist:
        log.warning("bus.unknown_peer", to=to)
        return 0
    arrived, answered = 0, False
    with client or httpx.Client(timeout=_TIMEOUT) as http:
        while batch := _take(to=to, now=now()):
            for message in batch:
                failure = _post(http, address, message, now())
                _mark(message, failure=failure, at=now())
                arrived += not failure
                if failure.startswith(AWAY):
                    _give_back(batch[batch.index(message) :], failure=failure, at=now())
                    return arrived
                if not answered:
                    answered = True
                    _release(to=to, at=now())
    return arrived


def receive(*, envelope: str, at: datetime) -> str:
    """Apply a message from another site, once by its id; ``applied``, ``known`` or ``dead`` (kept for the desk).

    Raises Forged, or whatever the handler raised: then nothing was kept and the sender tries again.
    """
    sender = sender_of(envelope)
    opened = open_envelope(envelope=envelope, public_key=_key_of(sender), us=this_site().id, at=at)
    with transaction.atomic():
        row, new = InboxMessage.objects.get_or_create(
            id=opened.id,
            defaults={"sender": sender, "type": opened.type, "body": opened.body, "received_at": at, "applied_at": at},
        )
        if not new:
            return "known"
        try:
            with transaction.atomic():
                _apply(opened, at=at)
        except CannotApply as refusal:
            InboxMessage.objects.filter(id=row.id).update(applied_at=None, dead_at=at, last_error=refusal.said)
            log.error("bus.dead_letter", id=str(row.id), type=row.type, sender=sender, code=refusal.code)
            return "dead"
    return "applied"


def retry(*, message_id: UUID, by: str, at: datetime) -> None:
    """Give a dead message another round: send it again, or apply it again. NotStuck, StillNotApplied, CannotApply."""
    with transaction.atomic():
        record(act="bus.retried", by=by, at=at, subject=f"message:{message_id}")
        if OutboxMessage.objects.filter(id=message_id, dead_at__isnull=False).update(
            dead_at=None, attempts=0, next_at=at
        ):
            to = OutboxMessage.objects.values_list("to", flat=True).get(id=message_id)
            app.configure_task(RELAY, queue="bus").defer(to=to)
            return
        row = InboxMessage.objects.select_for_update().filter(id=message_id, dead_at__isnull=False).first()
        if row is None:
            raise NotStuck
        try:
            _apply(Opened(row.id, row.sender, row.type, row.body), at=at)
        except Refusal:
            raise
        except Exception as wrong:
            log.exception("bus.not_applied", id=str(row.id), type=row.type, error=type(wrong).__name__)
            raise StillNotApplied(message=row.id) from wrong
        InboxMessage.objects.filter(id=row.id).update(applied_at=at, dead_at=None, last_error="")


def discard(*, message_id: UUID, reason: str, by: str, at: datetime) -> None:
    """Give a dead message up for good. The row stays, marked; NotStuck if it is not dead."""
    with transaction.atomic():
        note = f"discarded: {reason}"[:2000]
        gone = OutboxMessage.objects.filter(id=message_id, dead_at__isnull=False, delivered_at=None).update(
            delivered_at=at, last_error=note
        ) or InboxMessage.objects.filter(id=message_id, dead_at__isnull=False, applied_at=None).update(
            applied_at=at, last_error=note
        )
        if not gone:
            raise NotStuck
        record(act="bus.discarded", by=by, at=at, subject=f"message:{message_id}", reason=reason)


def _take(*, to: str, now: datetime, n: int = 20) -> list[OutboxMessage]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"to": to, "now": now, "until": now + rules.LEASE, "n": n})
        ids = [row[0] for row in cursor.fetchall()]
    return list(OutboxMessage.objects.filter(id__in=ids).order_by("at"))


def _post(http: httpx.Client, address: str, message: OutboxMessage, at: datetime) -> str:
    """Why the message did not arrive; empty if it did."""
    site = this_site()
    envelope = seal(
        key=site.signing_key, sender=site.id, to=message.to, id=message.id, type=message.type, body=message.body, at=at
    )
    try:
        answer = http.post(address, content=envelope, headers={"Content-Type": "application/jwt"})
    except httpx.HTTPError as wrong:
        return f"{AWAY}{type(wrong).__name__}"
    if answer.status_code in (200, 202):
        return ""
    if answer.status_code >= 500 and answer.text != NOT_APPLIED:
        return f"{AWAY}{answer.status_code}"  # what stands before the site answers in its place
    return f"{answer.status_code}: {answer.text[:300]}"


def _mark(message: OutboxMessage, *, failure: str, at: datetime) -> None:
    mine = OutboxMessage.objects.filter(id=message.id, delivered_at=None)
    if not failure:
        mine.update(delivered_at=at, last_error="")
        return
    if failure.startswith(AWAY):
        return
    if rules.is_dead(attempts=message.attempts):
        mine.update(dead_at=at, last_error=failure)
        log.error("bus.dead_letter", id=str(message.id), type=message.type, to=message.to, failure=failure)
        return
    wait = rules.pause(attempts=message.attempts, luck=random.random())  # noqa: S311  (spread, not secrecy)
    mine.update(next_at=at + wait, last_error=failure)


def _give_back(batch: list[OutboxMessage], *, failure: str, at: datetime) -> None:
    """What was taken for a site that is not there: no attempt is counted."""
    log.warning("bus.site_away", to=batch[0].to, waiting=len(batch), why=failure)
    for message in batch:
        wait = rules.pause_while_away(waited=at - message.at, luck=random.random())  # noqa: S311
        OutboxMessage.objects.filter(id=message.id, delivered_at=None).update(
            next_at=at + wait, attempts=F("attempts") - 1, last_error=failure
        )


def _release(*, to: str, at: datetime) -> None:
    """The site answers again: what waited for it is due now."""
    OutboxMessage.objects.filter(to=to, delivered_at=None, dead_at=None, last_error__startswith=AWAY).update(
        next_at=at, last_error=""
    )


def _apply(opened: Opened, *, at: datetime) -> None:
    kind = MESSAGES.get(opened.type)
    if kind is None:
        raise NobodyHandles(type=opened.type)
    try:
        message = kind.model_validate(opened.body)
    except ValueError as wrong:
        raise CannotApply(f"The message is not a {opened.type}: {wrong}") from wrong
    handler_of(opened.type)(message, sender=opened.sender, message_id=opened.id, at=at)


def _key_of(sender: str) -> str:
    try:
        return peer(sender).public_key
    except Peer.DoesNotExist:
        return ""
