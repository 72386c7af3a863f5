"""Changing the client code while signed on."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.signon import rules, services
from openecf.central.signon.access import ACCOUNT
from openecf.central.signon.context import back_address
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.short_body import short_form


class ClientCodeForm(forms.Form):
    """The client code from now on."""

    client_code = forms.CharField(
        label=_("Client code"),
        required=False,
        max_length=rules.CLIENT_CODE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("Up to 32 characters without spaces and commas, to group charges."),
    )


@access.rule(ACCOUNT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@short_form
def client_code(request: HttpRequest) -> HttpResponse:
    """Bill to another client from now on; ``appurl`` is where the person comes from and goes back to."""
    appurl = request.GET.get("appurl", "") or request.POST.get("appurl", "")
    sent = request.POST if request.method == "POST" else None
    form = ClientCodeForm(sent, initial={"client_code": request.sso.client_code})
    if form.is_valid():
        try:
            services.change_client_code(session=request.sso, code=form.cleaned_data["client_code"], at=request.arrived)
        except Refusal as refusal:
            form.add_error("client_code", f"{refusal.said} {refusal.facts.get('form', '')}".strip())
        else:
            return HttpResponseRedirect(back_address(request, appurl))
    account = request.account
    page = {
        "form": form,
        "appurl": appurl,
        "needed": account.client_code_required,
        "pattern": account.client_code_format,
        "now": request.sso.client_code,
    }
    return render(request, "signon/client_code.html", page)
