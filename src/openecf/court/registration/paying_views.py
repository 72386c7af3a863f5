"""The fee of an approved registration: what is due, the way to the gateway and back, the receipt."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openecf.court.people import access
from openecf.court.registration import context, queries
from openecf.court.registration.models import FilingRequest, Status
from openecf.court.registration.services import finding, paying
from openecf.court.registration.services.paying import Payer
from openecf.court.transition import queries as transition
from openecf.kernel.refusal import Refusal
from openecf.platform.access import rule
from openecf.platform.payments import services as collecting
from openecf.platform.payments.findings import Finder
from openecf.platform.payments.gateway import gateway
from openecf.platform.payments.stuck import work
from openecf.platform.web import came_by


def _payer(request: HttpRequest) -> Payer:
    return Payer(request.reader.account, came_by(request))


def _own(request: HttpRequest, request_id: UUID) -> FilingRequest:
    found = queries.request_of(request_id)
    if found is None or found.account != request.reader.account or not found.fee_cents:
        raise Http404
    return found


def _means(method: str) -> str:
    """How somebody paid, in words. The gateway tells no more of a card than that it was one."""
    words = {"PLASTIC_CARD": _("Card"), "ACH": _("Bank account (ACH)"), "PAYPAL": "PayPal", "AMAZON": "Amazon Pay"}
    return words.get(method, method)


@rule(access.SIGNED_ON)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fee(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """What is due and how it stands; POST goes to the gateway's page."""
    found, refused = _own(request, request_id), ""
    if request.method == "POST":
        try:
            return redirect(paying.pay(payer=_payer(request), request_id=request_id, at=request.arrived))
        except collecting.UnderWay:
            return redirect("registration-fee", request_id)
        except Refusal as refusal:
            refused = refusal.said
    made = queries.payments_of(found)
    page = {
        "row": context.row_of(found),
        "paying": made[0] if made else None,
        "means": _means(made[0].method) if made else "",
        "is_due": found.owes_fee,
        "opens_access": found.status == Status.FEE_DUE,
        "on_line": gateway() is not None,
        "refused": refused or (collecting.GatewayTrouble.said if request.GET.get("trouble") else ""),
        "profile": transition.profile(),
        "court": settings.COURT,
        "zone": settings.COURT.zone,
    }
    return render(request, "registration/fee.html", page, status=409 if refused else 200)


@rule(access.SIGNED_ON)
@require_POST
def act(request: HttpRequest, request_id: UUID, act: str) -> HttpResponse:
    """Go on at the gateway's page, or give the payment up."""
    try:
        if act == "continue":
            return redirect(paying.go_on(payer=_payer(request), request_id=request_id))
        if act != "give-up":
            raise Http404
        paying.give_up(payer=_payer(request), request_id=request_id, at=request.arrived)
    except paying.NotYours:
        raise Http404 from None
    except Refusal:
        return redirect("registration-fee", request_id)
    return redirect("registration-fee", request_id)


@rule(access.SIGNED_ON)
@never_cache
@require_safe
def back(request: HttpRequest, number: str) -> HttpResponse:
    """The gateway sent the payer back here. That proves nothing: the gateway itself is asked."""
    try:
        return redirect("registration-fee", paying.came_back(payer=_payer(request), number=number, at=request.arrived))
    except paying.NotYours:
        raise Http404 from None


@rule(access.SIGNED_ON)
@never_cache
@require_safe
def cancelled(request: HttpRequest, number: str) -> HttpResponse:
    """The payer turned back at the gateway's page."""
    try:
        turned = paying.turned_back(payer=_payer(request), number=number, at=request.arrived)
        return redirect("registration-fee", turned)
    except paying.NotYours:
        raise Http404 from None


@rule(access.CLERK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stuck(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """A payment that the gateway never answered about: Pay.gov is asked by its number, or two clerks look for it."""
    row = queries.request_of(request_id)
    one = next((one for one in queries.payments_of(row) if one.needs_a_person), None) if row else None
    if row is None or one is None:
        return redirect("registration", request_id)
    worked = work(
        request.POST if request.method == "POST" else None, number=one.number, half_of=partial(queries.finding_of, one),
        deeds=finding, request_id=row.id, by=Finder(request.reader.ref, request.reader.account), at=request.arrived,
    )  # fmt: skip
    if worked.done:
        return redirect("registration-fee-stuck" if worked.still_stuck else "registration", request_id)
    page = {"row": context.row_of(row), "paying": one, "half": worked.half, "refused": worked.refused}
    page |= {"zone": settings.COURT.zone, **worked.forms}
    return render(request, "registration/fee_stuck.html", page)
