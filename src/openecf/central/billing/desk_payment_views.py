"""One payment at the Service Center's desk: how it stands; finding out about one that the gateway never answered about."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.accounts import queries as accounts
from openecf.central.billing import disputes, receipts, rules, services
from openecf.central.billing.dispute_forms import FindingForm, SetAsideForm
from openecf.central.billing.services.paying import PURPOSE
from openecf.central.service_center.access import STAFF
from openecf.central.service_center.context import desk_frame
from openecf.kernel.days import legal_day
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.payments import queries as payments
from openecf.platform.payments.forms import FoundForm
from openecf.platform.payments.queries import Paying

ASK, WRITE, AGREE, REFUSE = "ask", "write", "agree", "refuse"


def _notice(request: HttpRequest) -> str:
    return {
        ASK: _("This is what Pay.gov says of the payment now."),
        WRITE: _("Written. It counts when a second person has found the same in Pay.gov's report."),
        AGREE: _("Two people found it: it is done, and the payer was told by mail."),
        REFUSE: _("The finding is set aside. The payment waits for people as before."),
    }.get(request.GET.get("done", ""), "")


def _forms(request: HttpRequest, paying: Paying) -> dict[str, forms.Form]:
    """The page's forms by what they do; the one that was sent is bound."""
    which, sent = request.POST.get("which", ""), request.POST if request.method == "POST" else None

    def bound(key: str) -> dict | None:
        return sent if which == key else None

    # Pay.gov's day may be the next one already when ours is not over, never the one before.
    begun, today = legal_day(paying.begun_at or paying.asked_at, rules.ZONE), request.arrived.date()
    return {
        ASK: FoundForm(bound(ASK), prefix=ASK),
        WRITE: FindingForm(bound(WRITE), begun=begun, today=today, prefix=WRITE),
        AGREE: forms.Form(bound(AGREE)),
        REFUSE: SetAsideForm(bound(REFUSE), prefix=REFUSE),
    }


def _act(which: str, form: forms.Form, *, number: str, finding: UUID | None, by: UUID, at: datetime) -> None:
    """What the form is for. A Refusal says why not."""
    typed, who = form.cleaned_data, {"by": by, "at": at}
    if which == ASK:
        services.payment_found(number=number, tracking=typed["tracking"], **who)
    elif which == WRITE:
        services.write_finding(number=number, **typed, **who)
    elif finding is None:
        raise services.NotWaiting
    elif which == AGREE:
        services.agree_with_finding(finding=finding, **who)
    else:
        services.refuse_finding(finding=finding, remark=typed["remark"], **who)


def _finding(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("finding", ""))
    except ValueError:
        return None


@access.rule(STAFF)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: HttpRequest, number: str) -> HttpResponse:
    """A payment by our reference. Of one that only people can find out about: ask Pay.gov, or two people find it."""
    paying = payments.numbered(number, purpose=PURPOSE)
    if paying is None:
        raise Http404
    which, asked = request.POST.get("which", ""), _forms(request, paying)
    form, refused = asked.get(which), ""
    if form is not None and form.is_valid():
        try:
            _act(which, form, number=number, finding=_finding(request), by=request.staff.account, at=request.arrived)
            return redirect(f"{reverse('service-payment', args=[number])}?done={which}")
        except Refusal as refusal:
            refused = refusal.said  # its form may have no place on the page any more
            paying = payments.numbered(number, purpose=PURPOSE) or paying
    found = disputes.findings(paying.number)
    page = {
        "paying": paying,
        "stands": receipts.stands(paying),
        "attempts": [(one, receipts.state_words(one.state)) for one in payments.attempts(paying.id)],
        "payer": accounts.account(paying.payer),
        "own": paying.payer == request.staff.account,
        "waiting": next((one for one in found if one.is_waiting), None),
        "findings": [one for one in found if not one.is_waiting],
        "ask": asked[ASK],
        "write": asked[WRITE],
        "agree": asked[AGREE],
        "refuse": asked[REFUSE],
        "refused": refused,
        "notice": _notice(request),
        **desk_frame(request, "money"),
    }
    return render(request, "billing/desk_payment.html", page)
