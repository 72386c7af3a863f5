"""The central site's public pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openecf.central.courts import queries
from openecf.platform import access
from openecf.platform.config import this_site


@access.rule(access.ANYONE)
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What PACER is here, and the ways in."""
    return render(request, "courts/front.html", {"courts": queries.all_courts_here()})


@access.rule(access.ANYONE)
@require_safe
def court_list(request: HttpRequest) -> HttpResponse:
    """Every federal court, on a map and as a list, searched by name or by state."""
    typed, state = request.GET.get("q", "")[:100], request.GET.get("state", "")[:2].upper()
    rows = queries.all_courts(typed=typed, state=state)
    context = {"rows": rows, "typed": typed, "state": state, "tiles": queries.tiles()}
    return render(request, "courts/list.html", context)


@access.rule(access.ANYONE)
@require_safe
def lookup_data(request: HttpRequest) -> HttpResponse:
    """The court lookup as data, for programs that keep a list of courts."""
    rows = [
        {
            "court_id": row.court.id,
            "type": row.court.kind,
            "cso_id": row.court.sign_on_id,
            "title": row.court.full_name,
            "web_url": f"https://{row.court.host}/",
            "login_url": f"https://{row.court.host}/cgi-bin/login.pl",
            "nextgen": row.is_nextgen,
            "go_live_date": row.live_on.isoformat() if row.live_on else None,
            "software_version": row.site.software if row.site else None,
            "cases": row.site.cases if row.site else None,
        }
        for row in queries.all_courts()
    ]
    return JsonResponse({"data": rows})


@access.rule(access.ANYONE)
@require_safe
def nextgen(request: HttpRequest) -> HttpResponse:
    """What filers do before, on and after their court's change to NextGen."""
    return render(request, "courts/nextgen.html", {"courts": queries.all_courts_here()})


@access.rule(access.ANYONE)
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How these pages can be used, and how to say when they cannot."""
    return render(request, "courts/accessibility.html")


@access.rule(access.ANYONE)
@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    """What programs may call."""
    return render(request, "courts/developers.html", {"base_url": this_site().config.base_url})
