"""The mailed link of a sign-on that was somebody else's. No sign-in is asked: whoever reads the mailbox decides."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.accounts import services
from openecf.central.accounts.services import disowning
from openecf.central.accounts.views.registering import own_page, spent
from openecf.platform import access
from openecf.platform.short_body import short_form


@access.rule(access.ANYONE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@short_form
def not_me(request: HttpRequest, secret: str) -> HttpResponse:
    """Opening it says what the button does; the button does it. Mail scanners open links too."""
    try:
        found = disowning.look_at(secret=secret, at=request.arrived)
        if request.method != "POST":
            return own_page(render(request, "accounts/not_me.html", {"found": found}))
        found = disowning.disown(secret=secret, at=request.arrived, address=request.META["REMOTE_ADDR"])
    except services.LinkSpent as refusal:
        return spent(request, refusal, again=reverse("forgot"))
    was_here = request.account is not None and request.account.id == found.account.id
    if was_here:
        request.account = request.sso = None
    response = own_page(render(request, "accounts/everybody_out.html", {"found": found}))
    if was_here:
        response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return response
