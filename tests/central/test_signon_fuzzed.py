"""What programs call, tried with everything that the OpenAPI document allows and much that it does not: schemathesis
finds no answer of another kind than the document says, and none that is a fault of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import sampled_from
from schemathesis import GenerationMode

from openecf.platform.health import checks
from openecf.platform.throttle.models import Counter
from tests.central.relying import Court, account, court, signed_on

__all__ = ["court"]
pytestmark = pytest.mark.django_db
DOCUMENT = json.loads(resources.files("openecf.central.signon").joinpath("openapi.json").read_text("utf-8"))
OPERATIONS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]
WANTED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
EXAMPLES = 30


@pytest.fixture(autouse=True)
def one_transaction() -> Iterator[None]:
    """A request must not end the connection that holds the test's transaction, as Django's own test client sees to."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@cache
def schema():
    schemathesis.checks.load_all_checks()
    return schemathesis.openapi.from_wsgi("/openapi.json", get_wsgi_application())


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as told", "otherwise"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=[f"{method} {path}" for path, method in OPERATIONS])
def test_every_answer_is_one_of_those_that_the_document_names(
    court: Court, monkeypatch: pytest.MonkeyPatch, path: str, method: str, mode: GenerationMode
) -> None:
    account()
    # A running site has more parts than a database; here the one there is answers.
    monkeypatch.setattr(checks, "failures", dict)
    operation = schema()[path][method.upper()]
    if mode is GenerationMode.NEGATIVE and not operation.body and not list(operation.iter_parameters()):
        pytest.skip("takes nothing that could be otherwise")
    wanted = [schemathesis.checks.CHECKS.get_one(name) for name in WANTED]

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def tried(case) -> None:
        Counter.objects.all().delete()  # the pace is a rule of its own
        case.call_and_validate(checks=wanted, base_url="http://testserver")

    tried()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_browser_that_a_true_court_sends_gets_an_answer_that_the_document_names_whatever_else_it_brings(
    court: Court, method: str
) -> None:
    """What is invented alone names no court, and goes no further than the page that says so."""
    browser, told = signed_on(account()), DOCUMENT["paths"]["/oauth2/authorize"][method]["responses"]
    operation = schema()["/oauth2/authorize"][method.upper()]
    right = {name: court.ask().parameters[name]
             for name in ("response_type", "client_id", "redirect_uri", "code_challenge", "code_challenge_method")}  # fmt: skip
    led: set[tuple[str, str]] = set()

    @settings(
        max_examples=2 * EXAMPLES, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
    )  # fmt: skip
    @given(
        case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        scope=sampled_from(("openid", "openid offline_access", "profile")),
        prompt=sampled_from(("", "none", "login", "consent", "none login")),
        left_out=sampled_from(((), ("id_token_hint",), ("id_token_hint", "max_age", "acr_values"))),
    )
    def tried(case, scope: str, prompt: str, left_out: tuple[str, ...]) -> None:
        given = case.query if method == "get" else case.body
        given.update(right, scope=scope, prompt=prompt)
        for name in left_out:
            given.pop(name, None)
        brought = {name: value for name, value in given.items() if isinstance(value, str)}
        response = getattr(browser, method)("/oauth2/authorize", brought)
        assert str(response.status_code) in told, (brought, response.status_code)
        there = urlsplit(response.headers["Location"])
        led.add((there.path, next((name for name in ("code", "error") if name in parse_qs(there.query)), "")))

    tried()
    assert led == {("/oidc/callback", "code"), ("/oidc/callback", "error"), ("/csologin/login.jsf", "")}


def test_the_document_names_what_is_there(court: Court) -> None:
    told = Client().get("/openapi.json").json()
    assert told["servers"] == [{"url": "http://central.test"}]
    metadata = Client().get("/.well-known/openid-configuration").json()
    for name in ("token", "userinfo", "introspection", "revocation"):
        assert metadata[f"{name}_endpoint"].removeprefix("http://central.test") in told["paths"]
    assert "/openapi.json" in Client().get("/developers").content.decode()
