"""The OpenID provider's endpoints (OpenID Connect Core, Discovery, RP-Initiated Logout; RFC 7009, 7662, 9207)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc6749 import InvalidRequestError, InvalidScopeError, OAuth2Error
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openecf.central.billing import queries as billing
from openecf.central.courts import services as courts
from openecf.central.factors import queries as factors
from openecf.central.signon import keys, queries, rules, services
from openecf.central.signon.access import ENROL, SIGN_ON, must_choose_password, to_new_password
from openecf.central.signon.context import ask_for_code
from openecf.central.signon.provider import ProviderRequest, authenticated_court, discovery, hinted, issuer, provider
from openecf.central.signon.views import ASKED, TOLD, asked_at, mark_asked, signed_off
from openecf.platform import access
from openecf.platform.shell import languages
from openecf.platform.short_body import short_call, short_form

SIGN_OFF_PAGE = "signon/sign_off.html"


def _with_issuer(response: HttpResponse) -> HttpResponse:
    """RFC 9207: every authorization response names the provider."""
    location = response.headers.get("Location", "")
    if location and urlsplit(location).netloc:
        joint = "&" if "?" in location else "?"
        response.headers["Location"] = f"{location}{joint}{urlencode({'iss': issuer()})}"
    return response


def _error_back(request: HttpRequest, redirect_uri: str, error: str, description: str = "") -> HttpResponse:
    answer = {"error": error, "state": request.GET.get("state") or request.POST.get("state") or ""}
    if description:
        answer["error_description"] = description
    query = urlencode({name: value for name, value in answer.items() if value})
    return _with_issuer(_redirect(f"{redirect_uri}?{query}"))


def _redirect(location: str, *, status: int = 302) -> HttpResponse:
    response = HttpResponse(status=status)
    response.headers["Location"] = location
    return response


@access.rule(access.ANYONE)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
@short_form
def authorize(request: HttpRequest) -> HttpResponse:
    """Authorization endpoint: a live, fresh enough sign-on gets a code; others are led through the pages first."""
    asked = request.GET if request.method == "GET" else request.POST
    here = f"{request.path}?{asked.urlencode()}"
    if request.method == "POST" and request.sso is None:
        # A browser keeps a Lax cookie back from another site's POST, but not from the GET that follows it.
        return _redirect(here, status=303)
    try:
        grant = provider.get_consent_grant(request, request.account.id if request.account else None)
    except OAuth2Error as error:
        return _refused(request, error)
    redirect_uri = asked["redirect_uri"]
    try:
        prompt, max_age = _understood(asked)
    except OAuth2Error as error:
        return _error_back(request, redirect_uri, error.error, error.description)
    if not _is_fresh(request, prompt=prompt, max_age=max_age, asked=asked, here=here):
        if prompt == "none":
            return _error_back(request, redirect_uri, "login_required")
        return _to_sign_on(request, asked, here)
    hint = asked.get("id_token_hint", "")
    if hint and (hinted(hint) or {}).get("sub") != str(request.account.id):
        return _error_back(request, redirect_uri, "login_required", "The hint is for somebody else.")
    if rules.asks_for_aal2(asked.get("acr_values", "")) and request.sso.acr != rules.AAL2:
        if prompt == "none":
            return _error_back(request, redirect_uri, "interaction_required", "A second factor is asked for.")
        return _to_second_factor(request, here)
    if request.sso.acr != rules.AAL2 and factors.must_enrol(request.account, now=request.arrived):
        if prompt == "none":
            return _error_back(request, redirect_uri, "interaction_required", "The account needs a second factor.")
        return _redirect(f"{ENROL}?{urlencode({'appurl': here})}")
    if must_choose_password(request):
        if prompt == "none":
            return _error_back(request, redirect_uri, "interaction_required", "The account needs another password.")
        return to_new_password(here)
    if request.sso.told_at is None and _must_be_told(request):
        if prompt == "none":
            return _error_back(request, redirect_uri, "interaction_required")
        return _redirect(f"{TOLD}?{urlencode({'appurl': here})}")
    try:
        return _with_issuer(provider.create_authorization_response(request, grant_user=request.account.id, grant=grant))
    except services.SessionEnded:
        if prompt == "none":
            return _error_back(request, redirect_uri, "login_required")
        return _to_sign_on(request, asked, here)


def _understood(asked: QueryDict) -> tuple[rules.Prompt, timedelta | None]:
    """``prompt`` and ``max_age`` of a request that asks for nothing that this provider does not do; else OAuth2Error."""
    for word in ("request", "request_uri"):
        if word in asked:
            raise OAuth2Error(error=f"{word}_not_supported", description=f"The parameter {word} is not supported.")
    if "openid" not in asked.get("scope", "").split():
        raise InvalidScopeError(description="The scope openid is required.")
    if not rules.storable(asked.get("state", "")):
        raise InvalidRequestError(description="The state has control characters.")
    try:
        return rules.prompt_of(asked.get("prompt", "")), rules.max_age_of(asked.get("max_age", ""))
    except ValueError:
        raise InvalidRequestError(description="prompt or max_age is not understood.") from None


def _is_fresh(
    request: HttpRequest, *, prompt: rules.Prompt, max_age: timedelta | None, asked: QueryDict, here: str
) -> bool:
    return request.sso is not None and rules.fresh_enough(
        auth_time=request.sso.auth_time,
        now=request.arrived,
        prompt=prompt,
        max_age=max_age,
        asked_at=asked_at(here, asked[ASKED]) if ASKED in asked else None,
    )


def _to_sign_on(request: HttpRequest, asked: QueryDict, here: str) -> HttpResponse:
    there = {"pscCourtId": asked.get("client_id", ""), "appurl": mark_asked(here, request.arrived)}
    if hint := asked.get("login_hint", ""):
        there["login_hint"] = hint[: rules.LONGEST_HINT]
    response = _redirect(f"{SIGN_ON}?{urlencode(there)}")
    languages.remember(response, languages.asked_for(asked.get("ui_locales", "")))
    return response


def _to_second_factor(request: HttpRequest, here: str) -> HttpResponse:
    """To the code, or for an account that has no second factor yet to where it gets one; then back to this request."""
    if request.account.second_factor_since is None:
        return _redirect(f"{ENROL}?{urlencode({'appurl': here})}")
    return ask_for_code(services.step_up_asked(session=request.sso, at=request.arrived), here)


def _must_be_told(request: HttpRequest) -> bool:
    account = request.account
    facts = {
        "account_type": account.type,
        "upgraded": account.upgraded_at is not None,
        "may_search": queries.may_search(queries.SignOn(request.sso, account)),
    }
    if rules.telling(**facts, is_exempt=False) is not None:
        return True
    return billing.is_exempt(account=account.id, now=request.arrived)


def _refused(request: HttpRequest, error: OAuth2Error) -> HttpResponse:
    """To the relying party if its address is known to be its own; else a page, for no open redirect."""
    asked = request.GET if request.method == "GET" else request.POST
    party = queries.relying_party(asked.get("client_id", ""))
    redirect_uri = asked.get("redirect_uri", "")
    if party and party.check_redirect_uri(redirect_uri):
        return _error_back(request, redirect_uri, error.error or "invalid_request", error.description or "")
    return render(request, "signon/bad_request.html", {"problem": error.description or error.error}, status=400)


@access.rule(access.MACHINE)
@csrf_exempt
@require_POST
@short_call
def token(request: HttpRequest) -> HttpResponse:
    """Token endpoint: a code, its verifier and the court's client assertion become an ID token and an access token."""
    return provider.create_token_response(request)


