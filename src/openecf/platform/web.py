"""What every request passes: its arrival time, security headers, the origin it came by."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from openecf.platform.config import this_site

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
        if config.kind == "central":
            # The sign-on answers a posted form with a redirect to the court that asked.
            origins.update({"http://127.0.0.1:*", "http://localhost:*"} if config.demonstration else set())
            origins.add("https://*.uscourts.gov")
        self.csp = CSP.format(form_action=" ".join(sorted(origins)))
        # The gateway ends TLS and passes bytes on as they are; only public names come through it.
        self.gateway_hosts = frozenset(config.hosts) if config.demonstration else frozenset()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.arrived = timezone.now()
        if request.META.get("HTTP_HOST") in self.gateway_hosts:
            request.META["HTTP_X_FORWARDED_PROTO"] = "https"
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.csp)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        # The query stays in the referrer on purpose: reading tools find the case by it.
        response.headers.setdefault("Referrer-Policy", "no-referrer-when-downgrade")
        return response


def origin(url: str) -> str:
    """``http://127.0.0.1:8000`` of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def came_by(request: HttpRequest) -> str:
    """The origin by which the caller reached this site (its own address, or a public name through a gateway)."""
    return f"{request.scheme}://{request.get_host()}"
