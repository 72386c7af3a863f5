"""Exemptions at the Service Center's desk: those of one account, what is asked for it, and the second person's word."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.accounts import queries as accounts
from openecf.central.billing import exemptions, queries, rules, services
from openecf.central.billing.desk_views import MONEY, back, notice
from openecf.central.billing.dispute_forms import ExemptForm, ExtendForm, SetAsideForm
from openecf.central.courts import queries as courts
from openecf.central.service_center.access import STAFF
from openecf.central.service_center.context import desk_frame
from openecf.kernel.days import legal_day
from openecf.kernel.refusal import Refusal
from openecf.platform import access

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])
ASK, GO_ON, END, AGREE, ASIDE = "exempt", "extend", "end", "agree", "aside"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


@access.rule(STAFF)
@never_cache
@_get_or_post
def account_exemptions(request: HttpRequest, number: str) -> HttpResponse:
    """One account's exemptions: end one, ask for one or that one goes on; a second person agrees to what is asked."""
    account = accounts.numbered(number)
    if account is None:
        raise Http404
    which = request.POST.get("which", "")
    here = [(one.id, queries.court_name(one.id)) for one in courts.courts()]
    live = exemptions.exemptions(account=account.id)
    ends = [one for one in live if one.until]
    today = legal_day(request.arrived, rules.ZONE)
    ask = ExemptForm(request.POST if which == ASK else None, courts=here, today=today, prefix=ASK)
    extend = ExtendForm(request.POST if which == GO_ON else None, exemptions=ends, prefix=GO_ON)
    refused = ""
    tell, page = (
        {"account": account.id, "by": request.staff.account, "at": request.arrived},
        "service-account-exemptions",
    )
    try:
        if which == END:
            services.end_exemption(exemption=_uuid(request.POST.get("exemption", "")), **tell)
            return back(page, "ended", number)
        if ask.is_valid():
            services.ask_exemption(**tell, **ask.cleaned_data)
            return back(page, "exemption-asked", number)
        if extend.is_valid():
            typed = extend.cleaned_data
            services.ask_extension(**tell, exemption=extend.chosen(), until=typed["until"], order=typed["order"])
            return back(page, "exemption-asked", number)
    except services.NoSuchExemption:
        return back(page, "", number)
    except services.ExemptionWaits as refusal:
        refused = refusal.said  # the forms have no place on the page meanwhile
    except Refusal as refusal:
        (ask if which == ASK else extend).add_error(None, refusal.said)
    asked = exemptions.asked_of(account=account.id)
    context = {
        "account": account, "own": account.id == request.staff.account, "exemptions": live, "ends": ends,
        "waiting": [one for one in asked if one.needs_second],
        "decided": [one for one in asked if not one.needs_second],
        "used": exemptions.exempt_use(account=account.id, now=request.arrived), "exempt": ask, "extend": extend, "refused": refused, "notice": notice(request), **desk_frame(request, MONEY),
    }  # fmt: skip
    return render(request, "billing/desk_exemptions.html", context)


@access.rule(STAFF)
@never_cache
@_get_or_post
def exemption(request: HttpRequest, which: UUID) -> HttpResponse:
    """An exemption that somebody of the desk would grant or let go on, and the second person's word on it."""
    asked = exemptions.asked(which)
    if asked is None:
        raise Http404
    sent = request.POST.get("which", "")
    aside, refused = SetAsideForm(request.POST if sent == ASIDE else None, prefix=ASIDE), ""
    tell = {"request": which, "by": request.staff.account, "at": request.arrived}
    try:
        if sent == AGREE:
            services.agree_to_exemption(**tell)
            return back("service-account-exemptions", "granted", asked.account_number)
        if aside.is_valid():
            services.set_exemption_aside(**tell, **aside.cleaned_data)
            return back("service-account-exemptions", "exemption-aside", asked.account_number)
    except Refusal as refusal:
        refused = refusal.said
        asked = exemptions.asked(which) or asked
    page = {"asked": asked, "aside": aside, "refused": refused, **desk_frame(request, MONEY)}
    return render(request, "billing/desk_exemption.html", page)
