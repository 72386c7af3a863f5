"""The metrics page, for a Prometheus server that shows the site's operator token."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST

from openecf.platform import access
from openecf.platform.bus.access import OPERATOR
from openecf.platform.telemetry import metrics as figures


@access.rule(OPERATOR)
def metrics(request: HttpRequest) -> HttpResponse:
    """What requests cost and what waits, as Prometheus reads it."""
    return HttpResponse(figures.exposition(), content_type=CONTENT_TYPE_LATEST)
