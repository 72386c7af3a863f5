"""Putting messages on the bus, taking them off, and the operators' desk for those that got stuck."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, takewhile
from time import monotonic
from uuid import UUID, uuid4

import httpx
import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.bus import rules
from openecf.platform.bus.envelopes import Opened, open_envelope, open_many, seal, seal_many, sender_of
from openecf.platform.bus.handlers import CannotApply, NobodyHandles, Received, handler_of, handler_of_many
from openecf.platform.bus.messages import MESSAGES, Message
from openecf.platform.bus.models import InboxMessage, OutboxMessage, Peer
from openecf.platform.bus.queries import peer
from openecf.platform.config import this_site
from openecf.platform.postgres import prepared

log = structlog.get_logger()
RELAY = "openecf.bus.relay"
AWAY = "unreachable: "
"""What ``last_error`` of a message begins with whose receiver was not there."""
NOT_APPLIED = "not applied"
"""An inbox's answer when applying failed: the sender keeps the message and tries again."""
APPLIED, KNOWN, DEAD, NOBODY = "applied", "known", "dead", "nobody handles it"
"""What an inbox answers for a message, beside ``NOT_APPLIED``. The first three end the sender's care for it."""
_ARRIVED = frozenset({APPLIED, KNOWN, DEAD})
MOST_AT_ONCE = 500
"""Messages that are applied again while a person at the desk waits."""
_TIMEOUT = httpx.Timeout(20, connect=3)

# One statement takes what is due and pushes it behind a lease: two relays never hold the same message at once, and
# the messages of a relay that was killed come back by themselves.
_TAKE = """
UPDATE bus_outbox SET attempts = attempts + 1, next_at = %(until)s
WHERE id IN (
  SELECT id FROM bus_outbox WHERE "to" = %(to)s AND delivered_at IS NULL AND dead_at IS NULL AND next_at <= %(now)s
  ORDER BY at LIMIT %(n)s FOR UPDATE SKIP LOCKED
)
RETURNING id, type, body::text, at, attempts
"""

# In the order of their ids, so that two envelopes with the same messages wait for each other and never in a ring.
_NOTE = """
INSERT INTO bus_inbox (id, sender, type, body, received_at, applied_at, last_error)
SELECT id, %(sender)s, type, body::jsonb, %(at)s, %(at)s, ''
FROM unnest(%(ids)s::uuid[], %(types)s::text[], %(bodies)s::text[]) AS given (id, type, body) ORDER BY id
ON CONFLICT (id) DO NOTHING RETURNING id
"""

_PUT = """
INSERT INTO bus_outbox (id, "to", type, body, at, attempts, next_at, last_error)
VALUES (%(id)s, %(to)s, %(type)s, %(body)s::jsonb, %(at)s, 0, %(at)s, '')
"""


_PUT_WITH = """
WITH fact AS ({fact}), durability AS MATERIALIZED ({durability})
INSERT INTO bus_outbox (id, "to", type, body, at, attempts, next_at, last_error)
SELECT %(put_id)s::uuid, %(put_to)s, %(put_type)s, %(put_body)s::jsonb, %(put_at)s, 0, %(put_at)s, '' FROM durability
"""
_AS_EVER = "SELECT 1"
_SOON_DURABLE = "SELECT set_config('synchronous_commit', 'off', true)"


class NotStuck(Refusal):
    """The message at the desk is not dead (any more)."""

    said = gettext_lazy("This message is not waiting for a decision any more. Somebody else may have dealt with it.")


class StillNotApplied(Refusal):
    """Applying the message again failed again."""

    said = gettext_lazy("Applying this message failed again. The log says why; nothing was changed.")


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


