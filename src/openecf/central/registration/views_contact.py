"""Where notices go: told to every court where the person files, once the address is proved."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.courts import queries as courts
from openecf.central.registration import context, queries, services
from openecf.central.registration.forms import ContactForm
from openecf.central.signon.access import UPGRADED
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.registering.frequency import SUMMARY

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])
_OF_THE_ADDRESS = ("not-an-address", "too-many-proofs")


@access.rule(UPGRADED)
@never_cache
@_get_or_post
def contact(request: HttpRequest) -> HttpResponse:
    """E-filer e-mail and frequency: where notices go, told to every court where the person files."""
    kept = queries.contact_of(request.account.id)
    initial = context.contact_chosen(kept, request.account.email)
    form = ContactForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            holds = services.change_contact(
                account=request.account,
                password=form.cleaned_data["current"],
                email=form.cleaned_data["email"],
                wants_text=form.cleaned_data["form"] == "text",
                summary=form.cleaned_data["often"] == SUMMARY,
                tells_silence=form.cleaned_data["silence"],
                at=request.arrived,
            )
        except Refusal as refusal:
            form.add_error("email" if refusal.code in _OF_THE_ADDRESS else "current", refusal.said)
        else:
            return HttpResponseRedirect(f"{reverse('efile-contact')}{'?done=contact' if holds else ''}")
    linked = {row.court for row in courts.registered_courts(request.account.id)}
    told = request.GET.get("done") == "contact"
    page = context.page(
        request,
        form=form,
        courts=[row for row in courts.all_courts_here() if row.court.id in linked],
        asked=queries.contact_asked(request.account.id, now=request.arrived),
        notice=_("Saved, and told to every court where you file.") if told else "",
    )
    return render(request, "registration/contact.html", page)


@access.rule(access.ANYONE)
@never_cache
@_get_or_post
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """The link in the mailbox for notices: opening it shows a button, pressing that tells the courts."""
    try:
        asked = services.look_at_proof(secret=secret, at=request.arrived)
        if request.method == "POST":
            services.confirm_contact(secret=secret, at=request.arrived)
    except Refusal as refusal:
        page, status = {"said": refusal.said}, 410
    else:
        page, status = {"email": asked.email, "done": request.method == "POST"}, 200
    response = render(request, "registration/confirm_notices.html", page, status=status)
    response.headers["Referrer-Policy"] = "same-origin"
    return response
