"""What the tests of the bus share: a kind of message, a site that we know, envelopes, and a site that answers."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.utils import timezone

from openecf.platform.bus import handlers, messages, services
from openecf.platform.bus.envelopes import seal, seal_many
from openecf.platform.bus.models import Peer
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


@pytest.fixture
def known(monkeypatch, db):
    """``nysb`` is a site we know; its messages of the tests' kind have a handler here."""
    monkeypatch.setitem(messages.MESSAGES, Noted.type, Noted)
    monkeypatch.setitem(handlers._HANDLERS, Noted.type, noted)
    Peer.objects.create(id="nysb", base_url="http://nysb.test", public_key=public_pem(KEY))


def envelope(what: str = "a fact", **changes: object) -> str:
    facts = {
        "key": KEY, "sender": "nysb", "to": US, "id": uuid4(), "type": Noted.type, "body": {"what": what},
        "at": timezone.now(),
    }  # fmt: skip
    return seal(**(facts | changes))


def bring(sealed: str) -> httpx.Response:
    return Client().post("/bus/inbox", data=sealed, content_type="application/jwt")


def many(*whats: str | tuple[UUID, str, dict], **changes: object) -> str:
    each = [one if isinstance(one, tuple) else (uuid4(), Noted.type, {"what": one}) for one in whats]
    facts = {"key": KEY, "sender": "nysb", "to": US, "messages": each, "at": timezone.now()}
    return seal_many(**(facts | changes))


def claims(sealed: str) -> dict:
    """What an envelope says, whoever signed it."""
    middle = sealed.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


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
