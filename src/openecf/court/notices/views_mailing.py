"""Mailings: who in a case is told electronically, who must be served otherwise, and labels for the latter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openecf.court.cases import queries as cases
from openecf.court.notices import labels, queries
from openecf.court.notices.rules import Addressee
from openecf.court.people.access import LINKED
from openecf.platform import access

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openecf.court.cases.models import Case


class MailingForm(forms.Form):
    """Which case."""

    number = forms.CharField(
        label=_("Case number"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("As it stands on the docket, or only year and number."),
    )  # fmt: skip


@access.rule(LINKED)
@never_cache
@require_safe
def mailings(request: HttpRequest) -> HttpResponse:
    """Choose the case."""
    form = MailingForm(request.GET if "number" in request.GET else None)
    if form.is_valid():
        try:
            found = cases.case_numbered(reader=request.reader, number=form.cleaned_data["number"])
        except cases.NoSuchCase:
            form.add_error("number", _("No case has this number, or more than one has: type it in full."))
        else:
            return redirect("mailing-info", case_id=found.id)
    return render(request, "notices/mailings.html", {"form": form})


@access.rule(LINKED)
@never_cache
@require_safe
def mailing_info(request: HttpRequest, case_id: int) -> HttpResponse:
    """Mailing Information for a Case: the electronic and the manual notice list, as a filing of this moment would go."""
    case, people = _listed(request, case_id)
    context = {
        "case": case,
        "number": cases.heading_number(case),
        "title": case.short_title or case.caption,
        "electronic": [each for each in people if not each.by_mail],
        "manual": [(each.name, each.postal_lines) for each in people if each.by_mail],
        "labels": bool(_labels(people)),
    }
    return render(request, "notices/mailing_info.html", context)


@access.rule(LINKED)
@never_cache
@require_safe
def mailing_labels(request: HttpRequest, case_id: int) -> HttpResponse:
    """Mailing Labels by Case: of those who must be served otherwise and have an address on record. Without any, the page
    that says so."""
    case, people = _listed(request, case_id)
    lines = _labels(people)
    if not lines:
        return redirect("mailing-info", case_id=case.pk)
    response = HttpResponse(labels.sheet(lines), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="labels-{case.number.replace(":", "-")}.pdf"'
    return response


def _labels(people: Sequence[Addressee]) -> list[tuple[str, ...]]:
    return [(each.name, *each.postal_lines) for each in people if each.by_mail and each.postal_lines]


def _listed(request: HttpRequest, case_id: int) -> tuple[Case, list[Addressee]]:
    try:
        case = cases.case_for(reader=request.reader, case_id=case_id)
    except cases.NoSuchCase as refusal:
        raise Http404(refusal.said) from None
    return case, queries.mailing_list_of(case, at=request.arrived)
