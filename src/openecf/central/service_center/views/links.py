"""Pages behind mailed links: an owner stops what the desk was asked for, or proves a new address. No sign-in is asked."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.service_center import services
from openecf.platform import access


def _own(response: HttpResponse) -> HttpResponse:
    """The address holds a secret: it is told to nobody."""
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _over(request: HttpRequest, refusal: services.LinkOver) -> HttpResponse:
    return _own(render(request, "service_center/link_over.html", {"said": refusal.said}, status=410))


@access.rule(access.ANYONE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, which: UUID, secret: str) -> HttpResponse:
    """Stop what was asked for in the owner's name. Opening shows it, the button stops it."""
    try:
        row = services.to_object_to(request=which, secret=secret)
        if request.method != "POST":
            return _own(render(request, "service_center/objection.html", {"row": row}))
        services.object_to(request=which, secret=secret, at=request.arrived)
    except services.LinkOver as refusal:
        return _over(request, refusal)
    return _own(render(request, "service_center/objection.html", {"row": row, "stopped": True}))


@access.rule(access.ANYONE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def prove_address(request: HttpRequest, which: UUID, secret: str) -> HttpResponse:
    """Confirm a new address. Opening shows it, the button confirms."""
    try:
        row = services.to_prove(request=which, secret=secret, at=request.arrived)
        if request.method != "POST":
            return _own(render(request, "service_center/new_address.html", {"row": row}))
        services.prove_address(request=which, secret=secret, at=request.arrived)
    except services.LinkOver as refusal:
        return _over(request, refusal)
    return _own(render(request, "service_center/new_address.html", {"row": row, "proved": True}))
