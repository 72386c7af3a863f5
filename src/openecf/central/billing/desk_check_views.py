"""Checks that came by mail, at the Service Center's desk: entering one, what it is for, and taking it back."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.accounts import queries as accounts
from openecf.central.billing import checks, rules, services
from openecf.central.billing.check_forms import EnterCheckForm, FindCheckForm, ShareForm, TakeBackForm, WhoseForm
from openecf.central.billing.checks import Mailed
from openecf.central.billing.desk_views import MONEY, back
from openecf.central.firms import queries as firms
from openecf.central.service_center.access import STAFF
from openecf.central.service_center.context import desk_frame
from openecf.kernel.billing import schedule_on
from openecf.kernel.days import legal_day
from openecf.kernel.refusal import Refusal
from openecf.platform import access

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])
SHARE, WHOSE, BACK = "share", "whose", "back"


@access.rule(STAFF)
@never_cache
@_get_or_post
def mailed_checks(request: HttpRequest) -> HttpResponse:
    """Enter a check; those that wait, those of a number, and what came in on which day."""
    today = legal_day(request.arrived, rules.ZONE)
    sent = request.POST if request.method == "POST" else None
    form, alike = EnterCheckForm(sent, today=today, compares=_compared(request)), None
    if form.is_valid():
        try:
            made = services.enter_check(**form.check(), by=request.staff.account, at=request.arrived)
            return back("service-check", "entered", made)
        except services.EnteredAlready as refusal:
            alike = checks.check(refusal.facts["check"]) if refusal.facts["check"] else None
            form = EnterCheckForm(sent, today=today, compares=refusal.facts["check"])
        except Refusal as refusal:
            form.add_error(None, refusal.said)
    find = FindCheckForm(request.GET if "number" in request.GET else None, auto_id="find_%s")
    page = {
        "form": form,
        "alike": alike,
        "refused": services.EnteredAlready.said if alike else "",
        "find": find,
        "found": checks.of_number(find.cleaned_data["number"]) if find.is_valid() else None,
        "unsettled": checks.unsettled(),
        "days": checks.days(until=today),
        **desk_frame(request, MONEY),
    }
    return render(request, "billing/desk_checks.html", page)


def _compared(request: HttpRequest) -> UUID | None:
    """The check that the page showed beside the form."""
    with suppress(ValueError):
        return UUID(request.POST.get("compares", ""))
    return None


def _notice(request: HttpRequest) -> str:
    return {
        "entered": _("The check is entered as it reads. Now say what it is for."),
        WHOSE: _("The check is assigned to that account."),
        SHARE: _("It is in the ledger. The payer was told by mail."),
        BACK: _("The check is taken back. Whoever it was entered for was told by mail."),
    }.get(request.GET.get("done", ""), "")


def _forms(request: HttpRequest, check: Mailed) -> dict[str, forms.Form]:
    """The page's forms by what they do; the one that was sent is bound."""
    payer = accounts.account(check.payer) if check.payer else None

    def bound(key: str) -> dict | None:
        return request.POST if request.POST.get("which") == key else None

    return {
        WHOSE: WhoseForm(bound(WHOSE), prefix=WHOSE),
        SHARE: ShareForm(bound(SHARE), check=check, bills=checks.open_bills(payer) if payer else [], prefix=SHARE),
        BACK: TakeBackForm(bound(BACK), prefix=BACK),
    }


def _act(which: str, form: forms.Form, *, check: UUID, by: UUID, request: HttpRequest) -> None:
    """What the form is for. A Refusal says why not."""
    tell, typed = {"check": check, "by": by, "at": request.arrived}, form.cleaned_data
    if which == WHOSE:
        services.say_whose_check(**tell, payer=typed["account"].id)
    elif which == SHARE:
        services.share_out_check(**tell, shares=form.shares(), left=typed["left"])
    else:
        services.take_check_back(**tell, **typed)


@access.rule(STAFF)
@never_cache
@_get_or_post
def mailed_check(request: HttpRequest, which: UUID) -> HttpResponse:
    """One check: for which account, on which bills, and taking it back."""
    found = checks.check(which)
    if found is None:
        raise Http404
    sent, refused = request.POST.get("which", ""), ""
    asked = _forms(request, found)
    form = asked.get(sent)
    if form is not None and form.is_valid():
        try:
            _act(sent, form, check=which, by=request.staff.account, request=request)
            return back("service-check", sent, which)
        except Refusal as refusal:
            refused = refusal.said
            found = checks.check(which) or found
    membership = firms.membership_of(found.payer) if found.payer else None
    page = {
        "check": found,
        "own": found.payer == request.staff.account,
        "firm": membership.firm if membership else None,
        "fee": schedule_on(legal_day(request.arrived, rules.ZONE)).returned_payment,
        "whose": asked[WHOSE],
        "share": asked[SHARE],
        "take_back": asked[BACK],
        "refused": refused,
        "notice": _notice(request),
        **desk_frame(request, MONEY),
    }
    return render(request, "billing/desk_check.html", page)
