"""Where a request came in, as passkeys see it."""

from __future__ import annotations

from django.http import HttpRequest

from openecf.central.factors import rules
from openecf.platform.config import this_site
from openecf.platform.web import came_by


def passkey_site(request: HttpRequest) -> rules.PasskeySite | None:
    """The name that passkeys answer to here; None at an IP address, where there are none."""
    return rules.passkey_site(came_by(request), public_hosts=this_site().config.hosts)


def by_name(request: HttpRequest) -> str:
    """The address of this page by a name, for a demonstration that was opened by its IP address; else empty."""
    config = this_site().config
    if not config.demonstration or passkey_site(request) is not None:
        return ""
    return f"{request.scheme}://localhost:{request.get_port()}{request.path}"
