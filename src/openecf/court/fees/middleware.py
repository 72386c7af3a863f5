"""The exemption that somebody chose at the sign-on, at the first page of a session."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from openecf.court.fees import exempting


class ReadsAs:
    """Middleware, after the one that knows readers: what was chosen at Central Sign-On is used here, once for a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        who = getattr(request, "signed_on", None)
        if who is not None and who.reads_as:
            request.reader = exempting.begin_as(reader=request.reader, purpose=who.reads_as, at=request.arrived)
        return self.get_response(request)
