"""Before going on: another password, where the one that opened the account is one that many people use."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.accounts import services
from openecf.central.accounts.forms_manage import ChangePasswordForm
from openecf.central.accounts.services import securing
from openecf.central.accounts.views.steps import refuse
from openecf.central.signon.access import SIGNED_ON, must_choose_password
from openecf.central.signon.context import back_address
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.short_body import short_form


@access.rule(SIGNED_ON)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@short_form
def new_password(request: HttpRequest) -> HttpResponse:
    """Why, and the form. The one that was just typed is asked for again: the page stands open to whoever holds the
    session. Afterwards the person goes on where it was going, and is signed out everywhere else."""
    appurl = request.GET.get("appurl", "") or request.POST.get("appurl", "")
    there = back_address(request, appurl) if appurl else "/pscof/manage"
    if not must_choose_password(request):
        return HttpResponseRedirect(there)
    two_step = request.account.second_factor_since is not None
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, two_step=two_step)
    if form.is_valid():
        try:
            securing.replace_common_password(
                account=request.account, current=form.cleaned_data["current"], new=form.cleaned_data["password"],
                session=request.sso.id, at=request.arrived, address=request.META["REMOTE_ADDR"],
            )  # fmt: skip
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            response = HttpResponseRedirect(there)
            response.delete_cookie(services.DEVICE_COOKIE, samesite="Lax")
            return response
    page = {"form": form, "appurl": appurl, "username": request.account.username}
    return render(request, "accounts/new_password.html", page)
