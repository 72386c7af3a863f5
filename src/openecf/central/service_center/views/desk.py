"""The staff's desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openecf.central.service_center.access import STAFF
from openecf.platform import access


@access.rule(STAFF)
@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The first page of the desk."""
    return render(request, "service_center/desk.html", {"staff": request.staff})
