"""Registering, page by page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from openecf.central.accounts import queries, services
from openecf.central.accounts.forms import AddressForm, PersonForm, SecurityForm, TypeForm
from openecf.kernel.refusal import Refusal
from openecf.platform import access

COOKIE = "openecf_registration"
FORMS = {"person": PersonForm, "address": AddressForm, "security": SecurityForm}
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _page(request: HttpRequest, form: object, title: str, **more: object) -> HttpResponse:
    return render(request, "accounts/step.html", {"form": form, "title": title, **more})


@access.rule(access.ANYONE)
@_get_or_post
def register(request: HttpRequest) -> HttpResponse:
    """Choose the type of account."""
    form = TypeForm(request.POST or None)
    if form.is_valid():
        try:
            secret = services.begin(
                type=form.cleaned_data["type"], at=request.arrived, address=request.META["REMOTE_ADDR"]
            )
        except Refusal as refusal:
            form.add_error(None, refusal.said)
        else:
            response = redirect("register-step", step="person")
            response.set_cookie(COOKIE, secret, httponly=True, samesite="Lax", secure=settings.SECURE, max_age=86400)
            return response
    return _page(request, form, _("Register for an account"))


@access.rule(access.ANYONE)
@_get_or_post
def register_step(request: HttpRequest, step: str) -> HttpResponse:
    """Person, address, security: each keeps what was typed when one goes back."""
    draft = queries.draft(request.COOKIES.get(COOKIE, ""), now=request.arrived)
    if draft is None:
        return redirect("register")
    title = {"person": _("Person"), "address": _("Address"), "security": _("Security")}[step]
    form = FORMS[step](
        request.POST or None, initial=getattr(draft, step, {}).get("answers", {}) if step != "security" else {}
    )
    if not form.is_valid():
        return _page(request, form, title)
    try:
        if step == "security":
            services.submit(
                draft=draft,
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                at=request.arrived,
            )
            return _page(
                request, None, _("Check your mail"), said=_("Open the link that we mailed to you to make the account.")
            )
        answers = {name: str(value) for name, value in form.cleaned_data.items()}
        twins = services.save_step(
            draft=draft, step=step, answers=answers, address=request.META["REMOTE_ADDR"], at=request.arrived
        )
    except Refusal as refusal:
        form.add_error(None, refusal.said)
        return _page(request, form, title)
    if twins.may_exist and "continue" not in request.POST:
        return _page(request, form, title, twin=True)
    return redirect("register-step", step="address" if step == "person" else "security")


@access.rule(access.ANYONE)
@_get_or_post
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """The mailed link: opening shows a button, pressing it makes the account."""
    title = _("Confirm your e-mail address")
    if request.method != "POST":
        return _page(request, None, title, button=_("Make the account"))
    try:
        account = services.confirm(secret=secret, at=request.arrived, username=request.POST.get("username", ""))
    except services.UsernameTaken as refusal:
        return _page(request, None, title, said=refusal.said, ask_username=True, button=_("Make the account"))
    except Refusal as refusal:
        return _page(request, None, title, said=refusal.said)
    return _page(
        request, None, _("Your account is ready"), said=_("Account number: {number}").format(number=account.number)
    )
