"""Central Sign-On does not answer: programs, which ask at every page, do not take a court's places from everybody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import httpx
import pytest

from openecf.platform.relying_party import provider

TOKEN = "a" * 128
PLACES = 8


@pytest.fixture
def asked(monkeypatch) -> tuple[list[str], Callable[[object], None]]:
    """What the provider was asked, and how to say what it does: answers with a status, or waits and then does not."""
    heard: list[str] = []
    does: list[object] = []

    def call(_method: str, path: str, **_how: object) -> httpx.Response:
        heard.append(path)
        now = does[0]
        if isinstance(now, threading.Event):
            now.wait(30)
            raise provider.ProviderAway
        return httpx.Response(now, json={"active": False})

    monkeypatch.setattr(provider, "_call", call)
    monkeypatch.setattr(provider, "_away", threading.Event())
    return heard, lambda what: does.__setitem__(slice(None), [what])


def away() -> bool:
    try:
        provider.introspect(TOKEN)
    except provider.ProviderAway:
        return True
    return False


def test_while_it_is_away_one_program_waits_and_the_others_are_told_at_once(asked) -> None:
    heard, it = asked
    it(503)
    assert away(), "the first to meet it finds out"
    silence = threading.Event()
    it(silence)
    with ThreadPoolExecutor(PLACES) as programs:
        waiting = programs.submit(away)
        while len(heard) < 2:
            sleep(0.001)
        assert all(programs.map(lambda _n: away(), range(PLACES - 1))), "though it is still silent to the one who asks"
        assert not waiting.done() and len(heard) == 2
        silence.set()
        assert waiting.result()


def test_once_it_is_back_everybody_asks_again(asked) -> None:
    heard, it = asked
    it(503)
    assert away()
    it(200)
    assert not any(away() for _ in range(3)) and len(heard) == 4
