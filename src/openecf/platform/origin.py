"""Whether a request that costs its sender something was made on this site's own pages.

Programs post to report addresses without a form token, so the token cannot be asked for there. A browser says where a
request comes from; another site's page must not be able to run up a person's fees.
"""

from __future__ import annotations

from django.http import HttpRequest

from openecf.platform.web import came_by, origin


def asked_here(request: HttpRequest) -> bool:
    """Whether a browser's request comes from a page of this site, or was typed in by the person."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    said = request.headers.get("Origin") or request.headers.get("Referer")
    if said is None:
        # A browser sends one of them with every form; what sends none is a typed address.
        return request.method in ("GET", "HEAD")
    return origin(said) == came_by(request)
