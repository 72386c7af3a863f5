"""Knowing who signed on, at every request to a court."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from openecf.platform.relying_party import provider, queries, rules, services
from openecf.platform.relying_party.rules import SignedOn

log = structlog.get_logger()
TOKEN_LENGTH = 128


class SignedOnPeople:
    """Middleware: ``request.signed_on``, from the browser's session or a program's ``NextGenCSO`` token.

    A program never gets a cookie of ours. When the provider is away, people already signed in stay signed in, and
    programs that it vouched for a moment ago go on reading.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.signed_on = self._browser(request) or self._program(request)
        return self.get_response(request)

    def _browser(self, request: HttpRequest) -> SignedOn | None:
        cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        found = queries.browser(cookie=cookie, now=request.arrived) if cookie else None
        if found is None:
            return None
        fresh = _heard(found.heard_at, request.arrived)
        return rules.signed_on(found.facts, sid=found.sid, kind="browser", fresh=fresh, beside=found.beside)

    def _program(self, request: HttpRequest) -> SignedOn | None:
        token = request.COOKIES.get("NextGenCSO", "")
        if len(token) != TOKEN_LENGTH or not (token.isascii() and token.isalnum()):
            return None
        found = queries.program(token=token, now=request.arrived)
        if found is not None:
            fresh = _heard(found.heard_at, request.arrived)
            return rules.signed_on(found.facts, sid=found.sid, kind="api", fresh=fresh, beside=found.beside)
        try:
            told = services.check_program(token=token, at=request.arrived)
        except provider.ProviderAway:
            log.warning("sign-on.away")
            found = queries.program(token=token, now=request.arrived, within=queries.BELIEVED_WHILE_AWAY)
            return rules.signed_on(found.facts, sid=found.sid, kind="api", fresh=False) if found else None
        return rules.signed_on(told[1], sid=told[0], kind="api", fresh=True) if told else None


def _heard(heard_at: datetime | None, now: datetime) -> bool:
    """Whether this court has heard from the provider within a minute; it asks now if it has not."""
    if heard_at is not None and now - heard_at <= rules.FRESH_FOR:
        return True
    with suppress(provider.ProviderAway):
        return services.listen(at=now)
    return False