def put_with(
    *, fact: str, values: dict[str, object], to: str, message: Message, at: datetime, may_lag: bool = False
) -> UUID:
    """Write a fact and the message that tells it in one statement; the message's id. Not relayed at once.

    ``fact`` is the statement (``INSERT …``) that writes it, with ``values``. ``may_lag``: where the caller has no
    transaction of its own, the answer does not wait for the disk. A crash of the database server can then lose both
    together, of the last fraction of a second; it never loses one of them, nor anything that was written otherwise.
    """
    message_id = uuid4()
    lags = may_lag and not connection.in_atomic_block
    statement = _PUT_WITH.format(fact=fact, durability=_SOON_DURABLE if lags else _AS_EVER)
    ours = {
        "put_id": message_id,
        "put_to": to,
        "put_type": message.type,
        "put_body": message.model_dump_json(),
        "put_at": at,
    }
    prepared.run(statement, values | ours)
    return message_id


def relay(*, to: str, now: Callable[[], datetime], client: httpx.Client | None = None) -> int:
    """Carry what is due to one site; how many arrived. A site that is down costs a pause, however long it is down.

    Many messages go in one envelope. A site that refuses such an envelope whole (its software is older, or a message
    breaks it) is brought the rest of this round one by one. Once a site answers again, everything that waited for it
    becomes due.
    """
    try:
        address = peer(to).base_url.rstrip("/") + "/bus/inbox"
    except Peer.DoesNotExist:
        log.warning("bus.unknown_peer", to=to)
        return 0
    arrived, answered, alone = 0, False, False
    with client or httpx.Client(timeout=_TIMEOUT) as http:
        while rest := _take(to=to, now=now()):
            while rest:
                some = rest[: 1 if alone else rules.together([size for _row, size in rest])]
                rows = [row for row, _size in some]
                answer = _post(http, address, rows, now())
                if answer.away:
                    _give_back([row for row, _size in rest], failure=answer.away, at=now())
                    return arrived
                if answer.refused:
                    log.warning("bus.one_by_one", to=to, messages=len(some), why=answer.refused)
                    alone = True
                    continue
                arrived += _settle(rows, answer.failures, at=now())
                rest = rest[len(some) :]
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
            return KNOWN
        try:
            with transaction.atomic():
                _apply(opened, at=at)
        except CannotApply as refusal:
            _bury(opened, refusal, at=at)
            return DEAD
    return APPLIED


def receive_many(*, envelope: str, at: datetime) -> list[str]:
    """Apply an envelope of messages from another site in their order, each once by its id; what became of each.

    What is ``NOT_APPLIED`` or ``NOBODY`` left nothing behind here and holds up none of the others. The list is shorter
    than the envelope when applying took too long: the sender brings the rest again. Raises Forged.
    """
    sender = sender_of(envelope)
    messages = open_many(envelope=envelope, public_key=_key_of(sender), us=this_site().id, at=at)
    with transaction.atomic():
        # Written down before they are tried, so that no other envelope with the same messages tries them meanwhile.
        new = _note(messages, sender=sender, at=at)
        told = {one.id: KNOWN for one in messages if one.id not in new}
        until = monotonic() + rules.LONGEST_TOGETHER.total_seconds()
        for _kind, run in groupby(messages, key=lambda one: one.type):
            if monotonic() > until:
                break
            told |= _apply_run(list({one.id: one for one in run if one.id not in told}.values()), at=at, until=until)
        InboxMessage.objects.filter(id__in=[id for id in new if told.get(id) not in _ARRIVED]).delete()
    return [told[one.id] for one in takewhile(lambda one: one.id in told, messages)]


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


def retry_all(*, by: str, at: datetime) -> tuple[int, int]:
    """Give every dead message another round; how many go again or were applied, and how many failed again."""
    with transaction.atomic():
        again = OutboxMessage.objects.filter(dead_at__isnull=False, delivered_at=None)
        sites = sorted(set(again.values_list("to", flat=True)))
        done = again.update(dead_at=None, attempts=0, next_at=at)
        if done:
            record(act="bus.retried", by=by, at=at, subject="message:all", count=done)
        for to in sites:
            app.configure_task(RELAY, queue="bus").defer(to=to)
    failed = 0
    dead = InboxMessage.objects.filter(dead_at__isnull=False, applied_at=None).order_by("dead_at", "id")
    for message_id in list(dead.values_list("id", flat=True)[:MOST_AT_ONCE]):
        try:
            retry(message_id=message_id, by=by, at=at)
            done += 1
        except Refusal:
            failed += 1
    return done, failed


