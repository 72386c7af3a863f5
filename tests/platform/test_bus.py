"""Facts cross between sites: written with what they tell, signed, carried over HTTP, applied once."""

from __future__ import annotations

import base64
import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from django.db import connections, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from openecf.platform.audit.models import AuditLine
from openecf.platform.bus import handlers, queries, rules, services
from openecf.platform.bus.models import InboxMessage, OutboxMessage, Peer
from openecf.platform.config import public_pem, this_site
from tests.platform.couriers import (
    AT,
    HOUR,
    STRANGERS_KEY,
    US,
    Noted,
    Wire,
    bring,
    carry,
    claims,
    effects,
    envelope,
    known,
    put,
)  # fmt: skip

__all__ = ["known"]
pytestmark = pytest.mark.usefixtures("known")


# Sending


def test_a_message_is_written_with_the_fact_it_tells_or_not_at_all():
    with pytest.raises(RuntimeError), transaction.atomic():
        services.put(to="nysb", message=Noted(what="undone"), at=AT)
        raise RuntimeError
    assert not OutboxMessage.objects.exists() and not ProcrastinateJob.objects.exists()
    services.put(to="nysb", message=Noted(what="done"), at=AT)
    assert OutboxMessage.objects.get().body == {"what": "done"}
    assert ProcrastinateJob.objects.get().args == {"to": "nysb"}


def test_what_is_due_is_carried_once():
    put(45)
    wire = Wire(200)
    assert carry(wire, at=AT) == 45
    assert carry(wire, at=AT + HOUR) == 0
    assert sorted(one["body"]["what"] for one in wire.messages) == sorted(f"fact {k}" for k in range(45))
    assert len(wire.sent) == 1, "all of them in one envelope"


@pytest.mark.parametrize("away", [httpx.ConnectError, httpx.ReadTimeout, 502, 503], ids=str)
def test_a_site_that_is_away_costs_no_message_an_attempt_however_long_it_stays_away(away):
    put(4)
    at, wire = AT, Wire(away, text="Bad Gateway")
    for _day in range(16):
        assert carry(wire, at=at) == 0
        at += timedelta(days=1)
    assert OutboxMessage.objects.filter(dead_at=None, delivered_at=None, attempts=0).count() == 4
    assert not queries.stuck()
    assert carry(Wire(200), at=at) == 4, "all of them arrive with the first that does"


def test_pauses_grow_while_a_site_is_away_and_stay_under_five_minutes():
    def pause(waited: timedelta) -> timedelta:
        return rules.pause_while_away(waited=waited, luck=1.0)

    assert pause(timedelta()) == timedelta(seconds=2)
    assert pause(timedelta(minutes=4)) == timedelta(minutes=1)
    assert pause(timedelta(days=3)) == timedelta(minutes=5)


def test_a_message_that_is_refused_is_tried_again_later_each_time_and_at_last_put_on_the_desk():
    [message_id] = put()
    at, wire, pauses = AT, Wire(503), []
    for _try in range(rules.MAX_ATTEMPTS):
        carry(wire, at=at)
        row = OutboxMessage.objects.get(id=message_id)
        pauses.append(row.next_at - at)
        assert carry(wire, at=at) == 0
        at = row.next_at
    assert len(wire.sent) == rules.MAX_ATTEMPTS, "nothing is sent while its pause lasts"
    assert pauses[0] < pauses[4] < pauses[8] <= rules.LONGEST_PAUSE
    assert [(one.id, one.way, one.attempts) for one in queries.stuck()] == [(message_id, "out", rules.MAX_ATTEMPTS)]


def test_one_refused_message_does_not_hold_up_the_others():
    put(3)
    assert carry(Wire(422, 200), at=AT) == 2


def test_a_relay_that_was_killed_gives_its_messages_back_after_its_lease():
    put(3)
    assert len(services._take(to="nysb", now=AT)) == 3  # and then the process dies
    assert carry(Wire(200), at=AT + timedelta(seconds=5)) == 0
    assert carry(Wire(200), at=AT + rules.LEASE) == 3


