"""The second step of signing on: a code from an authenticator app, or a recovery code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.accounts import services as accounts
from openecf.central.factors import services as factors
from openecf.central.signon import services
from openecf.central.signon.context import WAITING_COOKIE
from openecf.central.signon.views import DEVICE_COOKIE, back_address, begin
from openecf.platform import access

LONGEST = 80


@access.rule(access.ANYONE)
@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Asks for the code of a browser whose password was right; the cookie says whose."""
    appurl = request.GET.get("appurl", "") or request.POST.get("appurl", "")
    waiting = request.COOKIES.get(WAITING_COOKIE, "")
    if not waiting:
        return _over(request, appurl)
    page = {"appurl": appurl, "refusal": ""}
    if request.method == "GET":
        return render(request, "signon/code.html", page)
    try:
        begun = services.sign_on_by_code(
            waiting=waiting,
            code=request.POST.get("code", "")[:LONGEST],
            address=request.META.get("REMOTE_ADDR", ""),
            user_agent=request.headers.get("User-Agent", ""),
            known_device=request.COOKIES.get(DEVICE_COOKIE, ""),
            replaces=request.sso,
            at=request.arrived,
        )
    except factors.WrongCode as refusal:
        return render(request, "signon/code.html", page | {"refusal": refusal.said})
    except (factors.WaitingOver, accounts.NotSignedOn):
        return _over(request, appurl)
    response = HttpResponseRedirect(back_address(request, appurl) if appurl else "/pscof/manage")
    begin(request, response, begun)
    response.delete_cookie(WAITING_COOKIE, samesite="Lax")
    return response


def _over(request: HttpRequest, appurl: str) -> HttpResponse:
    page = {"appurl": appurl, "refusal": factors.WaitingOver.said, "over": True}
    response = render(request, "signon/code.html", page)
    response.delete_cookie(WAITING_COOKIE, samesite="Lax")
    return response
