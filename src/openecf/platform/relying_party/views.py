"""Signing on and off at a court."""

from __future__ import annotations

from datetime import timedelta

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from openecf.kernel.paths import local_path
from openecf.kernel.tokens import base62
from openecf.platform import access
from openecf.platform.relying_party import provider, services
from openecf.platform.web import came_by

ATTEMPT_COOKIE = settings.SESSION_COOKIE_NAME.replace("session", "attempt")
"""Its name goes on with the beginning of the state: a browser that opens five tabs signs on in each of them."""
ATTEMPT_LIFE = timedelta(minutes=15)
ATTEMPTS_AT_ONCE = 8
_SALT = "relying-party.attempt"


@access.rule(access.ANYONE)
@never_cache
@require_GET
def sign_on(request: HttpRequest) -> HttpResponse:
    """Send the browser to Central Sign-On. ``next`` is where it comes back to; ``fresh=1`` asks for the password anew,
    ``second=1`` for a second factor.

    While Central Sign-On is away the person gets a page that says so, not the browser's own error.
    """
    if not services.provider_answers(at=request.arrived):
        return _failed(request, "away", status=503)
    fresh, second = request.GET.get("fresh") == "1", request.GET.get("second") == "1"
    attempt = {
        "not_before": request.arrived.timestamp() if fresh else 0.0,
        "second": second,
        "state": base62(32),
        "nonce": base62(32),
        "verifier": base62(64),
        "next": local_path(request.GET.get("next", "/")),
    }
    there = provider.authorization_url(
        request,
        state=attempt["state"],
        nonce=attempt["nonce"],
        challenge=create_s256_code_challenge(attempt["verifier"]),
        fresh=fresh,
        second=second,
    )
    response = HttpResponse(status=302)
    response.headers["Location"] = there
    under_way = [name for name in request.COOKIES if name.startswith(ATTEMPT_COOKIE)]
    for name in under_way if len(under_way) >= ATTEMPTS_AT_ONCE else ():
        response.delete_cookie(name, samesite="Lax")
    response.set_cookie(
        _attempt_cookie(attempt["state"]),
        signing.dumps(attempt, salt=_SALT),
        max_age=ATTEMPT_LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _attempt_cookie(state: str) -> str:
    return f"{ATTEMPT_COOKIE}_{state[:12]}"


@access.rule(access.ANYONE)
@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Back from Central Sign-On: the code is traded for proof, and the session begins."""
    cookie = _attempt_cookie(request.GET.get("state", ""))
    try:
        attempt = signing.loads(request.COOKIES.get(cookie, ""), salt=_SALT, max_age=ATTEMPT_LIFE)
    except signing.BadSignature:
        return _failed(request, "late")
    right = request.GET.get("state") == attempt["state"] and request.GET.get("iss") == provider.issuer()
    if not right or "code" not in request.GET:
        return _failed(request, "late")
    try:
        proof = provider.redeem(
            code=request.GET["code"],
            verifier=attempt["verifier"],
            nonce=attempt["nonce"],
            redirect_uri=came_by(request) + provider.CALLBACK,
            not_before=attempt["not_before"],
            second=attempt.get("second", False),
        )
        had = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        secret = services.begin(proof=proof, replaces=had, at=request.arrived)
    except provider.ProviderAway:
        return _failed(request, "away", status=503)
    except provider.NotProved:
        return _failed(request, "late")
    response = HttpResponseRedirect(local_path(attempt["next"]))
    response.set_cookie(
        settings.SESSION_COOKIE_NAME, secret, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
    response.delete_cookie(cookie, samesite="Lax")
    return response


def _failed(request: HttpRequest, why: str, *, status: int = 400) -> HttpResponse:
    return render(request, "relying_party/failed.html", {"why": why}, status=status)


@access.rule(access.MACHINE)
@csrf_exempt
@never_cache
@require_POST
def back_channel(request: HttpRequest) -> HttpResponse:
    """A logout token from the provider (OpenID Connect Back-Channel Logout 1.0, section 2.6)."""
    try:
        claims = provider.verified(request.POST.get("logout_token", ""), typ="logout+jwt")
    except provider.NotProved:
        return HttpResponse(status=400)
    except provider.ProviderAway:
        return HttpResponse(status=503)
    sid, jti = claims.get("sid"), claims.get("jti")
    if provider.LOGOUT_EVENT not in claims.get("events", {}) or "nonce" in claims or not sid or not jti:
        return HttpResponse(status=400)
    services.take_logout_token(jti=str(jti), sid=str(sid), at=request.arrived)
    return HttpResponse(status=200)


@access.rule(access.ANYONE)
@never_cache
def sign_off(request: HttpRequest) -> HttpResponse:
    """End the session here and, by way of the provider, everywhere.

    Another site's link must not do that, so it makes the provider ask first; and so does a browser whose session here
    is over already, for its sign-on may not be.
    """
    response = HttpResponse(status=302)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        response.headers["Location"] = provider.sign_off_url(request, "")
        return response
    id_token = services.end(cookie=request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""), at=request.arrived)
    response.headers["Location"] = provider.sign_off_url(request, id_token)
    response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return response


@access.rule(access.ANYONE)
def login_pl(request: HttpRequest) -> HttpResponse:
    """CM/ECF's own address for both: ``login.pl`` signs on, ``login.pl?logout`` signs off."""
    return sign_off(request) if request.META.get("QUERY_STRING", "").startswith("logout") else sign_on(request)


@access.rule(access.ANYONE)
@never_cache
def signed_out(request: HttpRequest) -> HttpResponse:
    """Where the provider sends people after they signed off."""
    return render(request, "relying_party/signed_out.html")
