"""Whom an unpaid fee keeps from filing."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openecf.court.fees import owing, showing
from openecf.court.fees.models import FilingFee
from openecf.court.transition import queries as transition
from openecf.platform.payments.gateway import gateway


def late(request: HttpRequest) -> list[FilingFee]:
    """The fees that keep the reader, or whom the reader acts for, from filing; asked once for a request."""
    if "late_fees" not in request.__dict__:
        reader = request.reader
        request.late_fees = [] if reader.is_court else owing.overdue(reader.user, at=request.arrived)
    return request.late_fees


def locked(request: HttpRequest) -> HttpResponse | None:
    """What somebody reads instead of a filing page who has not paid a fee in time; None: filing is open."""
    fees = late(request)
    if not fees:
        return None
    page = {
        "late": fees, "closed": showing.closed_to(request.reader, fees), "total": owing.total(fees),
        "on_line": gateway() is not None, "profile": transition.profile(), "zone": settings.COURT.zone,
    }  # fmt: skip
    response = render(request, "fees/locked.html", page, status=403)
    response.headers["Cache-Control"] = "no-store"
    return response
