"""Internet Payments Due: what filings cost, the way to the gateway and back, receipts; and the clerk's desk for fees."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openecf.court.fees import charging, finding, owing, paying, showing
from openecf.court.fees.access import PAYER, debtor, stopped
from openecf.court.fees.forms import HowForm, TimeForm, WhyForm
from openecf.court.fees.models import FilingFee
from openecf.court.fees.rules import end_of
from openecf.court.people import access
from openecf.court.transition import queries as transition
from openecf.kernel.refusal import Refusal
from openecf.platform.access import rule
from openecf.platform.payments import services as collecting
from openecf.platform.payments.findings import Finder
from openecf.platform.payments.gateway import gateway
from openecf.platform.payments.queries import Paying
from openecf.platform.payments.rules import State
from openecf.platform.payments.stuck import work
from openecf.platform.web import came_by

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _payer(request: HttpRequest) -> paying.Payer:
    return paying.Payer(request.reader.account, debtor(request), came_by(request), request.reader.on_behalf_of)


@rule(PAYER)
@never_cache
@_get_or_post
def due(request: HttpRequest) -> HttpResponse:
    """What is due and how it stands; POST goes to the gateway's page."""
    refused = ""
    if request.method == "POST":
        try:
            if not _may_pay(request):
                raise paying.NotLetToPay
            if request.reader.account is None:
                raise collecting.NoGateway  # the court's own login, before NextGen, is no account that pays
            return redirect(paying.pay_all(payer=_payer(request), at=request.arrived))
        except Refusal as refusal:
            refused = refusal.said
    return _page(request, refused=refused, status=409 if refused else 200)


def _may_pay(request: HttpRequest) -> bool:
    """Whoever filed pays; a filing agent, with the principal's permission."""
    return request.reader.acting is None or request.reader.acting.may_pay


def _page(request: HttpRequest, *, refused: object = "", status: int = 200) -> HttpResponse:
    reader, owes = request.reader, debtor(request)
    fees, settled = owing.open_fees(owes), owing.settled_fees(owes)
    mine = paying.mine(_payer(request)) if reader.account else None
    going_on = [made for each in owing.payments_of(fees).values() for made in each]
    page = {
        "fees": fees,
        "total": owing.total(fees),
        "late": {one.pk for one in owing.overdue(owes, at=request.arrived)},
        "settled": settled,
        "closed": showing.closed_to(reader, (*fees, *settled)),
        "paying": mine,
        "came": paying.came_of(_payer(request), request.GET.get("came", "")) if reader.account else None,
        "outdated": _is_outdated(mine) if mine else "outdated" in request.GET,
        "pending": any(made.status == "pending" for made in going_on),
        "another": any(made.payer != reader.account and made.is_under_way for made in going_on),
        "on_line": gateway() is not None and reader.account is not None,
        "may_pay": _may_pay(request),
        "refused": refused,
        "stopped": stopped(request),
        "profile": transition.profile(),
        "zone": settings.COURT.zone,
        "court": settings.COURT,
    }
    return render(request, "fees/due.html", page, status=status)


def _is_outdated(mine: Paying) -> bool:
    return mine.state == State.AT_GATEWAY and paying.is_outdated(mine)


@rule(PAYER)
@require_POST
def act(request: HttpRequest, act: str) -> HttpResponse:
    """Go on at the gateway's page, or give the payment up."""
    try:
        if act == "continue":
            return redirect(paying.go_on(payer=_payer(request)))
        if act != "give-up":
            raise Http404
        paying.give_up(payer=_payer(request), at=request.arrived)
    except Refusal:
        return redirect("filing-fees")
    return redirect("filing-fees")


def _came(request: HttpRequest, number: str, how: Callable[..., None]) -> HttpResponse:
    try:
        how(payer=_payer(request), number=number, at=request.arrived)
    except paying.NotYours:
        raise Http404 from None
    except paying.Outdated:
        return redirect(f"{reverse('filing-fees')}?outdated")
    return redirect(f"{reverse('filing-fees')}?came={number}")


