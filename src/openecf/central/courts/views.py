"""The central site's public pages."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from openecf.central.billing import rules as billing
from openecf.central.courts import queries
from openecf.kernel.billing import schedule_on
from openecf.kernel.days import legal_day
from openecf.platform import access
from openecf.platform.config import this_site
from openecf.platform.registering.roles import ATTORNEY_ROLES, NON_ATTORNEY_ROLES


@access.rule(access.ANYONE)
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What PACER is here, and the ways in."""
    page = {"courts": queries.all_courts_here(), "prices": schedule_on(legal_day(request.arrived, billing.ZONE))}
    return render(request, "courts/front.html", page)


@access.rule(access.ANYONE)
@require_safe
def court_list(request: HttpRequest) -> HttpResponse:
    """Every federal court, on a map and as a list, searched by name or by state."""
    typed, state = request.GET.get("q", "")[:100], request.GET.get("state", "")[:2].upper()
    rows = queries.all_courts(typed=typed, state=state)
    context = {
        "rows": rows,
        "here": [row for row in rows if row.site],
        "elsewhere": [row for row in rows if not row.site],
        "asked": bool(typed or state),
        "typed": typed,
        "state": state,
        "tiles": queries.tiles(),
    }
    return render(request, "courts/list.html", context)


@access.rule(access.ANYONE)
@require_safe
def lookup_data(request: HttpRequest) -> HttpResponse:
    """The court lookup as data, for programs that keep a list of courts."""
    return JsonResponse({"data": [_as_data(row) for row in queries.all_courts()]})


def _as_data(row: queries.CourtRow) -> dict[str, object]:
    """What is unknown, because the court is not here or has not said it, is null; hours are in ISO 8601."""
    site, asks = row.site, queries.registering_at(row, language="en")

    def said(name: str) -> object:
        value = getattr(site, name, None)
        return value.isoformat() if isinstance(value, date) else value

    return {
        "court_id": row.court.id,
        "type": row.court.kind,
        "cso_id": row.court.sign_on_id,
        "title": row.court.full_name,
        "within": row.court.within or None,
        "state": row.court.state or None,
        "time_zone": row.court.zone,
        "web_url": f"https://{row.court.host}/",
        "login_url": f"https://{row.court.host}/cgi-bin/login.pl",
        "nextgen": row.is_nextgen if site else None,
        "go_live_date": said("live_on"),
        "live_at": said("live_at"),
        "filing_closes_at": said("filing_closes_at"),
        "password_resets_end_at": said("resets_end_at"),
        "filing_needs_second_factor_from": said("filing_needs_mfa"),
        "help_email": said("help_email"),
        "help_phone": said("help_phone"),
        "registers": list(asks.roles),
        "local_form": asks.form or None,
        "software_version": said("software"),
        "cases": said("cases"),
        "heard_at": said("heard_at"),
    }


@access.rule(access.ANYONE)
@require_safe
def one_court(request: HttpRequest, court: str) -> HttpResponse:
    """What one federal court said of itself: how one logs in, its move, who may register, whom to ask."""
    row = queries.court_row(court)
    if row is None:
        raise Http404
    asks = queries.registering_at(row, language=get_language() or "en")
    context = {
        "row": row,
        "site": row.site,
        "zone": row.court.zone,
        "form": asks.form,
        "form_title": asks.form_title,
        "attorneys": [ATTORNEY_ROLES[role] for role in asks.roles if role in ATTORNEY_ROLES],
        "others": [NON_ATTORNEY_ROLES[role] for role in asks.roles if role in NON_ATTORNEY_ROLES],
    }
    return render(request, "courts/court.html", context)


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
