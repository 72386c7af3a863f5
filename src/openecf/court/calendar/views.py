"""Pages of deadlines and hearings."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from openecf.court.calendar import queries
from openecf.court.calendar.rules import sees_up_to
from openecf.court.cases import queries as cases
from openecf.court.people.access import READER
from openecf.kernel.days import legal_day
from openecf.platform import access


@access.rule(READER)
def case_schedule(request: HttpRequest) -> HttpResponse:
    """Deadlines and hearings of one case: ``/cgi-bin/SchedQry.pl?<case id>``."""
    typed = request.META.get("QUERY_STRING", "").split("&")[0].split("-")[0]
    try:
        case = cases.case_for(reader=request.reader, case_id=int(typed))
    except (ValueError, cases.NoSuchCase):
        raise Http404 from None
    reader = request.reader
    level = sees_up_to(
        court=reader.is_court,
        chambers=reader.is_chambers,
        participates=cases.participates(reader, case.id),
        terminal=reader.terminal,
    )
    return render(
        request,
        "calendar/case.html",
        {
            "case": case,
            "number": cases.heading_number(case),
            "deadlines": queries.deadlines_of(case.id, at=request.arrived, restriction=level),
            "hearings": queries.hearings_of(case.id, restriction=level),
        },
    )


@access.rule(access.ANYONE)
def court_calendar(request: HttpRequest) -> HttpResponse:
    """The court's public hearings of the next weeks."""
    today = legal_day(request.arrived, settings.COURT.zone)
    return render(request, "calendar/court.html", {"hearings": queries.court_calendar(first=today), "today": today})
