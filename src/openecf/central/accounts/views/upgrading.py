"""A legacy account's upgrade: person, address, security, once for all courts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.central.accounts import services
from openecf.central.accounts.services import securing
from openecf.central.accounts.views import steps
from openecf.central.signon.access import ACCOUNT
from openecf.kernel.refusal import Refusal
from openecf.platform import access


def _road() -> steps.Road:
    return steps.Road(
        title=_("Upgrade your PACER account"),
        urls={step: reverse("upgrade-step", args=[step]) for step in ("person", "address", "security")},
        after=[_("Upgraded")],
    )


@access.rule(ACCOUNT)
@never_cache
@require_safe
def upgrade(request: HttpRequest) -> HttpResponse:
    """What the upgrade is for, and what it asks; or that it is done."""
    return render(request, "accounts/upgrade.html", {"account": request.account})


@access.rule(ACCOUNT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upgrade_step(request: HttpRequest, step: steps.Step) -> HttpResponse:
    """Person, address, security."""
    try:
        draft = services.begin_upgrade(account=request.account, at=request.arrived)
    except services.AlreadyUpgraded:
        return redirect("upgrade")
    asks_again = securing.asks_again(signed_on_at=request.sso.auth_time, at=request.arrived)
    form = steps.form_of(request, draft, step, asks_again=asks_again)
    if not form.is_valid():
        return steps.page(request, _road(), step, form)
    if step != "security":
        if steps.keep(request, draft, step, form):
            return redirect("upgrade-step", step=steps.AFTER[step])
        return steps.page(request, _road(), step, form, twin=not form.errors)
    try:
        securing.upgrade(
            account=request.account,
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            current=form.cleaned_data.get("current", ""),
            signed_on_at=request.sso.auth_time,
            session=request.sso.id,
            at=request.arrived,
        )
    except services.StepsMissing:
        return redirect("upgrade-step", step="person" if "answers" not in draft.person else "address")
    except Refusal as refusal:
        steps.refuse(form, refusal)
        return steps.page(request, _road(), step, form)
    response = redirect("upgrade")
    response.delete_cookie(services.DEVICE_COOKIE, samesite="Lax")
    return response
