"""Manage My Account: the second factors of an account."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.central.accounts.context import SETTINGS, manage_frame
from openecf.central.factors import queries
from openecf.central.factors.access import PROVED
from openecf.central.factors.forms import AddForm, ConfirmForm, PasswordForm, RemoveLastForm
from openecf.central.factors.services import enrolling
from openecf.central.signon import rules as sign_on_rules
from openecf.central.signon.context import hand_over
from openecf.kernel.refusal import Refusal
from openecf.platform import access

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])
_OVERVIEW = "factors"


def _sent(request: HttpRequest) -> dict | None:
    return request.POST if request.method == "POST" else None


def _appurl(request: HttpRequest) -> str:
    """The page of this site that asked for a second factor, and goes on afterwards; "" if none did."""
    given = request.GET.get("appurl", "") or request.POST.get("appurl", "")
    path = sign_on_rules.local_path(given) if given else "/"
    return "" if path == "/" else path


def _with(path: str, appurl: str) -> str:
    return f"{path}?{urlencode({'appurl': appurl})}" if appurl else path


def _done(what: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(_OVERVIEW)}?done={what}")


@access.rule(PROVED)
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The apps and recovery codes that there are."""
    notice = {
        "added": _("The app is set up. Its codes count from now on."),
        "removed": _("The app is removed. You are signed out everywhere else."),
        "off": _("Signing in asks for your password only. You are signed out everywhere else."),
    }.get(request.GET.get("done", ""), "")
    page = {
        "factors": queries.factors_of(request.account.id),
        "notice": notice,
        **manage_frame(request, SETTINGS),
    }
    return render(request, "factors/overview.html", page)


def _tried(form: forms.Form, act: Callable[[dict], object]) -> object:
    """What the act gave; None if the form is not complete or the act refused, which the form then says."""
    if not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except Refusal as refusal:
        field = {"wrong-password": "current", "wrong-code": "code", "name-taken": "name"}.get(refusal.code)
        form.add_error(field if field in form.fields else None, refusal.said)
        return None


@access.rule(PROVED)
@never_cache
@_get_or_post
def add(request: HttpRequest) -> HttpResponse:
    """Name a new app, and give the password once more."""
    form, appurl = AddForm(_sent(request)), _appurl(request)
    app = _tried(
        form,
        lambda typed: enrolling.begin_app(
            account=request.account, password=typed["current"], name=typed["name"], session=request.sso.id,
            at=request.arrived,
        ),
    )  # fmt: skip
    if app is not None:
        return HttpResponseRedirect(_with(reverse("factor-confirm", args=[app]), appurl))
    page = {"form": form, "appurl": appurl, **manage_frame(request, SETTINGS)}
    return render(request, "factors/add.html", page)


@access.rule(PROVED)
@never_cache
@_get_or_post
def confirm(request: HttpRequest, app: UUID) -> HttpResponse:
    """Show the new app what it has to know; it counts once it has shown a right code."""
    account, form, appurl = request.account, ConfirmForm(_sent(request)), _appurl(request)
    enrolled = _tried(
        form,
        lambda typed: enrolling.confirm_app(
            account=account, app=app, code=typed["code"], session=request.sso, at=request.arrived
        ),
    )
    if enrolled is not None:
        return _enrolled(request, enrolled, appurl)
    setting_up = queries.enrolment(
        app=app, account=account.id, username=account.username, session=request.sso.id, now=request.arrived
    )
    if setting_up is None:
        return HttpResponseRedirect(_with(reverse("factor-add"), appurl))
    page = {"form": form, "app": setting_up, "appurl": appurl, **manage_frame(request, SETTINGS)}
    return render(request, "factors/confirm.html", page)


def _enrolled(request: HttpRequest, enrolled: enrolling.Enrolled, appurl: str) -> HttpResponse:
    if not enrolled.recovery_codes:
        return HttpResponseRedirect(appurl) if appurl else _done("added")
    response = _codes(request, enrolled.recovery_codes, appurl, first=True)
    hand_over(response, enrolled.begun)
    return response


def _codes(request: HttpRequest, codes: tuple[str, ...], appurl: str = "", *, first: bool = False) -> HttpResponse:
    page = {"codes": codes, "appurl": appurl, "first": first, **manage_frame(request, SETTINGS)}
    return render(request, "factors/codes.html", page)


@access.rule(PROVED)
@never_cache
@_get_or_post
def remove(request: HttpRequest, app: UUID) -> HttpResponse:
    """Remove an app; the last one only knowingly."""
    apps = queries.factors_of(request.account.id).apps
    found = next((one for one in apps if one.id == app), None)
    if found is None:
        raise Http404
    last = len(apps) == 1
    form = (RemoveLastForm if last else PasswordForm)(_sent(request))

    def act(typed: dict) -> bool:
        enrolling.remove_app(
            account=request.account, app=app, password=typed["current"],
            end_second_factor=typed.get("end_second_factor", False), session=request.sso.id, at=request.arrived,
        )  # fmt: skip
        return True

    if _tried(form, act):
        return _done("off" if last else "removed")
    return render(
        request, "factors/remove.html", {"form": form, "app": found, "last": last} | manage_frame(request, SETTINGS)
    )


@access.rule(PROVED)
@never_cache
@_get_or_post
def recovery(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes; they are shown this once."""
    form = PasswordForm(_sent(request))
    codes = _tried(
        form,
        lambda typed: enrolling.make_recovery_codes(
            account=request.account, password=typed["current"], at=request.arrived
        ),
    )
    if codes:
        return _codes(request, codes)
    page = {"form": form, "factors": queries.factors_of(request.account.id), **manage_frame(request, SETTINGS)}
    return render(request, "factors/recovery.html", page)
