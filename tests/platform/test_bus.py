"""Facts cross between sites: written with what they tell, signed, carried over HTTP, applied once."""

from __future__ import annotations

import base64
import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from openecf.platform.audit.models import AuditLine
from openecf.platform.bus import handlers, messages, queries, rules, services
from openecf.platform.bus.api import MAX_ENVELOPE
from openecf.platform.bus.envelopes import seal, seal_many
from openecf.platform.bus.models import InboxMessage, OutboxMessage
from openecf.platform.config import public_pem, this_site
from openecf.platform.throttle import services as counters

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY, STRANGERS_KEY = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
US = this_site().id


class Noted(messages.Message):
    """A message of the tests: its effect is a row in the database, counted."""

    type: ClassVar[str] = "test.noted"
    what: str


def noted(message: Noted, *, sender: str, message_id: UUID, at: datetime) -> None:
    counters.count(key=message.what, window=HOUR, now=timezone.now())
    if message.what == "impossible":
        raise handlers.CannotApply
    if message.what == "not yet":
        raise LookupError("what it refers to has not come yet")


def effects(what: str) -> int:
    return counters.failures(key=what, window=HOUR, now=timezone.now())


@pytest.fixture(autouse=True)
def known(monkeypatch, db):
    """``nysb`` is a site we know; its messages of the tests' kind have a handler here."""
    monkeypatch.setitem(messages.MESSAGES, Noted.type, Noted)
    monkeypatch.setitem(handlers._HANDLERS, Noted.type, noted)
    services.admit_peer(id="nysb", base_url="http://nysb.test", public_key=public_pem(KEY), at=AT)


def envelope(what: str = "a fact", **changes: object) -> str:
    facts = {
        "key": KEY, "sender": "nysb", "to": US, "id": uuid4(), "type": Noted.type, "body": {"what": what},
        "at": timezone.now(),
    }  # fmt: skip
    return seal(**(facts | changes))


def bring(sealed: str) -> httpx.Response:
    return Client().post("/bus/inbox", data=sealed, content_type="application/jwt")


# Sending


def test_a_message_is_written_with_the_fact_it_tells_or_not_at_all():
    with pytest.raises(RuntimeError), transaction.atomic():
        services.put(to="nysb", message=Noted(what="undone"), at=AT)
        raise RuntimeError
    assert not OutboxMessage.objects.exists() and not ProcrastinateJob.objects.exists()
    services.put(to="nysb", message=Noted(what="done"), at=AT)
    assert OutboxMessage.objects.get().body == {"what": "done"}
    assert ProcrastinateJob.objects.get().args == {"to": "nysb"}


class Wire(httpx.BaseTransport):
    """A site that answers each message as the test wants, and keeps the envelopes.

    ``takes_many=False``: its software knows no envelopes with many messages.
    """

    def __init__(
        self, *answers: int | type[Exception], text: str = services.NOT_APPLIED, takes_many: bool = True
    ) -> None:
        self.answers, self.text, self.takes_many, self.sent = list(answers), text, takes_many, []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sealed = request.read().decode()
        self.sent.append(sealed)
        many = claims(sealed).get("msgs", ())
        if not many:
            return self._one()
        if not self.takes_many:
            return httpx.Response(401)
        told = [self._one() for _message in many]
        away = next((one for one in told if one.status_code >= 500 and self.text != services.NOT_APPLIED), None)
        return away or httpx.Response(200, json=[OUTCOMES[one.status_code] for one in told])

    def _one(self) -> httpx.Response:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, type):
            raise answer("not there")
        return httpx.Response(answer, text=self.text)

    @property
    def messages(self) -> list[dict]:
        return [one for sealed in self.sent for one in claims(sealed).get("msgs") or [claims(sealed)]]


OUTCOMES = {200: services.APPLIED, 202: services.DEAD, 422: services.NOBODY, 503: services.NOT_APPLIED}


def carry(wire: Wire, *, at: datetime) -> int:
    return services.relay(to="nysb", now=lambda: at, client=httpx.Client(transport=wire))


def put(n: int = 1) -> list[UUID]:
    return [services.put(to="nysb", message=Noted(what=f"fact {k}"), at=AT) for k in range(n)]


def test_what_is_due_is_carried_once():
    put(45)
    wire = Wire(200)
    assert carry(wire, at=AT) == 45
    assert carry(wire, at=AT + HOUR) == 0
    assert sorted(one["body"]["what"] for one in wire.messages) == sorted(f"fact {k}" for k in range(45))
    assert len(wire.sent) == 1, "all of them in one envelope"


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


def claims(sealed: str) -> dict:
    """What an envelope says, whoever signed it."""
    middle = sealed.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


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
    services.admit_peer(id=US, base_url=live_server.url, public_key=public_pem(this_site().signing_key), at=AT)
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


# Many at once


def many(*whats: str | tuple[UUID, str, dict], **changes: object) -> str:
    each = [one if isinstance(one, tuple) else (uuid4(), Noted.type, {"what": one}) for one in whats]
    facts = {"key": KEY, "sender": "nysb", "to": US, "messages": each, "at": timezone.now()}
    return seal_many(**(facts | changes))


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
