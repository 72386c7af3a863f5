"""Each request gets an id, one line in the log and its place in the metrics."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from time import perf_counter

import structlog
from django.http import HttpRequest, HttpResponse

from openecf.platform.telemetry.metrics import REQUESTS, SECONDS

log = structlog.get_logger()
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})


class Observed:
    """Middleware, the outermost one. The route's pattern is told, never the path: a path may hold a secret."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex[:16]
        started = perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            taken = perf_counter() - started
            route = request.resolver_match.route if request.resolver_match else "(none)"
            method = request.method if request.method in METHODS else "(other)"
            REQUESTS.labels(route, method, response.status_code).inc()
            SECONDS.labels(route).observe(taken)
            log.info("http.request", route=route, method=method, status=response.status_code, ms=round(taken * 1000, 1))
        response.headers["X-Request-Id"] = request_id
        return response
