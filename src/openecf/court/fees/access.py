"""Whom an unpaid fee keeps from filing, and who may pay: who files, and who did until the court ended it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openecf.court.fees import owing, showing
from openecf.court.fees.models import FilingFee
from openecf.court.people import queries as people
from openecf.court.people.access import FILER
from openecf.court.people.rules import NOBODY, Standing, as_linked
from openecf.court.transition import queries as transition
from openecf.platform.access import Rule
from openecf.platform.payments.gateway import gateway

if TYPE_CHECKING:
    from openecf.court.people.models import CourtUser


def stopped(request: HttpRequest) -> CourtUser | None:
    """The reader's account with this court if it files no more: suspended, or ended; asked once for a request."""
    if "stopped_filer" not in request.__dict__:
        reader = getattr(request, "reader", NOBODY)
        known = people.user_of_account(reader.account) if as_linked(reader) is Standing.NOT_LINKED else None
        request.stopped_filer = known if known is not None and not known.active else None
    return request.stopped_filer


def debtor(request: HttpRequest) -> int:
    """Whose fees a payer sees and pays: the own, of an agent the principal's. Behind PAYER."""
    found = stopped(request)
    return request.reader.user if found is None else found.pk


def _check(request: HttpRequest) -> HttpResponse | None:
    return None if stopped(request) is not None else FILER.check(request)


PAYER = Rule("payer", _check)
"""As FILER; who was suspended sees and pays what is due all the same, and nothing else."""


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
