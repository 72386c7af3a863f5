"""What a reader was charged here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.court.fees import exempting, queries
from openecf.court.fees.forms import ExemptionForm, PeriodForm
from openecf.court.people import access as people_access
from openecf.kernel import courts
from openecf.kernel.days import legal_day
from openecf.platform import access
from openecf.platform.config import this_site


@access.rule(people_access.SIGNED_ON)
def billing_history(request: HttpRequest) -> HttpResponse:
    """Review Billing History: the reader's own lines of a period, this month unless asked otherwise."""
    today = legal_day(request.arrived, courts.court(this_site().id).zone)
    month = {"since": today.replace(day=1), "until": today}
    asked = "since" in request.GET
    form = PeriodForm(request.GET if asked else None, initial=month)
    period = month if not asked else form.cleaned_data if form.is_valid() else None
    lines, total = queries.history(reader=request.reader, **period) if period else ([], None)
    return render(request, "fees/history.html", {"form": form, "lines": lines, "total": total})


@access.rule(people_access.SIGNED_ON)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def exemption(request: HttpRequest) -> HttpResponse:
    """Change PACER Exemption Status: read without paying, for a purpose that the court exempts, until signing off."""
    reader = request.reader
    found = queries.exemptions(reader=reader, at=request.arrived)
    used = next((one for one in found if (one.purpose, one.case) == (reader.exempt_for, reader.exempt_case)), None)
    now = str(used.id) if reader.exempt and used else ""
    form = ExemptionForm(request.POST if request.method == "POST" else None, exemptions=found, now=now)
    if form.is_valid():
        try:
            exempting.choose(reader=reader, exemption=form.chosen, at=request.arrived)
        except exempting.NotExempt as refusal:
            form.add_error("use", refusal.said)
        else:
            return redirect("exemption")
    return render(request, "fees/exemption.html", {"form": form, "exemptions": found, "used": used if now else None})
