"""Knowing the caller of each request as this court knows people."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from openecf.court.people import queries


class Readers:
    """Middleware: ``request.reader``, from who signed on (``request.signed_on``). Runs after the relying party's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reader = queries.reader_of(getattr(request, "signed_on", None))
        return self.get_response(request)
