"""Who may sit at the operators' desk."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from openecf.platform.access import Rule
from openecf.platform.config import this_site
from openecf.platform.shell.views import not_found

_LOOPBACK = frozenset({"127.0.0.1", "::1"})


def operator_token() -> str:
    """What an operator on the site's own machine shows: derived from the site's secret, never stored."""
    return hmac.new(bytes.fromhex(this_site().secrets.django), b"openecf operator desk", hashlib.sha256).hexdigest()


def _operator(request: HttpRequest) -> HttpResponse | None:
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    near = request.META.get("REMOTE_ADDR") in _LOOPBACK and "X-Forwarded-For" not in request.headers
    if near and hmac.compare_digest(shown.encode(), operator_token().encode()):
        return None
    return not_found(request, LookupError("desk"))


OPERATOR = Rule("operator", _operator)
"""A program on the site's own machine that can read the site's secrets, and shows ``Authorization: Bearer …``."""


def _desk(request: HttpRequest) -> HttpResponse | None:
    return import_string(settings.OPENECF_DESK_RULE).check(request)


DESK = Rule("desk", _desk)
"""The site's own staff: each kind of site names its rule in the setting ``OPENECF_DESK_RULE``."""


def _decide(request: HttpRequest) -> HttpResponse | None:
    return import_string(settings.OPENECF_DESK_DECIDES_RULE).check(request)


DECIDES = Rule("desk-decides", _decide)
"""Who of them decides what becomes of a message, by the setting ``OPENECF_DESK_DECIDES_RULE``; the others look."""
