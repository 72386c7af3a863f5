"""The page on which the clerk's office says in which cases somebody may file who files in single cases."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.court.cases import queries as cases
from openecf.court.people import access, own_cases, standing
from openecf.court.people.rules import OWN_CASES_ONLY, PRO_HAC_VICE
from openecf.court.people.views_standing import filer
from openecf.kernel.refusal import Refusal
from openecf.platform.access import rule
from openecf.platform.web import whole_number

SAID = {
    "add": _("Added. The person may file in the case, and is told by mail."),
    "remove": _("Taken off. The person is told by mail, and is served otherwise from now on."),
}


class AddForm(forms.Form):
    """Which party of the case the person is, or represents, and why the person may file."""

    party = forms.TypedChoiceField(
        label=_("The person is this party"), coerce=int, widget=forms.RadioSelect,
        error_messages={"required": _("Choose the party."), "invalid_choice": _("Choose the party.")},
    )  # fmt: skip
    said = forms.CharField(
        label=_("Reason"), max_length=standing.LONGEST_REASON,
        help_text=_("The judge's order, for example. The person reads it."),
        error_messages={"required": _("Give the reason. The person reads it.")},
    )  # fmt: skip

    def __init__(self, *args: object, parties: Sequence[tuple[int, str]], counsel: bool, **more: object) -> None:
        """``counsel``: the person is an attorney."""
        super().__init__(*args, **more)
        self.fields["party"].choices = parties
        if counsel:
            self.fields["party"].label = _("The attorney represents this party")


class RemoveForm(forms.Form):
    """Why the person files in a case no more."""

    case = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    said = forms.CharField(
        label=_("Reason"), max_length=standing.LONGEST_REASON, help_text=_("The person reads it."),
        error_messages={"required": _("Give the reason. The person reads it.")},
    )  # fmt: skip


@rule(access.CLERK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def filers_cases(request: HttpRequest, user_id: int) -> HttpResponse:
    """The cases of somebody who files in single ones: what is there, one to be added, one to be taken off."""
    user, act = filer(user_id), request.POST.get("act", "") if request.method == "POST" else ""
    if user.group not in OWN_CASES_ONLY:
        raise Http404
    typed, found = request.GET.get("number", "").strip()[:60], None
    matches = cases.matching(typed=typed, reader=request.reader) if typed else []
    chosen = whole_number(request.GET.get("case", ""))
    if chosen is not None or len(matches) == 1:
        found = _case(request, matches[0].id if len(matches) == 1 else chosen)
    adding = _add_form(request, found.id, act, counsel=user.group == PRO_HAC_VICE) if found else None
    removing, refused = RemoveForm(request.POST, prefix="remove") if act == "remove" else None, ""
    form = adding if act == "add" else removing
    if form is not None and form.is_valid():
        case_id = found.id if act == "add" else form.cleaned_data.pop("case")
        if not cases.visible_of(request.reader, [case_id]):
            raise Http404
        try:
            who = {"user_id": user.id, "case_id": case_id, "by": request.reader.ref, "at": request.arrived}
            if act == "add":
                typed_in = form.cleaned_data
                own_cases.let_file_in(**who, party_id=typed_in["party"], said=typed_in["said"])
            else:
                own_cases.end_filing_in(**who, said=form.cleaned_data["said"])
            return HttpResponseRedirect(f"{reverse('court-filers-cases', args=[user.id])}?done={act}")
        except Refusal as refusal:
            refused = refusal.said
    page = {
        "user": user,
        "counsel": user.group == PRO_HAC_VICE,
        "rows": _rows(request, user.id, removing),
        "typed": typed,
        "matches": matches,
        "found": found,
        "adding": adding,
        "refused": refused,
        "notice": SAID.get(request.GET.get("done", ""), ""),
    }
    return render(request, "people/own_cases.html", page, status=409 if refused else 200)


def _case(request: HttpRequest, case_id: int) -> object:
    try:
        return cases.match_of(cases.case_for(reader=request.reader, case_id=case_id))
    except cases.NoSuchCase:
        raise Http404 from None


def _add_form(request: HttpRequest, case_id: int, act: str, *, counsel: bool) -> AddForm:
    parties = [
        (party.id, gettext("{name} ({role})").format(name=party.name, role=party.type))
        for party, _counsel in cases.standing(case_id)
    ]
    return AddForm(request.POST if act == "add" else None, prefix="add", parties=parties, counsel=counsel)


def _rows(request: HttpRequest, user_id: int, sent: RemoveForm | None) -> list[dict[str, object]]:
    """The cases, each with its form to take it off; one that was sent stays open with what is wrong with it. None of which
    the reader may not know."""
    spoken = cases.spoken_in(user_id)
    visible = cases.visible_of(request.reader, [each[0] for each in spoken])
    asked = whole_number(sent.data.get("remove-case", "")) if sent is not None else None
    return [
        {
            "number": number,
            "title": title,
            "closed": closed,
            "parties": ", ".join(names),
            "form": sent if case_id == asked else RemoveForm(prefix="remove", initial={"case": case_id}, auto_id=f"{case_id}-%s"),
            "open": case_id == asked,
        }
        for case_id, number, title, closed, names in spoken
        if case_id in visible
    ]  # fmt: skip