@rule(PAYER)
@never_cache
@require_safe
def back(request: HttpRequest, number: str) -> HttpResponse:
    """The gateway sent the payer back here. That proves nothing: the gateway itself is asked."""
    return _came(request, number, paying.came_back)


@rule(PAYER)
@never_cache
@require_safe
def cancelled(request: HttpRequest, number: str) -> HttpResponse:
    """The payer turned back at the gateway's page."""
    return _came(request, number, paying.turned_back)


@rule(access.CLERK)
@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Fees that are not paid, money to be given back, payments that Pay.gov never answered about."""
    shown = owing.desk()
    closed = showing.closed_to(request.reader, (*shown.open, *shown.refunds))
    page = {"desk": shown, "closed": closed, "zone": settings.COURT.zone, "now": request.arrived}
    return render(request, "fees/desk.html", page)


@rule(access.CLERK)
@never_cache
@_get_or_post
def stuck(request: HttpRequest, number: str) -> HttpResponse:
    """A payment that the gateway never answered about: Pay.gov is asked by its number, or two clerks look for it."""
    one = owing.stuck_payment(number)
    if one is None:
        return redirect("court-fees")
    worked = work(
        request.POST if request.method == "POST" else None, number=number, half_of=partial(finding.finding_of, one),
        deeds=finding, by=Finder(request.reader.ref, request.reader.account), at=request.arrived,
    )  # fmt: skip
    if worked.done:
        return redirect("court-fees-stuck", number) if worked.still_stuck else redirect("court-fees")
    page = {"paying": one, "half": worked.half, "refused": worked.refused, "zone": settings.COURT.zone}
    return render(request, "fees/stuck.html", page | worked.forms, status=409 if worked.refused else 200)


ACTS = {"paid": HowForm, "waive": WhyForm, "time": TimeForm, "refund": HowForm}
SAID = {
    "paid": _("The fee is marked as paid; the docket says so."),
    "waive": _("The fee is waived."),
    "time": _("The filer may file until then."),
    "refund": _("It is written down that the money was given back."),
}


@rule(access.CLERK)
@never_cache
@_get_or_post
def one(request: HttpRequest, fee_id: int) -> HttpResponse:
    """One fee, and what the clerk's office can do with it."""
    found = owing.fee(fee_id)
    if found is None:
        raise Http404
    which, refused = request.POST.get("act", "") if request.method == "POST" else "", ""
    acts = {name: kind(request.POST if name == which else None, prefix=name) for name, kind in ACTS.items()}
    if which in ACTS and acts[which].is_valid():
        try:
            _do(which, found, acts[which].cleaned_data, request)
            return HttpResponseRedirect(f"{reverse('court-fee', args=[found.pk])}?done={which}")
        except Refusal as refusal:
            refused = refusal.said
    made = owing.payments_of([found])[found.pk]
    page = {
        "fee": owing.fee(fee_id),
        "paying": made[-1] if made else None,
        "closed": showing.closed_to(request.reader, [found]),
        "came": [one for one in made if one.is_paid],
        "forms": acts,
        "which": which,
        "refused": refused,
        "zone": settings.COURT.zone,
        "notice": SAID.get(request.GET.get("done", ""), ""),
    }
    return render(request, "fees/one.html", page, status=409 if refused else 200)


def _do(which: str, fee: FilingFee, typed: dict, request: HttpRequest) -> None:
    who = {"fee_id": fee.pk, "said": typed["said"], "by": request.reader.ref, "at": request.arrived}
    if which == "paid":
        charging.mark_paid(**who)
    elif which == "waive":
        charging.waive(**who)
    elif which == "refund":
        charging.note_refund(**who)
    else:
        day = typed["until"]
        charging.give_time(**who, until=end_of(day, zone=settings.COURT.zone) if day else None)
