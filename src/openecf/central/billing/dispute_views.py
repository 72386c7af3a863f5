"""Credit Requests and refunds, as people ask for them."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openecf.central.accounts.context import PAYMENTS, manage_frame
from openecf.central.billing import bills, disputes, rules, services
from openecf.central.billing.dispute_forms import ChargesForm, CreditForm, RefundForm
from openecf.central.signon.access import ACCOUNT
from openecf.kernel.days import legal_day
from openecf.kernel.refusal import Refusal
from openecf.platform import access

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@access.rule(ACCOUNT)
@never_cache
@require_safe
def credits(request: HttpRequest) -> HttpResponse:
    """The Credit Requests and refunds that the account asked for, and how they stand."""
    notices = {
        "asked": _("The Service Center has your Credit Request. Its answer comes by mail."),
        "refund": _("The Service Center has your request for a refund. Its answer comes by mail."),
        "withdrawn": _("The request is taken back."),
    }
    page = {
        "requests": disputes.requests_of(account=request.account.id),
        "refunds": disputes.refunds_of(payer=request.account.id),
        "balance": bills.balance(payer=request.account.id),
        "notice": notices.get(request.GET.get("done", ""), ""),
        **manage_frame(request, PAYMENTS),
    }
    return render(request, "billing/credits.html", page)


@access.rule(ACCOUNT)
@never_cache
@_get_or_post
def new_credit(request: HttpRequest) -> HttpResponse:
    """PACER's Credit Request: the charges of some days, those that were wrong, and why."""
    today = legal_day(request.arrived, rules.ZONE)
    since, until = rules.quarters_before(today, count=2)[1]
    days = ChargesForm(request.GET, since=since, until=until)
    chosen = days.cleaned_data if days.is_valid() else {"since": since, "until": until}
    charges = disputes.charges(account=request.account.id, now=request.arrived, **chosen)
    form = CreditForm(request.POST if request.method == "POST" else None, charges=charges)
    if form.is_valid():
        try:
            services.ask_credit(account=request.account.id, at=request.arrived, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("lines", refusal.said)
        else:
            return redirect("/pscof/manage/credits?done=asked")
    page = {
        "days": days,
        "form": form,
        "has_charges": any(not one.taken for one in charges),
        **manage_frame(request, PAYMENTS),
    }
    return render(request, "billing/new_credit.html", page)


@access.rule(ACCOUNT)
@require_POST
def withdraw_credit(request: HttpRequest, which: UUID) -> HttpResponse:
    """Take a request back."""
    try:
        services.withdraw_credit(account=request.account.id, request=which, at=request.arrived)
    except services.NotWaiting:
        raise Http404 from None
    return redirect("/pscof/manage/credits?done=withdrawn")


@access.rule(ACCOUNT)
@never_cache
@_get_or_post
def new_refund(request: HttpRequest) -> HttpResponse:
    """Ask for credit to be paid out."""
    form = RefundForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.ask_refund(
                payer=request.account.id, by=request.account.id, at=request.arrived, **form.cleaned_data
            )
        except services.MoreThanTheCredit as refusal:
            form.add_error("amount", refusal.said)
        except Refusal as refusal:
            form.add_error(None, refusal.said)
        else:
            return redirect("/pscof/manage/credits?done=refund")
    page = {"form": form, "balance": bills.balance(payer=request.account.id), **manage_frame(request, PAYMENTS)}
    return render(request, "billing/new_refund.html", page)
