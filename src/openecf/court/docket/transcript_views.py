"""Transcripts until their release: the reporter's and the clerk's page, and what others bought."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.court.docket import transcripts as room
from openecf.court.people.access import LINKED
from openecf.kernel.refusal import Refusal
from openecf.platform.access import rule
from openecf.platform.web import whole_number

SAID = {
    "sold": _("Opened. The person is told by mail."),
    "closed": _("Closed again."),
    "released": _("Released: everybody can read it now."),
}


class BuyerForm(forms.Form):
    """Who bought a transcript from its reporter."""

    login = forms.CharField(
        label=_("Login at this court"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Of an attorney or another filer who bought it from the court reporter."),
        error_messages={"required": _("Type a login, or choose one below.")},
    )  # fmt: skip


@rule(LINKED)
@never_cache
@require_safe
def transcripts(request: HttpRequest) -> HttpResponse:
    """Transcripts that are not released: all, the reporter's own, or those that the reader bought."""
    rows = room.listed(reader=request.reader, at=request.arrived)
    page = {"rows": rows, "sells": room.may_sell(request.reader), "notice": SAID.get(request.GET.get("said", ""), "")}
    return render(request, "docket/transcripts.html", page)


@rule(LINKED)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def transcript(request: HttpRequest, document_id: int) -> HttpResponse:
    """Who bought it; the clerk's office releases it."""
    form, refused = BuyerForm(request.POST if "sell" in request.POST else None), ""
    try:
        if said := _done(request, document_id, form):
            back = reverse("transcripts") if said == "released" else request.path
            return HttpResponseRedirect(f"{back}?said={said}")
    except room.NotThis:
        raise Http404 from None
    except Refusal as refusal:
        refused = refusal.said
    try:
        found = room.one(reader=request.reader, document_id=document_id, at=request.arrived)
    except room.NotThis:
        raise Http404 from None
    bought = {user.id for user in found.buyers}
    page = {
        "one": found,
        "form": form,
        "counsel": [user for user in room.counsel_of(found.document) if user.id not in bought],
        "releases": request.reader.group == room.CLERKS,
        "refused": refused,
        "notice": SAID.get(request.GET.get("said", ""), ""),
    }
    return render(request, "docket/transcript.html", page, status=409 if refused else 200)


def _done(request: HttpRequest, document_id: int, form: BuyerForm) -> str:
    """What the form that was sent did; empty where none was, or it is not complete."""
    who = {"reader": request.reader, "document_id": document_id, "at": request.arrived}
    if "release" in request.POST:
        room.release(**who)
        return "released"
    if "close" in request.POST:
        room.take_back(**who, user_id=whole_number(request.POST["close"]) or 0)
        return "closed"
    if form.is_valid():
        room.sell(**who, login=form.cleaned_data["login"])
        return "sold"
    return ""
