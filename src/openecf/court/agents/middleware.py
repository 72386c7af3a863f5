"""Whom a filing agent acts for, at each request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from openecf.court.agents import queries


class ActingFor:
    """Middleware, after everything that knows readers: ``request.reader`` of a filing agent becomes the principal's
    place at this court, as the agent chose it for the session. No cookie, address or form says whom."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reader = queries.as_chosen(request.reader, now=request.arrived)
        return self.get_response(request)
