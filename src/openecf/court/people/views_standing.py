"""The page on which the clerk's office suspends a filer, lets the filer in again, or ends a link."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.court.people import access, queries, standing
from openecf.court.people.models import CourtUser
from openecf.court.people.rules import COURT_GROUPS, OWN_CASES_ONLY
from openecf.platform.access import rule

ACTS = {"suspend": standing.suspend, "reinstate": standing.reinstate, "end-link": standing.end_link}
SAID = {
    "suspend": _("Suspended, at once. The person is told by mail."),
    "reinstate": _("The person may file again, and is told by mail."),
    "end-link": _("The link is ended, at once. The person is told by mail."),
}


class ReasonForm(forms.Form):
    """Why."""

    said = forms.CharField(
        label=_("Reason"), max_length=standing.LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person reads it."), error_messages={"required": _("Give the reason. The person reads it.")},
    )  # fmt: skip


@rule(access.CLERK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one_filer(request: HttpRequest, user_id: int) -> HttpResponse:
    """How a filer stands here, and the acts that fit."""
    act, refused = request.POST.get("act", "") if request.method == "POST" else "", ""
    filer(user_id)
    shown = {name: ReasonForm(request.POST if name == act else None, prefix=name) for name in ACTS}
    if act in ACTS and shown[act].is_valid():
        try:
            said = shown[act].cleaned_data["said"]
            ACTS[act](user_id=user_id, said=said, by=request.reader.ref, at=request.arrived)
            return HttpResponseRedirect(f"{request.path}?done={act}")
        except standing.CannotChange as refusal:
            refused = refusal.said
    page = {
        "user": filer(user_id),
        "own_cases": OWN_CASES_ONLY,
        "suspend": shown["suspend"],
        "reinstate": shown["reinstate"],
        "end_link": shown["end-link"],
        "act": act,
        "refused": refused,
        "zone": settings.COURT.zone,
        "notice": SAID.get(request.GET.get("done", ""), ""),
    }
    return render(request, "people/one_filer.html", page, status=409 if refused else 200)


def filer(user_id: int) -> CourtUser:
    """The account of somebody who files here; of nobody else."""
    try:
        user = queries.user(user_id)
    except CourtUser.DoesNotExist:
        raise Http404 from None
    if user.group in COURT_GROUPS:
        raise Http404
    return user
