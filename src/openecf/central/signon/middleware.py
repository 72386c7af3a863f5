"""Knowing who signed on, at every request to the central site."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from openecf.central.signon import queries


class SignOnSession:
    """Middleware: ``request.account`` (Account or None) and ``request.sso`` (SsoSession or None); one statement at
    most, none for callers without the cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        whole = not request.path.startswith("/oauth2/")
        found = queries.by_cookie(cookie=cookie, now=request.arrived, whole=whole) if cookie else None
        request.account = found.account if found else None
        request.sso = found.session if found else None
        return self.get_response(request)
