"""Who is nobody yet makes the site read little: sixteen KiB at most, on every page and call that signs on."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import resolve

from openecf.platform.short_body import LARGEST, WITH_A_PASSKEY
from openecf.platform.throttle.models import Counter
from tests.central.relying import PASSWORD, account, sign_in

pytestmark = pytest.mark.django_db

PAGES = ["/csologin/login.jsf", "/csologin/code", "/csologin/passkey/options", "/csologin/logout", "/csologin/told",
         "/csologin/new-password", "/csologin/client-code", "/oauth2/authorize", "/oauth2/logout", "/pscof/forgot",
         "/pscof/register", "/pscof/register/security", "/pscof/reset/x", "/pscof/confirm/x"]  # fmt: skip
CALLS = ["token", "introspect", "revoke", "revocations", "userinfo"]


def sent(path: str, size: int, *, there: bool = False):
    """What is answered to a form of that many bytes, of which none is there to be read, or all."""
    kind = "application/x-www-form-urlencoded"
    body = b"a=" + b"x" * (size - 2) if there else b""
    return Client(enforce_csrf_checks=True).post(path, body, content_type=kind, CONTENT_LENGTH=str(size))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_refuses_more_without_reading_it(path: str) -> None:
    answer = sent(path, LARGEST + 1)
    assert answer.status_code == 413 and "Nothing of it was read" in answer.content.decode()
    assert sent(path, LARGEST, there=True).status_code != 413


@pytest.mark.parametrize("call", CALLS)
def test_a_call_refuses_more_in_json(call: str) -> None:
    answer = sent(f"/oauth2/{call}", LARGEST + 1)
    assert answer.status_code == 413 and answer.json()["error"] == "invalid_request"
    assert sent(f"/oauth2/{call}", LARGEST, there=True).status_code != 413


def test_a_passkeys_answer_may_be_longer() -> None:
    assert sent("/csologin/passkey", LARGEST + 1, there=True).status_code != 413
    assert sent("/csologin/passkey", WITH_A_PASSKEY + 1).status_code == 413


@pytest.mark.parametrize("path", ["cso-auth", "cso-logout"])
def test_the_authentication_api_answers_as_ever(path: str) -> None:
    account()
    body = json.dumps({"loginId": "ada-counsel", "password": PASSWORD, "redactFlag": "1", "more": "x" * LARGEST})
    answer = Client().post(f"/services/{path}", body, content_type="application/json")
    assert answer.status_code == 200 and answer.json()["loginResult"] == "1"
    assert "not understood" in answer.json()["errorDescription"]


def test_an_endless_password_costs_no_hash_and_counts_against_nobody() -> None:
    account()
    assert sign_in(Client(), password="x" * LARGEST).status_code == 413
    assert not Counter.objects.exists()


def test_every_form_by_which_nobody_yet_can_send_something_is_short() -> None:
    for path in [*PAGES, *(f"/oauth2/{call}" for call in CALLS)]:
        assert resolve(path).func.short_body.most == LARGEST, path
