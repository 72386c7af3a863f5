"""How long a page says that its reader stays signed on: the script of the frame warns five minutes before."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.signon.models import SsoSession
from tests.central.relying import account, signed_on

pytestmark = pytest.mark.django_db


def seconds(browser: Client, path: str = "/pscof/manage") -> int | None:
    told = re.search(r'data-session-seconds="(\d+)"', browser.get(path).content.decode())
    return int(told[1]) if told else None


def test_an_hour_from_each_page_on() -> None:
    assert seconds(signed_on(account())) == 3600


def test_less_before_the_twelfth_hour() -> None:
    browser = signed_on(account())
    SsoSession.objects.update(expires_at=timezone.now() + timedelta(minutes=10))
    assert 0 < seconds(browser) <= 600


def test_of_nobody_nothing_is_said() -> None:
    assert seconds(Client(), "/csologin/login.jsf") is None
