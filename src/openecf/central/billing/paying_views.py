"""Making a payment: how much, the way to the gateway and back, and what became of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openecf.central.accounts.context import PAYMENTS, SETTINGS, manage_frame
from openecf.central.billing import bills, contacts, receipts, rules, services
from openecf.central.billing.forms import BillingMailForm, PayForm
from openecf.central.billing.services import Payer
from openecf.central.billing.services.paying import PURPOSE
from openecf.central.firms import queries as firms
from openecf.central.signon.access import ACCOUNT, UPGRADED
from openecf.kernel.billing import schedule_on
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.config import this_site
from openecf.platform.payments import queries as payments
from openecf.platform.payments import services as collecting
from openecf.platform.payments.queries import Paying
from openecf.platform.web import came_by

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def payer(request: HttpRequest) -> Payer:
    return Payer(request.account.id, came_by(request))


def to_pay(account: UUID) -> Money:
    """What the account owes and no bank was asked for yet."""
    owed = bills.balance(payer=account).owed
    return rules.to_pay(owed=owed, on_the_way=payments.on_the_way(payer=account, purpose=PURPOSE))


def _form(request: HttpRequest) -> PayForm:
    owed, invoice = to_pay(request.account.id), None
    if named := request.GET.get("invoice"):
        bill = bills.statement(payer=request.account.id, quarter=named, now=request.arrived)
        if bill is not None and bill.is_invoice:
            invoice = (bill.number, min(bill.due, owed))
    return PayForm(request.POST if request.method == "POST" else None, owed=owed, invoice=invoice)


@access.rule(ACCOUNT)
@never_cache
@_get_or_post
def pay(request: HttpRequest) -> HttpResponse:
    """PACER's Make One-Time PACER Fee Payment: how much; then to the gateway's page."""
    form = _form(request)
    begun = payments.open_payment(payer=request.account.id, purpose=PURPOSE)
    if form.is_valid():
        amount, reference = form.chosen()
        try:
            return redirect(services.pay(payer=payer(request), amount=amount, reference=reference, at=request.arrived))
        except collecting.UnderWay:
            begun = payments.open_payment(payer=request.account.id, purpose=PURPOSE)
            if begun is not None:
                return redirect("payment", begun.id)
        except Refusal as refusal:
            form.add_error(None, refusal.said)
    page = {
        "form": form,
        "begun": begun if begun and begun.is_under_way else None,
        "owed": form.owed,
        "on_the_way": payments.on_the_way(payer=request.account.id, purpose=PURPOSE),
        "firm": firms.membership_of(request.account.id),
        "checks_to": this_site().config.service_center.checks_to,
        "fee": schedule_on(legal_day(request.arrived, rules.ZONE)).returned_payment,
        **manage_frame(request, PAYMENTS),
    }
    return render(request, "billing/pay.html", page)


@access.rule(UPGRADED)
@never_cache
@_get_or_post
def billing_mail(request: HttpRequest) -> HttpResponse:
    """PACER's Update PACER Billing Email, and which bills are mailed."""
    kept = contacts.preference(request.account.id)
    initial = {"extra": "\n".join(kept.extra), "only_invoices": kept.only_invoices, "by_post": kept.by_post}
    form = BillingMailForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            services.set_billing_mail(payer=request.account.id, at=request.arrived, **form.cleaned_data)
        except services.NoPostalAddress as refusal:
            form.add_error("by_post", refusal.said)
        except Refusal as refusal:
            form.add_error("extra", refusal.said)
        else:
            return redirect(f"{reverse('billing-mail')}?done=yes")
    page = {"form": form, "saved": request.GET.get("done") == "yes", **manage_frame(request, SETTINGS)}
    return render(request, "billing/billing_mail.html", page)


def _own(request: HttpRequest, payment: UUID) -> Paying:
    found = payments.payment(payment, payer=request.account.id, purpose=PURPOSE)
    if found is None:
        raise Http404
    return found


@access.rule(ACCOUNT)
@never_cache
@require_safe
def payment(request: HttpRequest, payment: UUID) -> HttpResponse:
    """How a payment stands; of one that was paid, the receipt."""
    found = _own(request, payment)
    page = {
        "paying": found,
        "facts": receipts.facts(receipts.receipt(found, request.account)) if found.is_paid else [],
        "balance": bills.balance(payer=request.account.id),
        "trouble": request.GET.get("trouble") == "yes",
        **manage_frame(request, PAYMENTS),
    }
    return render(request, "billing/payment.html", page)


@access.rule(ACCOUNT)
@never_cache
@require_safe
def receipt_file(request: HttpRequest, payment: UUID) -> HttpResponseBase:
    """The receipt, as it was mailed."""
    found = _own(request, payment)
    if not found.is_paid:
        raise Http404
    receipt = receipts.receipt(found, request.account)
    return FileResponse(
        io.BytesIO(receipts.printed(receipt)), content_type="application/pdf", as_attachment=True,
        filename=receipts.file_name(receipt),
    )  # fmt: skip


def _act(request: HttpRequest, payment: UUID, act: Callable[[], str | None]) -> HttpResponse:
    """Do it and go where it says; what cannot be done any more, the payment's page explains."""
    try:
        where = act()
    except services.NotYours:
        raise Http404 from None
    except collecting.NotWaiting:
        return redirect("payment", payment)
    except Refusal:
        return redirect(f"{request.path.rsplit('/', 1)[0]}?trouble=yes")
    return redirect(where or "pay")


@access.rule(ACCOUNT)
@require_POST
def try_again(request: HttpRequest, payment: UUID) -> HttpResponse:
    """Another attempt at a payment that was not paid."""
    return _act(request, payment, lambda: services.try_again(payer=payer(request), payment=payment, at=request.arrived))


@access.rule(ACCOUNT)
@require_POST
def go_on(request: HttpRequest, payment: UUID) -> HttpResponse:
    """Back to the gateway's page."""
    return _act(request, payment, lambda: services.go_on(payer=payer(request), payment=payment))


@access.rule(ACCOUNT)
@require_POST
def give_up(request: HttpRequest, payment: UUID) -> HttpResponse:
    """Give up a payment that is not finished."""
    return _act(request, payment, lambda: services.give_up(payer=payer(request), payment=payment, at=request.arrived))


@access.rule(ACCOUNT)
@never_cache
@require_safe
def back(request: HttpRequest, number: str) -> HttpResponse:
    """The gateway sent the payer back here. That proves nothing: the gateway itself is asked."""
    try:
        return redirect("payment", services.came_back(payer=payer(request), number=number, at=request.arrived))
    except services.NotYours:
        raise Http404 from None


@access.rule(ACCOUNT)
@never_cache
@require_safe
def cancelled(request: HttpRequest, number: str) -> HttpResponse:
    """The payer turned back at the gateway's page."""
    try:
        return redirect("payment", services.turned_back(payer=payer(request), number=number, at=request.arrived))
    except services.NotYours:
        raise Http404 from None
