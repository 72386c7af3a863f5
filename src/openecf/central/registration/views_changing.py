"""Deactivate ECF account: courts are asked to end a person's filing there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.accounts.services import WrongPassword
from openecf.central.registration import context, queries, services
from openecf.central.registration.forms import EndForm
from openecf.central.signon.access import UPGRADED
from openecf.kernel.refusal import Refusal
from openecf.platform import access

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@access.rule(UPGRADED)
@never_cache
@_get_or_post
def end(request: HttpRequest) -> HttpResponse:
    """Choose the courts; each decides."""
    choices = [(row.court.id, row.court.full_name) for row in queries.changeable_courts(request.account)]
    form = EndForm(request.POST if request.method == "POST" else None, courts=choices)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            services.ask_to_end(
                account=request.account, password=typed["current"], reason=typed["reason"], courts=typed["courts"],
                at=request.arrived,
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error("current" if isinstance(refusal, WrongPassword) else None, refusal.said)
        else:
            return HttpResponseRedirect(f"{reverse('efile')}?done=ended")
    return render(request, "registration/end.html", context.page(request, form=form, courts=choices))
