"""What a reader was charged here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openecf.court.fees import queries
from openecf.court.fees.forms import PeriodForm
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
