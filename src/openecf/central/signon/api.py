"""The PACER Authentication API: ``cso-auth`` and ``cso-logout``, in JSON and in XML.

Every answer is HTTP 200 with string values, as the published guide has it: ``loginResult`` "0" is a usable token, with
or without a warning in ``errorDescription``; "13" is a wrong user name, password or one-time passcode, all three in one
sentence; "1" is any other reason why there is no token. Only when every place for hashing is taken the status is 429.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from importlib import resources
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from openecf.central.accounts import services as accounts
from openecf.central.signon import rules, services
from openecf.central.signon.views import BUSY_SECONDS
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.config import this_site
from openecf.platform.short_body import LARGEST

FIELDS = ("loginId", "password", "clientCode", "otpCode", "redactFlag", "nextGenCSO")
SIGNED_ON, NOT_SIGNED_ON, WRONG_PASSWORD = "0", "1", "13"


class NotUnderstood(Refusal):
    """The request's body is neither of the documented shapes."""

    said = "The request was not understood. Send JSON, or XML with the root element CsoAuth."
    code = "not-understood"


def _given(request: HttpRequest) -> dict[str, str]:
    """The documented fields of a request; NotUnderstood if the body is not well formed, or so long that it is not read."""
    size = request.META.get("CONTENT_LENGTH") or ""
    if size.isdecimal() and int(size) > LARGEST:
        raise NotUnderstood
    return fields_of(request.body, request.content_type)


def fields_of(body: bytes, content_type: str) -> dict[str, str]:
    """The documented fields of a body; NotUnderstood if it is not well formed."""
    try:
        if "xml" in content_type:
            given = {child.tag.rpartition("}")[2]: child.text or "" for child in fromstring(body)}
        else:
            given = json.loads(body)
    except (ValueError, LookupError, ParseError, DefusedXmlException, RecursionError):
        raise NotUnderstood from None
    if not isinstance(given, dict):
        raise NotUnderstood
    fields = {name: given.get(name) or "" for name in FIELDS}
    if not all(isinstance(value, str | int) and rules.storable(str(value)) for value in fields.values()):
        raise NotUnderstood
    return {name: str(value) for name, value in fields.items()}


def answer(request: HttpRequest, root: str, values: dict[str, str]) -> HttpResponse:
    """The answer in the shape that the caller accepts, of two in the one that it names first, or else in the one it
    sent."""
    wanted = re.search("json|xml", request.headers.get("Accept", "")) or re.search("json|xml", request.content_type)
    if wanted is not None and wanted[0] == "xml":
        element = Element(root)
        for name, value in values.items():
            SubElement(element, name).text = value
        body = tostring(element, encoding="UTF-8", xml_declaration=True)
        return HttpResponse(body, content_type="application/xml; charset=UTF-8")
    return JsonResponse(values)


def _session_header(response: HttpResponse) -> HttpResponse:
    minutes = {"idle": rules.IDLE, "absolute": rules.ABSOLUTE}
    told = "; ".join(f"{name}={int(span.total_seconds())}" for name, span in minutes.items())
    response.headers["X-Session-Lifetime"] = told
    return response


def _endpoint(act: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    return access.rule(access.ANYONE)(csrf_exempt(never_cache(require_POST(act))))


def _refused(request: HttpRequest, result: str, refusal: Refusal) -> HttpResponse:
    values = {"nextGenCSO": "", "loginResult": result, "errorDescription": str(refusal.said)}
    return answer(request, "CsoAuth", values)


def _auth(request: HttpRequest) -> HttpResponse:
    try:
        given = _given(request)
        begun = services.sign_on_program(
            username=given["loginId"],
            password=given["password"],
            client_code=given["clientCode"],
            redaction_confirmed=given["redactFlag"] == "1",
            one_time_code=given["otpCode"],
            address=request.META.get("REMOTE_ADDR", ""),
            user_agent=request.headers.get("User-Agent", ""),
            at=request.arrived,
        )
    except accounts.SignOnBusy as refusal:
        response = _refused(request, NOT_SIGNED_ON, refusal)
        response.status_code, response.headers["Retry-After"] = 429, BUSY_SECONDS
        return response
    except accounts.AccountClosed as refusal:
        return _refused(request, NOT_SIGNED_ON, refusal)
    except accounts.NotSignedOn as refusal:
        return _refused(request, WRONG_PASSWORD, refusal)
    except (
        NotUnderstood,
        services.BadClientCode,
        services.RedactionNotConfirmed,
        services.SecondFactorNeeded,
    ) as refusal:
        return _refused(request, NOT_SIGNED_ON, refusal)
    signed_on = {"nextGenCSO": begun.secret, "loginResult": SIGNED_ON, "errorDescription": begun.warning}
    return _session_header(answer(request, "CsoAuth", signed_on))


def _logout(request: HttpRequest) -> HttpResponse:
    try:
        given = _given(request)
    except NotUnderstood as refusal:
        return answer(request, "CsoLogout", {"loginResult": NOT_SIGNED_ON, "errorDescription": str(refusal.said)})
    services.sign_off_program(token=given["nextGenCSO"], at=request.arrived)
    return answer(request, "CsoLogout", {"loginResult": SIGNED_ON, "errorDescription": ""})


@cache
def _document() -> dict[str, object]:
    """``openapi.json``: kept by hand, and held to what the site answers by tests that try it out."""
    return json.loads(resources.files("openecf.central.signon").joinpath("openapi.json").read_text("utf-8"))


@access.rule(access.ANYONE)
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """What programs may call, for their tools."""
    response = JsonResponse(_document() | {"servers": [{"url": this_site().config.base_url}]})
    patch_cache_control(response, public=True, max_age=300)
    return response


cso_auth = _endpoint(_auth)
cso_logout = _endpoint(_logout)
