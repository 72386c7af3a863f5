"""What a reader was charged here."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.court.fees import exempting, queries
from openecf.court.fees.forms import ExemptionForm, PeriodForm
from openecf.court.people import access as people_access
from openecf.kernel import courts
from openecf.kernel.days import legal_day
from openecf.platform import access
from openecf.platform.config import this_site
from openecf.platform.web import came_by


@access.rule(people_access.SIGNED_ON)
def billing_history(request: HttpRequest) -> HttpResponse:
    """Review Billing History: the reader's own lines of a period, this month unless asked otherwise."""
    today = legal_day(request.arrived, courts.court(this_site().id).zone)
    month = {"since": today.replace(day=1), "until": today}
    asked = "since" in request.GET
    form = PeriodForm(request.GET if asked else None, initial=month)
    period = month if not asked else form.cleaned_data if form.is_valid() else None
    found = queries.history(reader=request.reader, **period) if period else None
    return render(request, "fees/history.html", {"form": form, "found": found})


@access.rule(people_access.SIGNED_ON)
@never_cache
@require_safe
def client_code(request: HttpRequest) -> HttpResponse:
    """Change Client Code: asked at Central Sign-On, because it counts at every court; it leads back to Utilities."""
    central = this_site().config.central
    if central is None:
        raise Http404
    back = urlencode({"appurl": f"{came_by(request)}/utilities/"})
    return redirect(f"{central.base_url}/csologin/client-code?{back}")


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
