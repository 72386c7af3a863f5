"""Credits at the Service Center's desk: the decision about a Credit Request, and the second person's word on credits."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.billing import disputes, rules, services
from openecf.central.billing.desk_views import MONEY, back, limits
from openecf.central.billing.dispute_forms import DecideForm, SetAsideForm
from openecf.central.service_center.access import STAFF
from openecf.central.service_center.context import desk_frame
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.platform import access

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])
AGREE, ASIDE = "agree", "aside"


def _aside_form(request: HttpRequest) -> SetAsideForm:
    return SetAsideForm(request.POST if request.POST.get("which") == ASIDE else None, prefix=ASIDE)


def _amount(request: HttpRequest) -> Money:
    """The sum that stood on the page; nothing, which waits for nobody, if it is none."""
    return rules.amount_typed(request.POST.get("amount", "")) or Money()


@access.rule(STAFF)
@never_cache
@_get_or_post
def credit(request: HttpRequest, which: UUID) -> HttpResponse:
    """One Credit Request, and the decision about it; above the limit a second person's word on the first one's."""
    asked = disputes.request(which)
    if asked is None:
        raise Http404
    decides = request.method == "POST" and "which" not in request.POST
    form, aside, refused = DecideForm(request.POST if decides else None, asked=asked.amount), _aside_form(request), ""
    tell = {"request": which, "by": request.staff.account, "at": request.arrived}
    try:
        if request.POST.get("which") == AGREE:
            services.agree_to_credit(**tell, granted=_amount(request))
            return back("service-money", "decided")
        if aside.is_valid():
            services.set_credit_aside(**tell, **aside.cleaned_data)
            return back("service-money", "aside")
        if form.is_valid():
            outcome = services.decide_credit(**tell, granted=form.granted(), remark=form.cleaned_data["remark"])
            return back("service-money", "agreed" if outcome == "second" else "decided")
    except Refusal as refusal:
        refused = refusal.said  # its form may have no place on the page any more
        asked = disputes.request(which) or asked
    page = {"asked": asked, "form": form, "aside": aside, "refused": refused}
    page |= limits(request, payer=asked.payer)
    return render(request, "billing/desk_credit.html", {**page, **desk_frame(request, MONEY)})


@access.rule(STAFF)
@never_cache
@_get_or_post
def by_hand(request: HttpRequest, which: UUID) -> HttpResponse:
    """A credit that somebody of the desk would give, and the second person's word on it."""
    found = disputes.desk_credit(which)
    if found is None:
        raise Http404
    aside, refused = _aside_form(request), ""
    tell = {"credit": which, "by": request.staff.account, "at": request.arrived}
    try:
        if request.POST.get("which") == AGREE:
            services.agree_to_desk_credit(**tell)
            return back("service-money", "credited")
        if aside.is_valid():
            services.set_desk_credit_aside(**tell, **aside.cleaned_data)
            return back("service-money", "aside")
    except Refusal as refusal:
        refused = refusal.said
        found = disputes.desk_credit(which) or found
    page = {"credit": found, "aside": aside, "refused": refused, **desk_frame(request, MONEY)}
    return render(request, "billing/desk_by_hand.html", page)