@pytest.mark.django_db(transaction=True)
def test_two_relays_at_once_never_hold_the_same_message():
    put(60)

    def take(_n: int) -> list[UUID]:
        try:
            return [row.id for row, _size in services._take(to="nysb", now=AT, n=20)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as relays:
        taken = [one for batch in relays.map(take, range(6)) for one in batch]
    assert len(taken) == len(set(taken)) == 60


# Receiving


def test_a_signed_message_is_applied():
    assert bring(envelope()).status_code == 200
    assert effects("a fact") == 1


def _forge(part: int) -> str:
    pieces = envelope("forged").split(".")
    pieces[part] = pieces[part][:-3] + ("AAA" if pieces[part][-3:] != "AAA" else "BBB")
    return ".".join(pieces)


BAD = {
    "another's key": lambda: envelope("forged", key=STRANGERS_KEY),
    "an unknown sender": lambda: envelope("forged", sender="cacd", key=STRANGERS_KEY),
    "in the central site's name": lambda: envelope("forged", sender="central"),
    "for another site": lambda: envelope("forged", to="nysd"),
    "too old": lambda: envelope("forged", at=timezone.now() - timedelta(minutes=7)),
    "from the future": lambda: envelope("forged", at=timezone.now() + timedelta(minutes=7)),
    "a changed body": lambda: _forge(1),
    "a changed signature": lambda: _forge(2),
    "no envelope": lambda: "hello",
    "empty": lambda: "",
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_what_is_not_signed_by_a_known_site_for_this_one_just_now_is_refused(bad):
    assert bring(bad()).status_code == 401
    assert not InboxMessage.objects.exists() and effects("forged") == 0


def test_unsigned_envelopes_are_refused():
    def b64(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    header = {"alg": "none", "typ": "openecf-bus+jwt"}
    assert bring(f"{b64(header)}.{b64(claims(envelope('forged')))}.").status_code == 401
    assert effects("forged") == 0


def test_a_replayed_envelope_changes_nothing():
    sealed = envelope()
    assert [bring(sealed).content for _n in range(10)] == [b"applied", *[b"known"] * 9]
    assert effects("a fact") == 1


@pytest.mark.django_db(transaction=True)
def test_messages_that_come_ten_times_each_in_any_order_and_at_once_over_http_are_applied_once(live_server):
    ids = [uuid4() for _n in range(20)]
    sealed = [envelope(f"fact {n}", id=each) for n, each in enumerate(ids) for _again in range(10)]
    random.Random(7).shuffle(sealed)

    with httpx.Client(base_url=live_server.url) as http, ThreadPoolExecutor(8) as couriers:
        answers = list(couriers.map(lambda one: http.post("/bus/inbox", content=one).text, sealed))
    assert answers.count("applied") == 20 and answers.count("known") == 180
    assert [effects(f"fact {n}") for n in range(20)] == [1] * 20


@pytest.mark.django_db(transaction=True)
def test_from_outbox_to_effect_over_real_http(live_server, known):
    Peer.objects.create(id=US, base_url=live_server.url, public_key=public_pem(this_site().signing_key))
    for n in range(25):
        services.put(to=US, message=Noted(what=f"carried {n}"), at=timezone.now())
    assert services.relay(to=US, now=timezone.now) == 25
    assert [effects(f"carried {n}") for n in range(25)] == [1] * 25
    assert not OutboxMessage.objects.filter(delivered_at=None).exists()


def test_a_message_that_cannot_be_applied_yet_leaves_nothing_behind_and_is_asked_for_again():
    assert bring(envelope("not yet")).status_code == 503
    assert not InboxMessage.objects.exists() and effects("not yet") == 0


@pytest.mark.parametrize(
    ("sealed", "why"),
    [
        (lambda: envelope("impossible"), "This message cannot be applied."),
        (lambda: envelope(body={"who": "?"}), "The message is not a test.noted"),
    ],
    ids=["its handler says never", "not of its type's shape"],
)
def test_a_message_that_can_never_be_applied_waits_at_the_desk_and_is_not_sent_again(sealed, why):
    one = sealed()
    assert bring(one).status_code == 202
    assert bring(one).status_code == 200
    [stuck] = queries.stuck()
    assert (stuck.way, stuck.site) == ("in", "nysb") and stuck.why.startswith(why)
    assert effects("impossible") == 0


def test_a_message_that_nobody_here_handles_stays_with_its_sender_until_this_site_is_newer():
    assert bring(envelope(type="test.unknown")).status_code == 422
    assert not InboxMessage.objects.exists()


def test_an_endless_envelope_is_refused_unread():
    assert bring("x" * 1_000_001).status_code == 413


# The desk


@pytest.fixture
def stuck_here() -> UUID:
    message_id = uuid4()
    bring(envelope("impossible", id=message_id))
    return message_id


def test_retrying_applies_once_what_can_be_applied_now(stuck_here):
    with pytest.raises(handlers.CannotApply):
        services.retry(message_id=stuck_here, by="user:1", at=AT)
    assert [one.id for one in queries.stuck()] == [stuck_here] and effects("impossible") == 0
    InboxMessage.objects.update(body={"what": "late"})
    services.retry(message_id=stuck_here, by="user:1", at=AT)
    assert effects("late") == 1 and not queries.stuck()
    with pytest.raises(services.NotStuck):
        services.retry(message_id=stuck_here, by="user:1", at=AT)
    assert effects("late") == 1
    assert AuditLine.objects.filter(act="bus.retried", by="user:1", subject=f"message:{stuck_here}").count() == 1


def test_a_handler_that_fails_again_is_told_and_changes_nothing(stuck_here):
    InboxMessage.objects.update(body={"what": "not yet"})
    with pytest.raises(services.StillNotApplied):
        services.retry(message_id=stuck_here, by="user:1", at=AT)
    assert [one.id for one in queries.stuck()] == [stuck_here] and effects("not yet") == 0


def test_retrying_sends_a_dead_message_again():
    [message_id] = put()
    OutboxMessage.objects.update(attempts=14, dead_at=AT)
    assert carry(Wire(200), at=AT + HOUR) == 0
    services.retry(message_id=message_id, by="user:1", at=AT + HOUR)
    assert carry(Wire(200), at=AT + HOUR) == 1


def test_a_site_that_lost_everything_is_told_again_what_it_was_told_under_the_same_ids():
    *told, elsewhere, given_up = put(4)
    carry(Wire(200), at=AT)
    OutboxMessage.objects.filter(id=elsewhere).update(to="flsd")
    OutboxMessage.objects.filter(id=given_up).update(dead_at=AT)
    kinds = {Noted.type}
    assert services.send_again(to="nysb", kinds={"another.kind"}, at=AT + HOUR) == 0
    assert services.send_again(to="nysb", kinds=kinds, at=AT + HOUR) == 2
    assert set(OutboxMessage.objects.filter(delivered_at=None).values_list("id", flat=True)) == set(told)
    assert carry(Wire(200), at=AT + HOUR) == 2
    assert AuditLine.objects.filter(act="bus.sent-again").count() == 1


@pytest.mark.parametrize("way", ["out", "in"])
def test_discarding_keeps_the_row_with_its_reason(way, stuck_here):
    if way == "out":
        [stuck_here] = put()
        OutboxMessage.objects.update(attempts=14, dead_at=AT)
    services.discard(message_id=stuck_here, reason="the court was closed", by="user:1", at=AT)
    table = OutboxMessage if way == "out" else InboxMessage
    assert table.objects.get(id=stuck_here).last_error == "discarded: the court was closed"
    assert stuck_here not in [one.id for one in queries.stuck()]
    assert carry(Wire(200), at=AT + HOUR) == 0 and effects("impossible") == 0
    line = AuditLine.objects.get(act="bus.discarded")
    assert (line.by, line.facts) == ("user:1", {"reason": "the court was closed"})
    with pytest.raises(services.NotStuck):
        services.discard(message_id=stuck_here, reason="again", by="user:1", at=AT)
