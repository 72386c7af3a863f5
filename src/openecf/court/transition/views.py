"""What anyone may know about the court itself."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openecf.court.transition import queries
from openecf.court.transition.rules import is_live, live_on
from openecf.platform.access import ANYONE, rule


@rule(ANYONE)
def court_information(request: HttpRequest) -> HttpResponse:
    """Offices, what documents the court accepts, whom to ask."""
    profile = queries.profile()
    context = {
        "court": settings.COURT,
        "profile": profile,
        "offices": sorted(profile.offices.items()),
        "live": is_live(profile, request.arrived),
        "live_on": live_on(profile, settings.COURT.zone),
    }
    return render(request, "transition/court_information.html", context)