def send_again(*, to: str, kinds: Collection[str], at: datetime) -> int:
    """A site has lost what it was told, and begins anew: send everything of these types once more; how many.

    Messages keep their ids: a site that knows one of them applies it no second time.
    """
    with transaction.atomic():
        told = OutboxMessage.objects.filter(to=to, type__in=kinds, delivered_at__isnull=False, dead_at=None)
        sent = told.update(delivered_at=None, attempts=0, next_at=at)
        if sent:
            record(act="bus.sent-again", by="system", at=at, subject=f"site:{to}", count=sent)
            app.configure_task(RELAY, queue="bus").defer(to=to)
    return sent


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


def _take(*, to: str, now: datetime, n: int = rules.MOST_TOGETHER) -> list[tuple[OutboxMessage, int]]:
    """What is due to a site, oldest first, each with the length of its body as it is signed."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"to": to, "now": now, "until": now + rules.LEASE, "n": n})
        rows = cursor.fetchall()
    taken = [
        OutboxMessage(id=id, to=to, type=type, body=json.loads(body), at=at, attempts=attempts)
        for id, type, body, at, attempts in rows
    ]
    return [(one, len(json.dumps(one.body))) for one in sorted(taken, key=lambda one: one.at)]


@dataclass(frozen=True)
class _Answer:
    """What a site said to an envelope: why each message did not arrive ("": it did), or why none was looked at."""

    failures: Sequence[str] = ()
    away: str = ""
    refused: str = ""


def _post(http: httpx.Client, address: str, messages: Sequence[OutboxMessage], at: datetime) -> _Answer:
    try:
        answer = http.post(address, content=_sealed(messages, at), headers={"Content-Type": "application/jwt"})
    except httpx.HTTPError as wrong:
        return _Answer(away=f"{AWAY}{type(wrong).__name__}")
    if answer.status_code >= 500 and answer.text != NOT_APPLIED:
        return _Answer(away=f"{AWAY}{answer.status_code}")  # what stands before the site answers in its place
    if len(messages) > 1:
        return _read(answer, most=len(messages))
    return _Answer(["" if answer.status_code in (200, 202) else f"{answer.status_code}: {answer.text[:300]}"])


def _sealed(messages: Sequence[OutboxMessage], at: datetime) -> str:
    site, first = this_site(), messages[0]
    facts = {"key": site.signing_key, "sender": site.id, "to": first.to, "at": at}
    if len(messages) == 1:
        return seal(**facts, id=first.id, type=first.type, body=first.body)
    return seal_many(**facts, messages=[(one.id, one.type, one.body) for one in messages])


def _read(answer: httpx.Response, *, most: int) -> _Answer:
    """The answer to an envelope with many messages."""
    try:
        told = answer.json() if answer.status_code == 200 else None
    except ValueError:
        told = None
    if not isinstance(told, list) or not 0 < len(told) <= most:
        return _Answer(refused=f"{answer.status_code}: {answer.text[:300]}")
    return _Answer(["" if outcome in _ARRIVED else str(outcome)[:300] for outcome in told])


def _settle(messages: Sequence[OutboxMessage], failures: Sequence[str], *, at: datetime) -> int:
    """Write down what became of messages; how many arrived. Those without a word were not tried: due at once."""
    told = list(zip(messages, failures, strict=False))
    arrived = [message.id for message, failure in told if not failure]
    if arrived:
        OutboxMessage.objects.filter(id__in=arrived, delivered_at=None).update(delivered_at=at, last_error="")
    for message, failure in told:
        if failure:
            _mark(message, failure=failure, at=at)
    for message in messages[len(failures) :]:
        message.attempts, message.next_at = message.attempts - 1, at
    OutboxMessage.objects.filter(delivered_at=None).bulk_update(messages[len(failures) :], ["attempts", "next_at"])
    return len(arrived)


def _mark(message: OutboxMessage, *, failure: str, at: datetime) -> None:
    mine = OutboxMessage.objects.filter(id=message.id, delivered_at=None)
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
        message.next_at, message.attempts, message.last_error = at + wait, message.attempts - 1, failure
    OutboxMessage.objects.filter(delivered_at=None).bulk_update(batch, ["next_at", "attempts", "last_error"])


def _release(*, to: str, at: datetime) -> None:
    """The site answers again: what waited for it is due now."""
    OutboxMessage.objects.filter(to=to, delivered_at=None, dead_at=None, last_error__startswith=AWAY).update(
        next_at=at, last_error=""
    )


def _note(messages: Sequence[Opened], *, sender: str, at: datetime) -> set[UUID]:
    """Write messages into the inbox; the ids of those that were not there."""
    values = {
        "sender": sender,
        "at": at,
        "ids": [one.id for one in messages],
        "types": [one.type for one in messages],
        "bodies": [json.dumps(one.body) for one in messages],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, values)
        return {row[0] for row in cursor.fetchall()}


def _apply_run(messages: Sequence[Opened], *, at: datetime, until: float) -> dict[UUID, str]:
    """Apply messages of one type, together if its room does that and nothing is wrong with any; what became of each."""
    together = handler_of_many(messages[0].type) if len(messages) > 1 else None
    if together is not None:
        try:
            with transaction.atomic():
                received = [Received(_message(one), one.id) for one in messages]
                together(received, sender=messages[0].sender, at=at)
            return dict.fromkeys((one.id for one in messages), APPLIED)
        except Exception as wrong:  # noqa: BLE001  (whatever it is, it is met again with the message that it belongs to)
            log.warning("bus.apart", type=messages[0].type, messages=len(messages), error=type(wrong).__name__)
    told: dict[UUID, str] = {}
    for one in messages:
        if monotonic() > until:
            break
        told[one.id] = _apply_alone(one, at=at)
    return told


def _apply_alone(opened: Opened, *, at: datetime) -> str:
    """Apply a message of an envelope with many; what became of it."""
    try:
        with transaction.atomic():
            _apply(opened, at=at)
    except CannotApply as refusal:
        _bury(opened, refusal, at=at)
        return DEAD
    except NobodyHandles:
        return NOBODY
    except Exception as wrong:  # noqa: BLE001  (a handler of any room; the sender keeps the message and tries again)
        log.exception("bus.not_applied", id=str(opened.id), type=opened.type, error=type(wrong).__name__)
        return NOT_APPLIED
    return APPLIED


def _bury(opened: Opened, refusal: CannotApply, *, at: datetime) -> None:
    InboxMessage.objects.filter(id=opened.id).update(applied_at=None, dead_at=at, last_error=refusal.said)
    log.error("bus.dead_letter", id=str(opened.id), type=opened.type, sender=opened.sender, code=refusal.code)


def _message(opened: Opened) -> Message:
    kind = MESSAGES.get(opened.type)
    if kind is None:
        raise NobodyHandles(type=opened.type)
    try:
        return kind.model_validate(opened.body)
    except ValueError as wrong:
        raise CannotApply(f"The message is not a {opened.type}: {wrong}") from wrong


def _apply(opened: Opened, *, at: datetime) -> None:
    message = _message(opened)
    handler_of(opened.type)(message, sender=opened.sender, message_id=opened.id, at=at)


def _key_of(sender: str) -> str:
    try:
        return peer(sender).public_key
    except Peer.DoesNotExist:
        return ""
