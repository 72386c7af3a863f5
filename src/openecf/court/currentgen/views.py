"""The court's own login page, and where it leads once the court is live on NextGen."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.court.bench import bench
from openecf.court.currentgen import queries, services
from openecf.court.currentgen.forms import AskForm, ClerksResetForm, FindForm, LoginForm, NewPasswordForm
from openecf.court.currentgen.middleware import COOKIE
from openecf.court.people import queries as people
from openecf.court.people.access import CLERK
from openecf.court.people.rules import COURT_GROUPS
from openecf.court.transition.context import court_facts
from openecf.court.transition.rules import Era
from openecf.kernel.networks import network_of
from openecf.platform.access import ANYONE, rule

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _page(request: HttpRequest, template: str, **more: object) -> HttpResponse:
    facts = court_facts(request.arrived)
    return render(request, template, facts | {"link_label": bench().menus.link_label} | more)


@rule(ANYONE)
@never_cache
@_get_or_post
def sign_on(request: HttpRequest) -> HttpResponse:
    """The login page; from the hour of going live a page that says what changed."""
    facts = court_facts(request.arrived)
    if facts["era"] is Era.NEXTGEN:
        return _page(request, "currentgen/ended.html")
    form = LoginForm(request.POST or None)
    back = request.POST.get("next") or request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    if form.is_valid():
        try:
            secret = services.sign_on(
                **form.cleaned_data, network=network_of(request.META.get("REMOTE_ADDR", "")), at=request.arrived
            )
        except services.NotSignedOn as refusal:
            form.add_error(None, refusal.said)
        else:
            response = redirect(back)
            response.set_cookie(COOKIE, secret, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
            return response
    return _page(request, "currentgen/login.html", form=form, next=back)


@rule(ANYONE)
@never_cache
def sign_off(request: HttpRequest) -> HttpResponse:
    """End the session of the court's own login; a separate PACER sign-in is ended on the way.

    Another site's link must not do that: it only leads to the start page.
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return redirect("/")
    services.sign_off(secret=request.COOKIES.get(COOKIE, ""), at=request.arrived)
    response = redirect("/logout" if request.reader.signed_on else "/")
    response.delete_cookie(COOKIE, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@rule(ANYONE)
@never_cache
@_get_or_post
def ask_for_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a mailed link; the answer is the same whoever asks for whatever login."""
    form, asked, refusal = AskForm(request.POST or None), False, ""
    try:
        services.may_reset(request.arrived)
        if form.is_valid():
            services.ask_for_reset(
                login=form.cleaned_data["login"],
                network=network_of(request.META.get("REMOTE_ADDR", "")),
                at=request.arrived,
            )
            asked = True
    except (services.ResetsEnded, services.LoginsEnded) as ended:
        refusal = ended.said
    return _page(request, "currentgen/reset.html", form=form, asked=asked, refusal=refusal)


@rule(ANYONE)
@never_cache
@_get_or_post
def reset(request: HttpRequest, secret: str) -> HttpResponse:
    """The mailed link: a new password is typed; only pressing the button spends the link."""
    form, refusal, done = NewPasswordForm(request.POST or None), "", False
    if not queries.is_good_link(secret=secret, now=request.arrived):
        refusal = services.LinkSpent.said
    elif form.is_valid():
        try:
            services.reset(secret=secret, password=form.cleaned_data["password"], at=request.arrived)
            done = True
        except services.WeakPassword as weak:
            form.add_error("password", weak.said)
        except (services.LinkSpent, services.ResetsEnded, services.LoginsEnded) as ended:
            refusal = ended.said
    response = _page(request, "currentgen/new_password.html", form=form, refusal=refusal, done=done)
    response.headers["Referrer-Policy"] = "same-origin"  # the address is a secret, and links lead to other sites
    return response


@rule(CLERK)
@never_cache
@require_safe
def logins(request: HttpRequest) -> HttpResponse:
    """The clerk's office looks up a court-issued account."""
    form = FindForm(request.GET or None)
    found = people.logins_called(form.cleaned_data["who"]) if form.is_valid() else None
    return render(request, "currentgen/logins.html", {"form": form, "found": found})


@rule(CLERK)
@never_cache
@_get_or_post
def one_login(request: HttpRequest, user_id: int) -> HttpResponse:
    """One court-issued account: how it stands, and a new password for who has forgotten the old one.

    A password that is shown is on this one page only; no cache keeps it, and nobody can ask for it again.
    """
    try:
        user = people.user(user_id)
    except people.CourtUser.DoesNotExist:
        raise Http404 from None
    form, shown, mailed = ClerksResetForm(request.POST or None, asks_address=not user.email), "", False
    if form.is_valid():
        act = {
            "user_id": user.id,
            "checked": form.cleaned_data["checked"],
            "email": form.cleaned_data.get("email", ""),
            "by": request.reader.ref,
            "at": request.arrived,
        }
        try:
            if form.cleaned_data["how"] == "mail":
                services.mail_link(**act)
                mailed = True
            else:
                shown = services.hand_out_password(**act)
        except services.NothingToReset as refusal:
            form.add_error(None, refusal.said)
        except services.NoAddress as refusal:
            form.add_error("email" if "email" in form.fields else None, refusal.said)
    page = {
        "user": people.user(user_id),
        "form": form,
        "shown": shown,
        "mailed": mailed,
        "may_suspend": user.group not in COURT_GROUPS,
    }
    return render(request, "currentgen/one_login.html", page)
