"""A forgotten password, and the links that prove a mailbox. No page here says which accounts exist."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.accounts import services
from openecf.central.accounts.forms import NewPasswordForm
from openecf.central.accounts.forms_manage import ForgotForm
from openecf.central.accounts.services import securing
from openecf.central.accounts.views.registering import own_page, spent
from openecf.central.accounts.views.steps import refuse
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.jobs import services as jobs
from openecf.platform.short_body import short_form

REQUEST_RESET = "openecf.accounts.request_reset"
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@access.rule(access.ANYONE)
@never_cache
@_get_or_post
@short_form
def forgot(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password. The answer is the same whoever asks; a job finds out whom to mail."""
    form = ForgotForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "accounts/forgot.html", {"form": form})
    address = request.META["REMOTE_ADDR"]
    try:
        services.slow_resets(address=address, at=request.arrived)
    except Refusal as refusal:
        form.add_error(None, refusal.said)
        return render(request, "accounts/forgot.html", {"form": form}, status=429)
    day = form.cleaned_data["birth_date"]
    jobs.defer(
        REQUEST_RESET,
        queue="mail",
        username=form.cleaned_data["username"],
        email=form.cleaned_data["email"],
        birth_date=day.isoformat() if day else "",
        address=address,
    )
    return render(request, "accounts/forgot_sent.html")


@access.rule(access.ANYONE)
@never_cache
@_get_or_post
@short_form
def reset(request: HttpRequest, secret: str) -> HttpResponse:
    """The mailed link: choose a new password. Every sign-on of the account ends."""
    try:
        link = services.look_at_link(purpose=services.Purpose.RESET, secret=secret, at=request.arrived)
    except Refusal as refusal:
        return spent(request, refusal, again=reverse("forgot"))
    two_step = link.account is not None and link.account.second_factor_since is not None
    form = NewPasswordForm(request.POST if request.method == "POST" else None, two_step=two_step)
    page = {"form": form, "username": link.account.username if link.account else ""}
    if not form.is_valid():
        return own_page(render(request, "accounts/reset.html", page))
    try:
        account = securing.reset_password(
            secret=secret, new=form.cleaned_data["password"], at=request.arrived, address=request.META["REMOTE_ADDR"]
        )
    except services.LinkSpent as refusal:
        return spent(request, refusal, again=reverse("forgot"))
    except Refusal as refusal:
        refuse(form, refusal)
        return own_page(render(request, "accounts/reset.html", page))
    request.account = request.sso = None
    response = render(request, "accounts/reset_done.html", {"username": account.username})
    response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    response.delete_cookie(services.DEVICE_COOKIE, samesite="Lax")
    return own_page(response)


@access.rule(access.ANYONE)
@never_cache
@_get_or_post
@short_form
def confirm_email(request: HttpRequest, secret: str) -> HttpResponse:
    """The link in a new mailbox: opening it shows a button, pressing that changes the address."""
    again = reverse("manage-email")
    try:
        link = services.look_at_link(purpose=services.Purpose.EMAIL, secret=secret, at=request.arrived)
        if request.method != "POST":
            return own_page(render(request, "accounts/confirm_email.html", {"email": link.email}))
        securing.confirm_email(secret=secret, at=request.arrived)
    except Refusal as refusal:
        return spent(request, refusal, again=again)
    return own_page(render(request, "accounts/email_changed.html", {"email": link.email}))


@access.rule(access.ANYONE)
@never_cache
@_get_or_post
@short_form
def confirm_second_email(request: HttpRequest, secret: str) -> HttpResponse:
    """The link in a second mailbox: opening it shows a button, pressing that lets news go there, too."""
    try:
        link = services.look_at_link(purpose=services.Purpose.SECOND, secret=secret, at=request.arrived)
        if request.method == "POST":
            services.confirm_second_email(secret=secret, at=request.arrived)
    except Refusal as refusal:
        return spent(request, refusal, again=reverse("manage-second-email"))
    page = {"email": link.email, "done": request.method == "POST"}
    return own_page(render(request, "accounts/second_email.html", page))
