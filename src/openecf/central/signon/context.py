"""What a sign-on hands to the browser, and where it sends it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from openecf.central.factors import rules as factor_rules
from openecf.central.signon import queries, rules, services
from openecf.kernel.paths import local_path
from openecf.platform.web import came_by

CODE = "/csologin/code"
WAITING_COOKIE = settings.SESSION_COOKIE_NAME.replace("session", "waiting")
"""Names a sign-on whose password was right and whose code is still to come."""


def back_address(request: HttpRequest, appurl: str) -> str:
    """Where a person goes after signing on: a path of this site, or an admitted court's page; else the front page."""
    if appurl.startswith("/"):
        return local_path(appurl)
    return rules.admitted_address(appurl, [came_by(request), *queries.admitted_origins()]) or "/pscof/manage"


def hand_over(response: HttpResponse, begun: services.Begun) -> None:
    """Give the browser the cookie of its new, or stepped-up, sign-on."""
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        begun.secret,
        max_age=rules.ABSOLUTE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def ask_for_code(asked: services.CodeAsked, appurl: str) -> HttpResponse:
    """Send the browser to the page that asks for the code; afterwards it goes to ``appurl``."""
    response = HttpResponseRedirect(f"{CODE}?{urlencode({'appurl': appurl})}" if appurl else CODE)
    response.set_cookie(
        WAITING_COOKIE,
        asked.secret,
        max_age=factor_rules.WAITING_LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
