"""Knowing people who came in with the court's own login, until the hour of going live."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from openecf.court.currentgen import queries
from openecf.court.transition import queries as transition
from openecf.court.transition.rules import Era, era

COOKIE = settings.SESSION_COOKIE_NAME.replace("session", "own_login")


class OwnLogins:
    """Middleware, after the readers': ``request.reader`` becomes who holds the court's own login."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookie = request.COOKIES.get(COOKIE, "")
        if cookie and era(transition.profile(), request.arrived) is not Era.NEXTGEN:
            known = queries.reader_of(cookie=cookie, beside=request.reader, now=request.arrived)
            request.reader = known or request.reader
        return self.get_response(request)
