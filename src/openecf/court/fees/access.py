"""Whom an unpaid fee keeps from filing."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openecf.court.fees import owing, showing
from openecf.court.transition import queries as transition
from openecf.platform.payments.gateway import gateway


def locked(request: HttpRequest) -> HttpResponse | None:
    """What somebody reads instead of a filing page who has not paid a fee in time; None: filing is open."""
    if request.reader.is_court:
        return None
    late = owing.overdue(request.reader.user, at=request.arrived)
    if not late:
        return None
    page = {
        "late": late, "closed": showing.closed_to(request.reader, late), "total": owing.total(late), "on_line": gateway() is not None, "profile": transition.profile(),
        "zone": settings.COURT.zone,
    }  # fmt: skip
    response = render(request, "fees/locked.html", page, status=403)
    response.headers["Cache-Control"] = "no-store"
    return response
