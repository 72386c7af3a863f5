"""Activating case search with the token of the mailed letter, and asking for another letter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.accounts import queries, rules
from openecf.central.accounts.context import SETTINGS, manage_frame
from openecf.central.accounts.forms_manage import TokenForm
from openecf.central.accounts.services import activating, lettering
from openecf.central.signon.access import UPGRADED
from openecf.kernel.refusal import Refusal
from openecf.platform import access


@access.rule(UPGRADED)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """Type the token; or ask for another letter, once the first had its time."""
    account, now = request.account, request.arrived
    if account.search_note != rules.LETTER:
        return redirect("manage")
    again = "again" in request.POST
    form = TokenForm(request.POST if request.method == "POST" and not again else None)
    refused = ""
    try:
        if again:
            lettering.ask_again(account=account.id, by=str(account.id), at=now)
            return HttpResponseRedirect(f"{reverse('activate')}?asked=1")
        if form.is_valid():
            searches = activating.activate(
                account=account, token=form.cleaned_data["token"], at=now, address=request.META["REMOTE_ADDR"]
            )
            return HttpResponseRedirect(reverse("manage") + ("?done=activated" if searches else ""))
    except Refusal as refusal:
        if again:
            refused = refusal.said
        else:
            form.add_error("token", refusal.said)
    letter = queries.live_letter(account.id)
    page = {
        "activating": True, "form": form, "refused": refused, "letter": letter, "address": rules.postal_lines(account),
        "may_ask": letter is None
        or not rules.is_under_way(printed_at=letter.printed_at, expires_at=letter.expires_at, now=now),
        "is_over": letter is not None and letter.expires_at is not None and letter.expires_at <= now,
        "may_ask_on": letter.printed_at + rules.LETTER_COMES_WITHIN if letter and letter.printed_at else None,
        "notice": _("Another letter will be printed. The token of the one before is good no more.")
        if "asked" in request.GET else "",
        **manage_frame(request, SETTINGS),
    }  # fmt: skip
    return render(request, "accounts/activate.html", page)
