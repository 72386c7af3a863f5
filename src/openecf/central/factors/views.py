"""Manage My Account: the second factors of an account."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
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
from openecf.central.signon.context import hand_over
from openecf.kernel.paths import local_path
from openecf.kernel.refusal import Refusal
from openecf.platform import access

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])
_OVERVIEW = "factors"


def sent(request: HttpRequest) -> dict | None:
    """What a form was sent with; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def asked_from(request: HttpRequest) -> str:
    """The page of this site that asked for a second factor, and goes on afterwards; "" if none did."""
    given = request.GET.get("appurl", "") or request.POST.get("appurl", "")
    path = local_path(given) if given else "/"
    return "" if path == "/" else path


def with_appurl(path: str, appurl: str) -> str:
    """The path, which remembers where the person goes on afterwards."""
    return f"{path}?{urlencode({'appurl': appurl})}" if appurl else path


def done(what: str) -> HttpResponse:
    """Back to the overview, which says ``what`` was done."""
    return HttpResponseRedirect(f"{reverse(_OVERVIEW)}?done={what}")


@access.rule(PROVED)
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The apps, passkeys and recovery codes that there are."""
    notice = {
        "added": _("The app is set up. Its codes count from now on."),
        "removed": _("The app is removed. You are signed out everywhere else."),
        "passkey-added": _("The passkey is ready. From now on it signs you in."),
        "passkey-removed": _("The passkey is removed. You are signed out everywhere else."),
        "off": _("Signing in asks for your password only. You are signed out everywhere else."),
    }.get(request.GET.get("done", ""), "")
    page = {
        "factors": queries.factors_of(request.account.id),
        "notice": notice,
        **manage_frame(request, SETTINGS),
    }
    return render(request, "factors/overview.html", page)


def tried(form: forms.Form, act: Callable[[dict], object]) -> object:
    """What the act gave; None if the form is not complete or the act refused, which the form then says."""
    if not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except Refusal as refusal:
        beside = {
            "wrong-password": "current",
            "wrong-code": "code",
            "name-taken": "name",
            "last-factor": "end_second_factor",
        }
        field = beside.get(refusal.code)
        form.add_error(field if field in form.fields else None, refusal.said)
        return None


@access.rule(PROVED)
@never_cache
@_get_or_post
def add(request: HttpRequest) -> HttpResponse:
    """Name a new app, and give the password once more."""
    form, appurl = AddForm(sent(request)), asked_from(request)
    app = tried(
        form,
        lambda typed: enrolling.begin_app(
            account=request.account, password=typed["current"], name=typed["name"], session=request.sso.id,
            at=request.arrived,
        ),
    )  # fmt: skip
    if app is not None:
        return HttpResponseRedirect(with_appurl(reverse("factor-confirm", args=[app]), appurl))
    page = {"form": form, "appurl": appurl, **manage_frame(request, SETTINGS)}
    return render(request, "factors/add.html", page)


@access.rule(PROVED)
@never_cache
@_get_or_post
def confirm(request: HttpRequest, app: UUID) -> HttpResponse:
    """Show the new app what it has to know; it counts once it has shown a right code."""
    account, form, appurl = request.account, ConfirmForm(sent(request)), asked_from(request)
    enrolled = tried(
        form,
        lambda typed: enrolling.confirm_app(
            account=account, app=app, code=typed["code"], session=request.sso, at=request.arrived
        ),
    )
    if enrolled is not None:
        return enrolled_page(request, enrolled, appurl)
    setting_up = queries.enrolment(
        app=app, account=account.id, username=account.username, session=request.sso.id, now=request.arrived
    )
    if setting_up is None:
        return HttpResponseRedirect(with_appurl(reverse("factor-add"), appurl))
    page = {"form": form, "app": setting_up, "appurl": appurl, **manage_frame(request, SETTINGS)}
    return render(request, "factors/confirm.html", page)


def enrolled_page(
    request: HttpRequest, enrolled: enrolling.Enrolled, appurl: str, *, done_with: str = "added"
) -> HttpResponse:
    """After a new factor: the recovery codes that come with the first one, or on to where the person wanted to go."""
    if not enrolled.recovery_codes:
        return HttpResponseRedirect(appurl) if appurl else done(done_with)
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
    factors = queries.factors_of(request.account.id)
    found = next((one for one in factors.apps if one.id == app), None)
    if found is None:
        raise Http404
    return removal(
        request, found, last=factors.count == 1, remove=partial(enrolling.remove_app, app=app), said="removed"
    )


def removal(
    request: HttpRequest, factor: object, *, last: bool, remove: Callable[..., None], said: str, **page: object
) -> HttpResponse:
    """The page that removes a factor, and what it does; the ``last`` one goes only knowingly."""
    form = (RemoveLastForm if last else PasswordForm)(sent(request))

    def act(typed: dict) -> bool:
        remove(
            account=request.account, password=typed["current"], session=request.sso.id, at=request.arrived,
            end_second_factor=typed.get("end_second_factor", False),
        )  # fmt: skip
        return True

    if tried(form, act):
        return done("off" if last else said)
    page |= {"form": form, "factor": factor, "last": last, **manage_frame(request, SETTINGS)}
    return render(request, "factors/remove.html", page)


@access.rule(PROVED)
@never_cache
@_get_or_post
def recovery(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes; they are shown this once."""
    form = PasswordForm(sent(request))
    codes = tried(
        form,
        lambda typed: enrolling.make_recovery_codes(
            account=request.account, password=typed["current"], at=request.arrived
        ),
    )
    if codes:
        return _codes(request, codes)
    page = {"form": form, "factors": queries.factors_of(request.account.id), **manage_frame(request, SETTINGS)}
    return render(request, "factors/recovery.html", page)
