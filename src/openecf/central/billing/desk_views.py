"""Money at the Service Center's desk: what waits, refunds, one account's bill."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.central.accounts import queries as accounts
from openecf.central.billing import bills, checks, disputes, exemptions, queries, receipts, rules, services
from openecf.central.billing.dispute_forms import (
    AgreeForm,
    FindPaymentForm,
    GiveCreditForm,
    RefundForm,
    RemarkForm,
)
from openecf.central.billing.services.paying import PURPOSE
from openecf.central.service_center.access import STAFF
from openecf.central.service_center.context import desk_frame
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.payments import queries as payments

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])
MONEY = "money"


def notice(request: HttpRequest) -> str:
    return {
        "decided": _("Decided. The person who asked was told by mail."),
        "agreed": _("You agreed. A second person must agree, too."),
        "aside": _("Set aside. Nothing was credited, and nobody was told."),
        "made": _("The refund is recorded. The payer was told by mail."),
        "refused": _("Refused. The payer was told by mail."),
        "credited": _("The credit is in the payer's ledger."),
        "asked": _("The refund waits to be made."),
        "granted": _("The exemption is granted. Its courts hear of it in a moment, and its owner was told by mail."),
        "exemption-asked": _("Written. It counts when a second person has agreed; nobody is told before."),
        "exemption-aside": _("Set aside. Nothing was granted, and nobody was told."),
        "ended": _("The exemption is ended. Its courts hear of it in a moment."),
    }.get(request.GET.get("done", ""), "")


def back(name: str, done: str, *args: object) -> HttpResponse:
    return redirect(f"{reverse(name, args=args)}?done={done}")


@access.rule(STAFF)
@never_cache
@require_safe
def money(request: HttpRequest) -> HttpResponse:
    """Everything about money that waits for somebody."""
    find = FindPaymentForm(request.GET if "number" in request.GET else None)
    if find.is_valid():
        found = payments.numbered(find.cleaned_data["number"], purpose=PURPOSE)
        if found is not None:
            return redirect("service-payment", found.number)
        find.add_error("number", _("No payment has this number."))
    stuck = payments.for_people(purpose=PURPOSE)
    names = {one.id: one for one in accounts.several(each.payer for each in stuck)}
    found_out = disputes.findings_waiting()
    waits = {
        "requests": (_("Credit Requests"), disputes.waiting()),
        "by_hand": (_("Credits of the desk"), disputes.desk_credits_waiting()),
        "exempt": (_("Exemptions"), exemptions.waiting()),
        "refunds": (_("Refunds"), disputes.refunds_waiting()),
        "checks": (_("Mailed checks"), checks.unsettled()),
        "stuck": (
            _("Payments without an answer"),
            [(one, names[one.payer], found_out.get(one.number)) for one in stuck],
        ),
    }
    page = {
        **{key: rows for key, (_kind, rows) in waits.items()},
        "empty": [kind for kind, rows in waits.values() if not rows],
        "find": find,
        "notice": notice(request),
        **desk_frame(request, MONEY),
    }
    return render(request, "billing/desk_money.html", page)


@access.rule(STAFF)
@never_cache
@_get_or_post
def refund(request: HttpRequest, which: UUID) -> HttpResponse:
    """One refund: agree to it, or refuse it."""
    found = disputes.refund(which, by=request.staff.account, now=request.arrived)
    if found is None:
        raise Http404
    refuses = request.POST.get("which") == "refuse"
    sent = request.POST if request.method == "POST" else None
    agree = AgreeForm(None if refuses else sent, last_word=not found.needs_two or bool(found.agreed_by))
    refuse = RemarkForm(sent if refuses else None, prefix="refuse")
    tell = {"refund": which, "by": request.staff.account, "at": request.arrived}
    form = refuse if refuses else agree
    if form.is_valid():
        try:
            if refuses:
                services.refuse_refund(**tell, **refuse.cleaned_data)
                return back("service-money", "refused")
            outcome = services.agree_to_refund(**tell, tracking=agree.number)
            return back("service-money", "made" if outcome == "made" else "agreed")
        except Refusal as refusal:
            form.add_error(None, refusal.said)
    page = {"refund": found, "agree": agree, "refuse": refuse, **desk_frame(request, MONEY)}
    return render(request, "billing/desk_refund.html", page)


def limits(request: HttpRequest, *, payer: UUID) -> dict[str, object]:
    """What a page says of how much one person gives alone, and how much this one did."""
    lately = queries.given_alone(payer=payer, by=request.staff.account, at=request.arrived)
    return {"limit": rules.GIVEN_BY_ONE, "most": queries.most_alone(), "alone": lately}


@access.rule(STAFF)
@never_cache
@_get_or_post
def account_money(request: HttpRequest, number: str) -> HttpResponse:
    """One account's bill: balance, statements, payments; give a credit, begin a refund."""
    account = accounts.numbered(number)
    if account is None:
        raise Http404
    which = request.POST.get("which", "")
    sent = request.POST if request.method == "POST" else None
    give = GiveCreditForm(sent if which == "credit" else None, prefix="credit")
    ask = RefundForm(sent if which == "refund" else None, prefix="refund")
    tell = {"payer": account.id, "at": request.arrived}
    try:
        if give.is_valid():
            outcome = services.give_credit_by_hand(**tell, by=request.staff.account, **give.cleaned_data)
            return back("service-account-money", "credited" if outcome == "given" else "agreed", number)
        if ask.is_valid():
            services.ask_refund(**tell, by=request.staff.account, **ask.cleaned_data)
            return back("service-account-money", "asked", number)
    except Refusal as refusal:
        (give if which == "credit" else ask).add_error(None, refusal.said)
    page = {
        "account": account,
        "exemptions": exemptions.exemptions(account=account.id),
        "own": account.id == request.staff.account,
        "balance": bills.balance(payer=account.id),
        "bills": bills.statements(payer=account.id, now=request.arrived),
        "made": [(one, receipts.stands(one)) for one in payments.history(payer=account.id, purpose=PURPOSE)],
        "requests": disputes.requests_of(account=account.id),
        "refunds": disputes.refunds_of(payer=account.id),
        "by_hand": disputes.desk_credits_of(payer=account.id),
        "checks": checks.of_payer(account.id),
        **limits(request, payer=account.id),
        "give": give,
        "ask": ask,
        "notice": notice(request),
        **desk_frame(request, MONEY),
    }
    return render(request, "billing/desk_account.html", page)
