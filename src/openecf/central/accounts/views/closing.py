"""Manage My Account: the account's history, and deactivating it."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.central.accounts import services
from openecf.central.accounts.context import MAINTENANCE, manage_frame
from openecf.central.accounts.forms import password_field
from openecf.central.accounts.history import WORDS, in_words
from openecf.central.accounts.services import closing
from openecf.central.accounts.views.steps import refuse
from openecf.central.signon.access import ACCOUNT, UPGRADED
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.audit import queries as audit

SHOWN = 200


class DeactivateForm(forms.Form):
    """The password once more, and that it is meant."""

    current = password_field(
        _("Current password"), new=False, missing=_("Type the password that you signed in with."),
        help_text=_("To be sure that it is you."),
    )  # fmt: skip
    sure = forms.BooleanField(
        label=_("I no longer want to sign in, search or file with this account."),
        error_messages={"required": _("Say that you mean it.")},
    )


@access.rule(ACCOUNT)
@never_cache
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """What was done with the account and to it."""
    owner = str(request.account.id)
    lines = audit.about(ref=owner, acts=WORDS, limit=SHOWN)
    context = {"lines": in_words(lines, owner=owner), "most": SHOWN, **manage_frame(request, MAINTENANCE)}
    return render(request, "accounts/history.html", context)


@access.rule(UPGRADED)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def deactivate(request: HttpRequest) -> HttpResponse:
    """Close the account. What stands in the way is said before a password is asked."""
    form = DeactivateForm(request.POST if request.method == "POST" else None)
    hindrance = closing.why_not_deactivated(request.account)
    if hindrance is None and form.is_valid():
        try:
            closing.deactivate(account=request.account, password=form.cleaned_data["current"], at=request.arrived)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            number, request.account, request.sso = request.account.number, None, None
            response = render(request, "accounts/deactivated.html", {"number": number})
            response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
            response.delete_cookie(services.DEVICE_COOKIE, samesite="Lax")
            return response
    context = {"form": form, "hindrance": hindrance.said if hindrance else "", **manage_frame(request, MAINTENANCE)}
    return render(request, "accounts/deactivate.html", context)