@access.rule(access.MACHINE)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
@short_call
def userinfo(request: HttpRequest) -> HttpResponse:
    """What the court is told about the person."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        bearer = request.POST.get("access_token", "")
    found = queries.by_access_token(token=bearer, now=request.arrived) if bearer else None
    if found is None:
        response = JsonResponse({"error": "invalid_token"}, status=401)
        response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return response
    return JsonResponse(rules.claims_of_scope(queries.facts(found), found.scope))


@access.rule(access.ANYONE)
@require_GET
def jwks(request: HttpRequest) -> HttpResponse:
    """The public keys, those to come included."""
    response = JsonResponse({"keys": keys.published()})
    patch_cache_control(response, public=True, max_age=int(rules.JWKS_MAX_AGE.total_seconds()))
    return response


@access.rule(access.ANYONE)
@require_GET
def metadata(request: HttpRequest) -> HttpResponse:
    """Discovery."""
    response = JsonResponse(discovery())
    patch_cache_control(response, public=True, max_age=300)
    return response


@access.rule(access.MACHINE)
@csrf_exempt
@require_POST
@short_call
def introspect(request: HttpRequest) -> HttpResponse:
    """Whether a token speaks for anybody: a program's 128 characters, or an access token of the court that asks."""
    try:
        court = authenticated_court(request)
    except OAuth2Error as error:
        return provider.handle_error_response(ProviderRequest(request), error)
    shown = request.POST.get("token", "")
    found = queries.by_api_token(token=shown, court=court.client_id, now=request.arrived)
    if found is None:
        found = queries.by_access_token(token=shown, now=request.arrived)
        if found is not None and found.court != court.client_id:
            found = None
    if found is None:
        return JsonResponse({"active": False})
    session = found.session
    return JsonResponse(
        queries.facts(found)
        | {
            "active": True,
            "sid": found.rp_sid,
            "auth_time": int(session.auth_time.timestamp()),
            "acr": session.acr,
            "amr": session.amr,
            "exp": int((found.expires_at or session.expires_at).timestamp()),
        }
    )


