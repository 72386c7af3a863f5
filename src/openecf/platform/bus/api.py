"""Where other sites bring their messages."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from openecf.platform import access
from openecf.platform.bus import services
from openecf.platform.bus.envelopes import Forged, holds_many
from openecf.platform.bus.handlers import NobodyHandles

log = structlog.get_logger()
MAX_ENVELOPE = 1_000_000


@access.rule(access.MACHINE)
@csrf_exempt  # the signature is the proof
@require_POST
def inbox(request: HttpRequest) -> HttpResponse:
    """200 applied or known, 202 kept for the desk, 401 not signed right, 422 nobody handles it, 503 try later.

    An envelope with many messages: 200 and what became of each, in their order, as a JSON list.
    """
    if int(request.headers.get("Content-Length") or 0) > MAX_ENVELOPE:
        return HttpResponse("too large", status=413, content_type="text/plain")
    envelope = request.body.decode("ascii", "replace")
    try:
        if holds_many(envelope):
            return JsonResponse(services.receive_many(envelope=envelope, at=request.arrived), safe=False)
        outcome = services.receive(envelope=envelope, at=request.arrived)
    except Forged as refusal:
        return HttpResponse(refusal.said, status=401, content_type="text/plain")
    except NobodyHandles as refusal:
        return HttpResponse(refusal.said, status=422, content_type="text/plain")
    except Exception as wrong:  # noqa: BLE001  (a handler of any room; the sender keeps the message and tries again)
        log.exception("bus.not_applied", error=type(wrong).__name__)
        return HttpResponse(services.NOT_APPLIED, status=503, content_type="text/plain")
    return HttpResponse(outcome, status=202 if outcome == "dead" else 200, content_type="text/plain")
