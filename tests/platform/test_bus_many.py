"""Many messages in one envelope: fewer signatures and posts, and each message as if it had come by itself."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from openecf.platform.bus import handlers, queries, rules, services
from openecf.platform.bus.api import MAX_ENVELOPE
from openecf.platform.bus.models import InboxMessage, OutboxMessage, Peer
from tests.platform.couriers import (
    AT,
    STRANGERS_KEY,
    Noted,
    Wire,
    bring,
    carry,
    claims,
    effects,
    envelope,
    known,
    many,
    noted,
    put,
)  # fmt: skip

__all__ = ["known"]
pytestmark = pytest.mark.usefixtures("known")


# Sending


def test_an_envelope_carries_so_many_messages_and_so_many_bytes():
    def shared(sizes: list[int]) -> int:
        return rules.together(sizes)

    assert shared([100] * 1000) == rules.MOST_TOGETHER
    assert shared([rules.LARGEST_TOGETHER // 2] * 3) == 2
    assert shared([rules.LARGEST_TOGETHER * 3, 1]) == 1, "a very large one goes by itself"
    assert shared([7]) == 1


def test_many_large_messages_fit_into_what_an_inbox_takes():
    for n in range(9):
        services.put(to="nysb", message=Noted(what=f"{n}" + "\u20ac" * 100_000), at=AT)
    wire = Wire(200)
    assert carry(wire, at=AT) == 9
    assert max(len(sealed) for sealed in wire.sent) <= MAX_ENVELOPE and len(wire.sent) > 2


def test_a_site_of_older_software_is_brought_its_messages_one_by_one():
    put(30)
    wire = Wire(200, takes_many=False)
    assert carry(wire, at=AT) == 30
    assert len(wire.sent) == 31, "asked once whether it takes many"
    assert sorted(one["body"]["what"] for one in wire.messages[30:]) == sorted(f"fact {k}" for k in range(30))
    assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.parametrize("nonsense", [b"applied", b"[]", b'{"a": 1}', b'["applied", "applied", "applied"]'], ids=repr)
def test_an_answer_that_does_not_say_what_became_of_each_delivers_none(nonsense):
    put(2)
    answers = [httpx.Response(200, content=nonsense), httpx.Response(503, text=services.NOT_APPLIED)]

    def answer(_request: httpx.Request) -> httpx.Response:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    services.relay(to="nysb", now=lambda: AT, client=httpx.Client(transport=httpx.MockTransport(answer)))
    assert OutboxMessage.objects.filter(delivered_at=None, attempts=1).count() == 2


def test_what_an_envelope_s_receiver_did_not_get_to_is_brought_again_at_once_and_costs_no_attempt():
    put(5)
    seen: list[int] = []

    def slow(request: httpx.Request) -> httpx.Response:
        many = claims(request.read().decode()).get("msgs")
        seen.append(len(many) if many else 1)
        return httpx.Response(200, json=["applied"] * 2) if many else httpx.Response(200, text="applied")

    client = httpx.Client(transport=httpx.MockTransport(slow))
    assert services.relay(to="nysb", now=lambda: AT, client=client) == 5
    assert seen == [5, 3, 1]
    assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {1}


# Receiving


def test_an_envelope_of_many_is_applied_in_its_order_and_each_message_once(monkeypatch):
    order: list[str] = []
    monkeypatch.setitem(handlers._HANDLERS, Noted.type, lambda message, **_facts: order.append(message.what))
    sealed = many(*(f"fact {n}" for n in range(50)))
    assert bring(sealed).json() == ["applied"] * 50
    assert bring(sealed).json() == ["known"] * 50
    assert order == [f"fact {n}" for n in range(50)]
    assert InboxMessage.objects.filter(applied_at__isnull=False, dead_at=None).count() == 50


def test_one_bad_message_in_an_envelope_stops_none_of_the_others():
    sealed = many(
        "first", "not yet", "impossible", (uuid4(), Noted.type, {"who": "?"}), (uuid4(), "test.unknown", {}), "last"
    )
    assert bring(sealed).json() == ["applied", "not applied", "dead", "dead", "nobody handles it", "applied"]
    assert [effects(what) for what in ("first", "not yet", "impossible", "last")] == [1, 0, 0, 1]
    kept = InboxMessage.objects.values_list("dead_at", "applied_at")
    assert sorted((dead is not None, applied is not None) for dead, applied in kept) == [
        (False, True), (False, True), (True, False), (True, False),
    ]  # fmt: skip
    assert len(queries.stuck()) == 2
    again = bring(sealed).json()
    assert again == ["known", "not applied", "known", "known", "nobody handles it", "known"]
    assert [effects(what) for what in ("first", "last")] == [1, 1]


def test_an_envelope_of_which_half_is_known_applies_the_other_half():
    each = [(uuid4(), Noted.type, {"what": f"fact {n}"}) for n in range(10)]
    assert bring(many(*each[::2])).json() == ["applied"] * 5
    assert bring(envelope("fact 1", id=each[1][0])).content == b"applied", "one of them came by itself"
    random.Random(5).shuffle(each)
    assert sorted(bring(many(*each)).json()) == ["applied"] * 4 + ["known"] * 6
    assert [effects(f"fact {n}") for n in range(10)] == [1] * 10


def test_a_message_that_stands_twice_in_an_envelope_is_applied_once():
    one = (uuid4(), Noted.type, {"what": "twice"})
    assert bring(many(one, "between", one)).json() == ["applied"] * 3
    assert effects("twice") == 1


@pytest.mark.django_db(transaction=True)
def test_envelopes_with_the_same_messages_in_other_orders_at_once_apply_each_once(live_server):
    each = [(uuid4(), Noted.type, {"what": f"fact {n}"}) for n in range(40)]
    mixed = random.Random(11)
    sealed = [many(*mixed.sample(each, 25)) for _n in range(24)] + [many(*mixed.sample(each, 40))]
    with httpx.Client(base_url=live_server.url, timeout=60) as http, ThreadPoolExecutor(8) as couriers:
        answers = list(couriers.map(lambda one: http.post("/bus/inbox", content=one), sealed))
    assert {answer.status_code for answer in answers} == {200}
    assert [outcome for answer in answers for outcome in answer.json()].count("applied") == 40
    assert [effects(f"fact {n}") for n in range(40)] == [1] * 40


def test_messages_that_a_room_applies_together_are_applied_by_one_call(monkeypatch):
    calls: list[list[str]] = []

    def together(received: list[handlers.Received], *, sender: str, at: datetime) -> None:
        calls.append([one.message.what for one in received])
        for one in received:
            noted(one.message, sender=sender, message_id=one.message_id, at=at)

    monkeypatch.setitem(handlers._TOGETHER, Noted.type, together)
    assert bring(many("a", "b", "c")).json() == ["applied"] * 3
    assert bring(many("d", "impossible", "not yet", "e")).json() == ["applied", "dead", "not applied", "applied"]
    assert calls == [["a", "b", "c"], ["d", "impossible", "not yet", "e"]], (
        "and what is wrong with one is found by itself"
    )
    assert [effects(what) for what in ("a", "b", "c", "d", "impossible", "e")] == [1, 1, 1, 1, 0, 1]


def test_an_inbox_whose_time_is_over_answers_for_what_it_applied(monkeypatch):
    moments = iter([0.0, 1.0, 2.0, 3.0, 99.0, 99.0, 99.0])
    monkeypatch.setattr(services, "monotonic", lambda: next(moments))
    assert bring(many(*(f"fact {n}" for n in range(5)))).json() == ["applied"] * 2
    assert InboxMessage.objects.count() == 2
    assert [effects(f"fact {n}") for n in range(5)] == [1, 1, 0, 0, 0]


BAD_MANY = {
    "another's key": lambda: many("forged", key=STRANGERS_KEY),
    "for another site": lambda: many("forged", to="nysd"),
    "too old": lambda: many("forged", at=timezone.now() - timedelta(minutes=7)),
    "a message without an id": lambda: many((None, Noted.type, {"what": "forged"})),
    "not a list": lambda: many("forged", messages=[]).replace(".", ".e30", 1),
}


@pytest.mark.parametrize("bad", BAD_MANY.values(), ids=BAD_MANY.keys())
def test_an_envelope_of_many_is_checked_as_one_of_one_is(bad):
    assert bring(bad()).status_code == 401
    assert not InboxMessage.objects.exists() and effects("forged") == 0


# A fact and its message in one statement

FACT = "INSERT INTO bus_peer (id, base_url, public_key) VALUES (%(peer)s, 'http://x.test', '')"


def tell(peer: str) -> None:
    services.put_with(fact=FACT, values={"peer": peer}, to="nysb", message=Noted(what=peer), at=AT, may_lag=True)


def durability() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return cursor.fetchone()[0]


def test_a_fact_and_its_message_are_written_together_or_not_at_all():
    tell("cacd")
    with pytest.raises(IntegrityError), transaction.atomic():
        tell("cacd")
    assert Peer.objects.filter(id="cacd").count() == 1
    assert [row.body for row in OutboxMessage.objects.all()] == [{"what": "cacd"}]
    assert carry(Wire(200), at=AT) == 1


@pytest.mark.django_db(transaction=True)
def test_only_a_fact_by_itself_does_not_wait_for_the_disk_and_nothing_after_it():
    tell("cacd")
    assert durability() == "on", "the next transaction on this connection is as durable as ever"
    with transaction.atomic():
        tell("nyed")
        assert durability() == "on", "a fact that belongs to another act is as durable as the act"
    assert OutboxMessage.objects.count() == 2
