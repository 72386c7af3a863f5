"""Sign-on pages for people."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from openecf.central.accounts import services as accounts
from openecf.central.accounts.context import need_shown
from openecf.central.accounts.rules import LETTER
from openecf.central.billing import queries as billing
from openecf.central.factors import services as factors
from openecf.central.factors.context import passkey_site
from openecf.central.signon import queries, rules, services
from openecf.central.signon.access import ACCOUNT, SIGN_ON
from openecf.central.signon.context import WAITING_COOKIE, ask_for_code, back_address, hand_over
from openecf.central.signon.form_token import with_form_token
from openecf.kernel.tokens import digest
from openecf.platform import access
from openecf.platform.short_body import short_form

DEVICE_COOKIE = settings.SESSION_COOKIE_NAME.replace("session", "device")
TOLD = "/csologin/told"
ASKED = "asked"
BUSY_SECONDS = "5"
MFA_INPUT = "mfaForm:mfaInput"
LONGEST_CODE = 80
_signer = TimestampSigner(salt="signon.asked")


def mark_asked(address: str, at: datetime) -> str:
    """The authorization request with a signed note of when the person was sent to prove anew who it is. The note is
    good for this very request: with another ``state`` it says nothing."""
    bare = _without_note(address)
    return f"{bare}&{urlencode({ASKED: _signer.sign_object([at.isoformat(), digest(bare)])})}"


def asked_at(address: str, note: str) -> datetime | None:
    """When that was; None if the note is not ours, not for this request, or older than ten minutes."""
    try:
        at, of = _signer.unsign_object(note, max_age=timedelta(minutes=10))
    except (BadSignature, ValueError):
        return None
    return datetime.fromisoformat(at) if of == digest(_without_note(address)) else None


def _without_note(address: str) -> str:
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != ASKED]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def begin(request: HttpRequest, response: HttpResponse, begun: services.Begun) -> None:
    """Hand the new session's cookie to the browser, and make it one that the account knows: the owner is told of one that
    was not, in the language that the owner read before, whatever the browser's is."""
    hand_over(response, begun)
    account = begun.session.account
    came = accounts.Visit(request.META.get("REMOTE_ADDR", ""), request.headers.get("User-Agent", ""))
    # Every browser of today says how it fetches a page. A program that fills in the page, under whatever name, does not,
    # and keeps no cookie from one day to the next: it is known by its name and network, as programs of the API are.
    is_program = "Sec-Fetch-Mode" not in request.headers
    if is_program and not begun.goes_on:
        accounts.meet_program(account=account, came=came, at=request.arrived)
    devices = accounts.remember_device(
        account=account,
        had=request.COOKIES.get(DEVICE_COOKIE, ""),
        came=None if is_program or begun.goes_on else came,
        at=request.arrived,
    )
    accounts.note_language(account=account, language=get_language() or "")
    response.set_cookie(
        DEVICE_COOKIE,
        devices,
        max_age=accounts.DEVICE_LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@access.rule(access.ANYONE)
@csrf_exempt  # for the token of its own, which programs send back, too
@with_form_token
@never_cache
@require_http_methods(["GET", "POST"])
@short_form
def sign_on(request: HttpRequest) -> HttpResponse:
    """The sign-on page. Field names are those that client programs fill in."""
    appurl = request.GET.get("appurl", "") or request.POST.get("appurl", "")
    page = {"appurl": appurl, "court": request.GET.get("pscCourtId", ""), "login_name": "", "refusal": ""}
    page["passkeys"] = passkey_site(request) is not None
    if request.method == "GET":
        hint = request.GET.get("login_hint", "")[: rules.LONGEST_HINT]
        page["login_name"] = hint if rules.storable(hint) else ""
        return render(request, "signon/login.html", page)
    if MFA_INPUT in request.POST:
        return _second_step_of_program(request, appurl)
    page["login_name"] = request.POST.get("loginForm:loginName", "")[:120].replace("\0", "")
    page["client_code"] = request.POST.get("loginForm:clientCode", "")[:80].strip()
    try:
        begun = services.sign_on(
            username=page["login_name"],
            password=request.POST.get("loginForm:password", "")[:1024],
            client_code=page["client_code"],
            address=request.META.get("REMOTE_ADDR", ""),
            user_agent=request.headers.get("User-Agent", ""),
            known_device=request.COOKIES.get(DEVICE_COOKIE, ""),
            replaces=request.sso,
            at=request.arrived,
        )
    except accounts.SignOnBusy as refusal:
        response = render(request, "signon/login.html", page | {"refusal": refusal.said}, status=429)
        response.headers["Retry-After"] = BUSY_SECONDS
        return response
    except (accounts.NotSignedOn, services.BadClientCode) as refusal:
        unsure = isinstance(refusal, accounts.NotSignedOn) and not isinstance(refusal, accounts.AccountClosed)
        page["advise_reset"] = unsure
        return render(request, "signon/login.html", page | {"refusal": refusal.said})
    if isinstance(begun, services.CodeAsked):
        return ask_for_code(begun, appurl)
    response = HttpResponseRedirect(back_address(request, appurl) if appurl else "/pscof/manage")
    begin(request, response, begun)
    return response


def _second_step_of_program(request: HttpRequest, appurl: str) -> HttpResponse:
    """A program that fills in the page's second step posts it here, and reads where to go from XML (PrimeFaces)."""
    try:
        begun = services.sign_on_by_code(
            waiting=request.COOKIES.get(WAITING_COOKIE, ""),
            code=request.POST.get(MFA_INPUT, "")[:LONGEST_CODE],
            address=request.META.get("REMOTE_ADDR", ""),
            user_agent=request.headers.get("User-Agent", ""),
            known_device=request.COOKIES.get(DEVICE_COOKIE, ""),
            replaces=request.sso,
            at=request.arrived,
        )
    except (factors.WrongCode, factors.WaitingOver, accounts.NotSignedOn):
        return _partial_response("error", accounts.NotSignedOn.said)
    there = back_address(request, appurl) if appurl else "/pscof/manage"
    response = _partial_response("redirect", url=request.build_absolute_uri(there))
    begin(request, response, begun)
    response.delete_cookie(WAITING_COOKIE, samesite="Lax")
    return response


def _partial_response(name: str, words: object = "", **attributes: str) -> HttpResponse:
    whole = Element("partial-response")
    SubElement(whole, name, attributes).text = str(words) or None
    body = tostring(whole, encoding="UTF-8", xml_declaration=True)
    return HttpResponse(body, content_type="text/xml; charset=UTF-8")


@access.rule(ACCOUNT)
@never_cache
@require_http_methods(["GET", "POST"])
@short_form
def told(request: HttpRequest) -> HttpResponse:
    """What an account must read before its first court in a session: redaction, or what it cannot do."""
    appurl = request.GET.get("appurl", "") or request.POST.get("appurl", "")
    account = request.account
    purposes = billing.exempt_purposes(account=account.id, now=request.arrived)
    telling = rules.telling(
        account_type=account.type,
        upgraded=account.upgraded_at is not None,
        may_search=queries.may_search(queries.SignOn(request.sso, account)),
        is_exempt=bool(purposes),
    )
    reads_as = request.POST.get("reads_as", "")
    reads_as = reads_as if reads_as in {one.purpose for one in purposes} else ""
    if request.method == "POST" and (telling is None or telling.kind != "redaction" or request.POST.get("redaction")):
        services.confirm_told(session=request.sso, at=request.arrived, reads_as=reads_as)
        return HttpResponseRedirect(back_address(request, appurl))
    page = {"appurl": appurl, "telling": telling.kind if telling else "", "missed": request.method == "POST"}
    page["need"] = need_shown(request)
    page |= {"purposes": purposes, "reads_as": reads_as}
    page["awaits_letter"] = account.search_note == LETTER
    return render(request, "signon/told.html", page)


@access.rule(access.ANYONE)
@never_cache
@require_http_methods(["GET", "POST"])
@short_form
def sign_off(request: HttpRequest) -> HttpResponse:
    """Sign off everywhere, from the central site's own pages. GET asks, POST does."""
    if request.sso is None:
        return render(request, "signon/signed_off.html")
    if request.method == "GET":
        return render(request, "signon/sign_off.html")
    services.sign_off(session=request.sso, at=request.arrived)
    return signed_off(request, "")


def signed_off(request: HttpRequest, then: str) -> HttpResponse:
    """The end of a sign-on: the cookie goes, the person is told, or sent back to the court that asked."""
    request.account = request.sso = None
    response = HttpResponseRedirect(then) if then else render(request, "signon/signed_off.html")
    response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return response


@access.rule(access.ANYONE)
def to_sign_on(request: HttpRequest) -> HttpResponse:
    """``/login`` of the page frame."""
    return HttpResponseRedirect(f"{SIGN_ON}?{request.GET.urlencode()}" if request.GET else SIGN_ON)
