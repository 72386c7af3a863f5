"""Public pages travel compressed; nothing else does.

Compressing a page that holds both a secret and words from outside tells the secret by its length (BREACH), if somebody
can make a browser ask for it again and again with its own cookies. So only that is compressed which everybody gets
alike: a page that anyone may open, asked for without a sign-on of any kind. There, who listens can ask for it as well;
the form token is masked anew for each answer, and the header is padded by chance (Django's ``GZipMiddleware``).
Reports, documents, answers to programs and everything streamed stay as they are: they are not public, or are compressed
already.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from openecf.platform.access import ANYONE

SMALLEST = 1400
"""Bytes: what fits into one packet anyway arrives no sooner for being shorter."""
PLAIN_COOKIES = frozenset({
    settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, settings.SESSION_COOKIE_NAME.replace("session", "device"),
})  # fmt: skip
"""Cookies that are no sign-on: the form token, the language, and the mark of a browser that was here before."""
_ACCEPTED = re.compile(r"(?:^|,)\s*gzip\s*(?:$|,|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))")


class PublicPages(GZipMiddleware):
    """Middleware: sends a public page compressed to a client that takes it so."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not is_public_page(request, response):
            return response
        if not _ACCEPTED.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            patch_vary_headers(response, ("Accept-Encoding",))
            return response
        return super().process_response(request, response)


def is_public_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether this is a page that everybody gets alike, long enough to be worth it.

    Any other cookie than ``PLAIN_COOKIES`` may be a sign-on, and an address that carries a secret is not public.
    """
    return (
        isinstance(response, HttpResponse)
        and request.method in ("GET", "HEAD")
        and response.status_code == 200
        and response.headers.get("Content-Type", "").startswith("text/html")
        and len(response.content) >= SMALLEST
        and request.COOKIES.keys() <= PLAIN_COOKIES
        and request.resolver_match is not None
        and "secret" not in request.resolver_match.kwargs
        and getattr(request.resolver_match.func, "access_rule", None) is ANYONE
    )
