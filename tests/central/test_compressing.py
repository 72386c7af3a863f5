"""Public pages travel compressed; what is anybody's own, or a program's, or a form's answer, does not."""

from __future__ import annotations

import gzip

import pytest
from django.conf import settings
from django.test import Client

from tests.central.relying import account, signed_on

pytestmark = pytest.mark.django_db
TAKES = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br"}


def is_compressed(response) -> bool:
    assert ("Content-Encoding" in response.headers) == response.content.startswith(b"\x1f\x8b")
    return response.headers.get("Content-Encoding") == "gzip"


def test_a_public_page_is_the_same_page_compressed_to_a_fifth_and_says_that_it_varies():
    plain, short = Client().get("/courts"), Client().get("/courts", **TAKES)
    assert is_compressed(short) and not is_compressed(plain)
    assert int(short["Content-Length"]) == len(short.content) < len(plain.content) / 4
    assert all("Accept-Encoding" in response["Vary"] for response in (plain, short))
    assert len(gzip.decompress(short.content)) == len(plain.content), "but for the form token, which is masked anew"
    assert Client().head("/courts", **TAKES)["Content-Encoding"] == "gzip", "HEAD tells of what GET would bring"


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [("gzip", 1), ("br, gzip;q=0.5", 1), ("", 0), ("identity", 0), ("br", 0), ("gzip;q=0", 0), ("gzip; q=0.0, br", 0),
     ("x-gzip", 0), ("gzip;q=0, gzip", 1)],
)  # fmt: skip
def test_it_is_compressed_for_a_client_that_says_that_it_takes_it(accepted, compressed):
    assert is_compressed(Client().get("/help", HTTP_ACCEPT_ENCODING=accepted)) == bool(compressed)


@pytest.mark.parametrize(
    ("cookie", "compressed"),
    [("csrf", 1), ("language", 1), ("device", 1), ("session", 0), ("waiting", 0), ("messages", 0)],
)
def test_a_page_asked_for_with_any_cookie_that_could_be_a_sign_on_is_not_compressed(cookie, compressed):
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME.replace("session", cookie)] = "0" * 32
    assert is_compressed(browser.get("/help", **TAKES)) == bool(compressed)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/file-case/court-cmecf-lookup/data.json", "an answer to a program"),
        (f"/pscof/confirm/{'0' * 43}", "its address is a secret"),
        ("/no/such/page", "nothing that anybody is meant to read"),
        ("/healthz", "an answer to a program"),
        ("/static/shell/frame.css", "the static files' own server has it compressed already, or as it is"),
        ("/pscof/manage", "for people who signed on"),
    ],
)
def test_what_is_no_public_page_is_sent_as_it_is(path, why):
    response = Client().get(path, **TAKES)
    content = b"".join(response) if response.streaming else response.content
    assert not content.startswith(b"\x1f\x8b") and "Content-Encoding" not in response.headers, why


def test_nor_is_a_form_that_came_back_or_a_page_of_somebody_who_signed_on():
    answer = Client().post("/csologin/login.jsf", {"loginForm:loginName": "ada", "loginForm:password": "no"}, **TAKES)
    assert answer.status_code == 200 and not is_compressed(answer)
    own = signed_on(account()).get("/pscof/manage", **TAKES)
    assert own.status_code == 200 and not is_compressed(own)
