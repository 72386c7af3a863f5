"""How the sites of this network stand. Nobody need sign in to see it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from openecf.central.service_center import status
from openecf.platform import access
from openecf.platform.throttle.pace import paced

_A_MINUTE = 60


@access.rule(access.ANYONE)
@require_safe
@paced("status", most=_A_MINUTE)
def page(request: HttpRequest) -> HttpResponse:
    """For people."""
    stands = status.status(now=request.arrived)
    language = (get_language() or "en")[:2]
    planned = [(row, getattr(row, language, "") or row.en) for row in stands.planned]
    return render(request, "service_center/status.html", {"status": stands, "planned": planned})


@access.rule(access.ANYONE)
@require_safe
@paced("status", most=_A_MINUTE)
def data(request: HttpRequest) -> HttpResponse:
    """For programs."""
    stands = status.status(now=request.arrived)
    body = {
        "at": stands.at.isoformat(),
        "central": "up" if stands.central else "down",
        "courts": [
            {
                "court_id": row.id, "title": row.name, "url": row.url, "status": row.stands,
                "heard_at": row.heard_at.isoformat() if row.heard_at else None, "era": row.era,
                "live_on": row.live_on.isoformat() if row.live_on else None,
                "filing_closes_at": row.closes_at.isoformat() if row.closes_at else None,
                "filing_opens_at": row.opens_at.isoformat() if row.opens_at else None,
            }
            for row in stands.courts
        ],
        "notices": [
            {
                "severity": row.severity, "begins_at": row.begins_at.isoformat(), "ends_at": row.ends_at.isoformat(),
                "courts": row.courts, "words": {"en": row.en, "es": row.es, "ht": row.ht},
            }
            for row in stands.planned
        ],
    }  # fmt: skip
    response = JsonResponse(body)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
