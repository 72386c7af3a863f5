"""Health of this site, for load balancers, supervisors and operators."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from openecf.platform import access
from openecf.platform.health import checks


@access.rule(access.ANYONE)
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@access.rule(access.ANYONE)
def ready(request: HttpRequest) -> HttpResponse:
    """The site can serve people. What fails is named; the details go to the log, for they may hold addresses."""
    failures = checks.failures()
    body = {"ready": not failures, "checks": {name: name not in failures for name in checks.CHECKS}}
    return JsonResponse(body, status=503 if failures else 200)
