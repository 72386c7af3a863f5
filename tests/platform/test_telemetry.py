"""What operators see: metrics for who shows the token, log lines without people's data."""

from __future__ import annotations

import json
import logging

import pytest
import structlog
from django.test import Client
from django.utils import timezone

from openecf.platform.bus.access import operator_token
from openecf.platform.mail import services as mail

pytestmark = pytest.mark.django_db


def scraped(**headers: str) -> dict[str, float]:
    answer = Client().get("/metrics", **headers)
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in lines)}


@pytest.fixture
def operator() -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {operator_token()}"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_AUTHORIZATION": "Bearer guessed"},
        {"HTTP_AUTHORIZATION": "TOKEN", "HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"HTTP_AUTHORIZATION": "TOKEN", "REMOTE_ADDR": "203.0.113.9"},
    ],
    ids=["no token", "a wrong one", "right, but through a proxy", "right, but from another machine"],
)
def test_metrics_look_like_any_missing_page_to_everybody_else(headers, operator):
    given = {k: operator["HTTP_AUTHORIZATION"] if v == "TOKEN" else v for k, v in headers.items()}
    refused, missing = Client().get("/metrics", **given), Client().get("/no-such-page", **given)
    assert refused.status_code == missing.status_code == 404
    assert refused.content == missing.content


def test_requests_are_counted_by_route_and_status(operator):
    name = 'openecf_requests_total{method="GET",route="healthz",status="200"}'
    before = scraped(**operator).get(name, 0)
    Client().get("/healthz")
    assert scraped(**operator)[name] == before + 1


def test_what_waits_is_told_with_its_age(operator):
    mail.send(to=["ada@counsel.example"], subject="A notice", text="…", at=timezone.now())
    figures = scraped(**operator)
    assert figures['openecf_waiting{kind="mail"}'] == 1
    assert figures['openecf_stuck{kind="mail"}'] == 0
    assert 0 <= figures['openecf_oldest_waiting_seconds{kind="mail"}'] < 60


def test_a_request_is_one_line_that_names_the_route_and_not_the_path(caplog):
    answer = Client().get("/no-such-page/secret-of-a-mailed-link")
    lines = [record.getMessage() for record in caplog.records] + [str(record.msg) for record in caplog.records]
    mine = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [line["event"] for line in mine].count("http.request") == 1
    assert mine[-1]["request_id"] == answer.headers["X-Request-Id"]
    assert not [line for line in lines if "secret-of-a-mailed-link" in line]


def test_an_error_leaves_its_traceback_and_no_path(caplog, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("the reason")

    monkeypatch.setattr("openecf.platform.health.checks.failures", broken)
    answer = Client(raise_request_exception=False).get("/readyz?secret-of-a-mailed-link")
    assert answer.status_code == 500
    error = next(record for record in caplog.records if record.levelno == logging.ERROR)
    assert error.getMessage() == "http.error" and error.exc_info[0] is ZeroDivisionError
    assert not [record for record in caplog.records if "secret-of-a-mailed-link" in record.getMessage()]


def test_lines_are_json_with_the_site_and_the_time():
    formatter = logging.getLogger().handlers
    ours = next(h.formatter for h in formatter if isinstance(h.formatter, structlog.stdlib.ProcessorFormatter))
    record = logging.makeLogRecord({"name": "some.library", "levelno": logging.INFO, "msg": "did %s", "args": ("it",)})
    line = json.loads(ours.format(record))
    assert line["event"] == "did it" and line["site"] and line["at"]
