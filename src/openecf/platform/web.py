"""What every request passes: its arrival time, the proxy it came by, how large it may be, security headers."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import REQUEST_ENTITY_TOO_LARGE as TOO_LARGE
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone

from openecf.platform.config import this_site
from openecf.platform.payments import gateway
from openecf.platform.shell.views import bad_request, too_large

View = TypeVar("View", bound=Callable[..., Any])
LOOPBACK = frozenset({"127.0.0.1", "::1"})
MOST_DIGITS = 18
LARGEST_BODY = 3_000_000
"""How many bytes a request may bring to a view that takes no files."""
PIECE = 64 * 1024

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: chrome-extension:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self' blob:; frame-ancestors 'self'; form-action {form_action}; base-uri 'none'"
)


class Arrival:
    """Middleware: stamps the request with ``arrived`` (aware datetime, UTC), so that services are told the time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        config = this_site().config
        origins = {"'self'"}
        if config.central:
            origins.add(origin(config.central.base_url))
            origins.update(f"https://{host}" for host in config.central.public_hosts)
        if to := gateway.config():
            origins.add(origin(to.pages_url))  # a form that begins a payment is answered with a redirect there
        if config.kind == "central":
            # The sign-on answers a posted form with a redirect to the court that asked.
            origins.update({"http://127.0.0.1:*", "http://localhost:*"} if config.demonstration else set())
            origins.add("https://*.uscourts.gov")
        self.csp = CSP.format(form_action=" ".join(sorted(origins)))
        # The gateway ends TLS and passes bytes on as they are; only public names come through it.
        self.gateway_hosts = frozenset(config.hosts) if config.demonstration else frozenset()
        self.proxy_secret = config.trusted_proxy_secret.encode()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.arrived = timezone.now()
        self._believe_proxy(request.META)
        if request.META.get("HTTP_HOST") in self.gateway_hosts:
            request.META["HTTP_X_FORWARDED_PROTO"] = "https"
        response = self.get_response(request)
        if response.status_code != TOO_LARGE:
            _read_rest(request)
        response.headers.setdefault("Content-Security-Policy", self.csp)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # Not "no-store": the way back to a report would ask for it again, and charge for it again. What must leave no
        # copy says so itself, and signing off clears the rest.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        session = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if session is not None and not session.value:
            response.headers["Clear-Site-Data"] = '"cache"'
        # The query stays in the referrer on purpose: reading tools find the case by it.
        response.headers.setdefault("Referrer-Policy", "no-referrer-when-downgrade")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        """Turn away what is too large before a byte of it is read: forms are read before a view's rule is asked."""
        length = _length(request)
        if (short := getattr(view, "short_body", None)) is not None and length > short.most:
            return short.refuse(request)
        if length <= LARGEST_BODY:
            return None
        takes, rule = getattr(view, "largest_body", None), getattr(view, "access_rule", None)
        if takes is None or rule is None or length > takes():
            return too_large(request)
        return rule.check(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Text with a NUL is no text: no field of ours has one, and PostgreSQL stores none. And of the last day of the
        calendar, which somebody typed, there is no day after."""
        typed_nul = isinstance(exception, DataError) and "NUL" in str(exception)
        typed_the_last_day = isinstance(exception, OverflowError) and "date value" in str(exception)
        return bad_request(request, exception) if typed_nul or typed_the_last_day else None

    def _believe_proxy(self, meta: dict[str, Any]) -> None:
        """Let a proxy of ours say how and from where the caller came; of anybody else believe neither.

        Ours is the proxy that shows the site's ``trusted_proxy_secret`` in ``X-OpenECF-Proxy``; where no secret is
        set, one on this machine.
        """
        shown = meta.pop("HTTP_X_OPENECF_PROXY", "").encode()
        near = meta.get("REMOTE_ADDR") in LOOPBACK
        if not (hmac.compare_digest(shown, self.proxy_secret) if self.proxy_secret else near):
            meta.pop("HTTP_X_FORWARDED_PROTO", None)
            return
        # The last address is the one that the proxy saw itself; those before it are the caller's own words.
        caller = meta.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if is_address(caller):
            meta["REMOTE_ADDR"] = caller


def _length(request: HttpRequest) -> int:
    """How many bytes a request says that it brings."""
    size = request.META.get("CONTENT_LENGTH") or ""
    return int(size) if size.isdecimal() else 0


def _read_rest(request: HttpRequest) -> None:
    """Read what nobody read of a request, if it is not large: of one that is answered while it is still being sent the
    server closes the connection, and the caller, who sends on, may lose the answer (RFC 9112 9.6)."""
    if 0 < _length(request) <= LARGEST_BODY:
        with suppress(UnreadablePostError):  # who went away wants no answer
            while request.read(PIECE):
                pass


@dataclass(frozen=True)
class ShortBody:
    """How many bytes a request may bring to a view that takes little, and what is answered to more."""

    most: int
    refuse: Callable[[HttpRequest], HttpResponse]


def takes_little(most: int, refuse: Callable[[HttpRequest], HttpResponse]) -> Callable[[View], View]:
    """Mark a view that takes little: more is refused before a byte of it is read."""

    def mark(view: View) -> View:
        view.short_body = ShortBody(most, refuse)  # type: ignore[attr-defined]
        return view

    return mark


def takes_files(largest: Callable[[], int]) -> Callable[[View], View]:
    """Mark a view that takes files: how many bytes a request to it may bring, of people whom its rule lets in."""

    def mark(view: View) -> View:
        view.largest_body = largest  # type: ignore[attr-defined]
        return view

    return mark


def whole_number(text: str) -> int | None:
    """The number that a field of an address or a form names (a row's id, a version); None for anything else.

    Not ``isdigit``: that takes "²" for one. Eighteen digits are as many as a row's id can have.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


def is_address(text: str) -> bool:
    """Whether this is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def origin(url: str) -> str:
    """``http://127.0.0.1:8000`` of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def came_by(request: HttpRequest) -> str:
    """The origin by which the caller reached this site (its own address, or a public name through a gateway)."""
    return f"{request.scheme}://{request.get_host()}"
