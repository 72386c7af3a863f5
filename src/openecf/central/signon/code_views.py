"""The second step of signing on: a code from an authenticator app, a passkey, or a recovery code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.accounts import services as accounts
from openecf.central.factors import queries as factor_queries
from openecf.central.factors import services as factors
from openecf.central.factors.context import passkey_site
from openecf.central.signon import services
from openecf.central.signon.context import WAITING_COOKIE, back_address
from openecf.central.signon.views import DEVICE_COOKIE, LONGEST_CODE, begin
from openecf.platform import access
from openecf.platform.short_body import short_form


@access.rule(access.ANYONE)
@never_cache
@require_http_methods(["GET", "POST"])
@short_form
def code(request: HttpRequest) -> HttpResponse:
    """Asks for the code of a browser whose password was right; the cookie says whose."""
    appurl = request.GET.get("appurl", "") or request.POST.get("appurl", "")
    waiting = request.COOKIES.get(WAITING_COOKIE, "")
    if not waiting:
        return over(request, appurl)
    if request.method == "GET":
        return code_page(request, appurl)
    try:
        begun = services.sign_on_by_code(
            waiting=waiting,
            code=request.POST.get("code", "")[:LONGEST_CODE],
            address=request.META.get("REMOTE_ADDR", ""),
            user_agent=request.headers.get("User-Agent", ""),
            known_device=request.COOKIES.get(DEVICE_COOKIE, ""),
            replaces=request.sso,
            at=request.arrived,
        )
    except factors.WrongCode as refusal:
        return code_page(request, appurl, refusal.said)
    except (factors.WaitingOver, accounts.NotSignedOn):
        return over(request, appurl)
    response = HttpResponseRedirect(back_address(request, appurl) if appurl else "/pscof/manage")
    begin(request, response, begun)
    response.delete_cookie(WAITING_COOKIE, samesite="Lax")
    return response


def code_page(request: HttpRequest, appurl: str, refusal: object = "") -> HttpResponse:
    """Asks for what the account has: a code, a passkey. One that waits no more begins again."""
    waiting = request.COOKIES.get(WAITING_COOKIE, "")
    ways = factor_queries.ways_of(waiting=waiting, site=passkey_site(request), now=request.arrived)
    if ways is None:
        return over(request, appurl)
    return render(request, "signon/code.html", {"appurl": appurl, "refusal": refusal, "ways": ways})


def over(request: HttpRequest, appurl: str) -> HttpResponse:
    """The second step took too long: the way back to the first."""
    page = {"appurl": appurl, "refusal": factors.WaitingOver.said, "over": True}
    response = render(request, "signon/code.html", page)
    response.delete_cookie(WAITING_COOKIE, samesite="Lax")
    return response
