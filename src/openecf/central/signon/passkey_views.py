"""Signing on with a passkey: alone, or as the second step after a password. Scripts ask for the challenge."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from openecf.central.accounts import services as accounts
from openecf.central.factors import services as factors
from openecf.central.factors.context import passkey_site
from openecf.central.signon import services
from openecf.central.signon.code_views import code_page, over
from openecf.central.signon.context import WAITING_COOKIE, back_address
from openecf.central.signon.views import DEVICE_COOKIE, begin
from openecf.platform import access
from openecf.platform.short_body import short_form, short_form_with_passkey
from openecf.platform.throttle.pace import paced

_MOST = 240
"""Challenges for one address in a minute: an office of some hundred people has one address."""


@access.rule(access.ANYONE)
@never_cache
@require_POST
@paced("passkey", most=_MOST)
@short_form
def options(request: HttpRequest) -> HttpResponse:
    """A fresh challenge, as ``navigator.credentials.get`` takes it."""
    site = passkey_site(request)
    if site is None:
        raise Http404
    waiting = request.COOKIES.get(WAITING_COOKIE, "") if request.POST.get("second") else ""
    if not waiting:
        challenge = factors.new_challenge(purpose=factors.Purpose.SIGN_ON, site=site, at=request.arrived)
        return JsonResponse(factors.options_to_prove(challenge=challenge, site=site))
    account = factors.waiting_account(waiting=waiting, at=request.arrived)
    if account is None:
        raise Http404
    challenge = factors.new_challenge(purpose=factors.Purpose.SECOND, site=site, holder=waiting, at=request.arrived)
    return JsonResponse(factors.options_to_prove(challenge=challenge, site=site, account=account))


@access.rule(access.ANYONE)
@never_cache
@require_POST
@short_form_with_passkey
def sign_on(request: HttpRequest) -> HttpResponse:
    """What the browser made of the challenge: the sign-on begins, or the page says that it does not."""
    site, appurl = passkey_site(request), request.POST.get("appurl", "")
    if site is None:
        raise Http404
    second = bool(request.POST.get("second"))
    waiting = request.COOKIES.get(WAITING_COOKIE, "")
    known = {"answer": request.POST.get("answer", ""), "site": site, "address": request.META.get("REMOTE_ADDR", ""),
             "user_agent": request.headers.get("User-Agent", ""), "replaces": request.sso,
             "at": request.arrived}  # fmt: skip
    client_code = request.POST.get("client_code", "")[:80].strip()
    try:
        if second:
            device = request.COOKIES.get(DEVICE_COOKIE, "")
            begun = services.sign_on_by_second_passkey(waiting=waiting, known_device=device, **known)
        else:
            begun = services.sign_on_by_passkey(client_code=client_code, **known)
    except (factors.WrongPasskey, services.BadClientCode, accounts.NotSignedOn) as refusal:
        if second:
            return code_page(request, appurl, refusal.said) if waiting else over(request, appurl)
        page = {"appurl": appurl, "refusal": refusal.said, "client_code": client_code, "passkeys": True}
        return render(request, "signon/login.html", page)
    response = HttpResponseRedirect(back_address(request, appurl) if appurl else "/pscof/manage")
    begin(request, response, begun)
    response.delete_cookie(WAITING_COOKIE, samesite="Lax")
    return response