@access.rule(access.MACHINE)
@csrf_exempt
@require_POST
@short_call
def revoke(request: HttpRequest) -> HttpResponse:
    """End an access token, or a refresh token with its family. Unknown tokens are answered alike (RFC 7009 2.2)."""
    try:
        court = authenticated_court(request)
    except OAuth2Error as error:
        return provider.handle_error_response(ProviderRequest(request), error)
    services.revoke_token(token=request.POST.get("token", ""), court=court.client_id, at=request.arrived)
    return HttpResponse(status=200)


@access.rule(access.MACHINE)
@csrf_exempt
@require_POST
@short_call
def revocations(request: HttpRequest) -> HttpResponse:
    """The feed that every court reads every two seconds: its sessions that ended since its cursor, and withdrawn keys."""
    try:
        court = authenticated_court(request)
    except OAuth2Error as error:
        return provider.handle_error_response(ProviderRequest(request), error)
    after = request.POST.get("after", "0")
    after = int(after) if after.isdecimal() and len(after) < 19 else 0
    courts.note_heard(court=court.client_id, at=request.arrived)
    told = queries.revoked_since(court=court.client_id, cursor=after, now=request.arrived)
    return JsonResponse({"cursor": told.cursor, "sids": told.sids, "withdrawn_keys": told.withdrawn_keys})


@access.rule(access.ANYONE)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
@short_form
def end_session(request: HttpRequest) -> HttpResponse:
    """RP-initiated logout, without a question only when the hint was made for this very session."""
    asked = request.GET if request.method == "GET" else request.POST
    claims = hinted(asked.get("id_token_hint", "")) or {}
    party = queries.relying_party(str(claims.get("aud") or asked.get("client_id", "")))
    then = asked.get("post_logout_redirect_uri", "")
    if not (party and then in party.post_logout_redirect_uris):
        then = ""
    if then and asked.get("state"):
        then = f"{then}?{urlencode({'state': asked['state']})}"
    if request.sso is None:
        return signed_off(request, then)
    if queries.is_this_session(session=request.sso, rp_sid=str(claims.get("sid", ""))):
        services.sign_off(session=request.sso, at=request.arrived)
        return signed_off(request, then)
    return render(request, SIGN_OFF_PAGE)
