"""The one address that an appellate court answers most requests at: ``TransportRoom?servlet=…``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from openecf.court.cases import queries as cases
from openecf.court.cases.views import SHORT_NAME, charge_search, search_price
from openecf.court.docket import reading
from openecf.court.docket.forms import BadSelection, selection_of
from openecf.court.docket.rules import Selection
from openecf.court.docket.views import said, streamed
from openecf.court.documents import views as documents
from openecf.court.fees.services import ClientCodeRequired
from openecf.court.people.access import READER
from openecf.platform import access
from openecf.platform.origin import asked_here

PARTS = ("incDktEntries", "incOrigDkt", "incPrior", "incAssoc", "incPanel", "incPtyAty", "incCaption")


class FilterForm(forms.Form):
    """What a full docket report shows."""

    use_required_attribute = False
    incDktEntries = forms.BooleanField(label=_("Docket entries"), required=False, initial=True)
    dateFrom = forms.CharField(label=_("From"), required=False, max_length=10, help_text=_("mm/dd/yyyy"))
    dateTo = forms.CharField(label=_("To"), required=False, max_length=10, help_text=_("mm/dd/yyyy"))
    incOrigDkt = forms.BooleanField(label=_("Originating court information"), required=False, initial=True)
    incPtyAty = forms.BooleanField(label=_("Parties and attorneys"), required=False, initial=True)
    incPrior = forms.BooleanField(label=_("Prior cases"), required=False, initial=True)
    incAssoc = forms.BooleanField(label=_("Associated cases"), required=False, initial=True)
    incPanel = forms.BooleanField(label=_("Panel information"), required=False, initial=True)
    incCaption = forms.ChoiceField(
        label=_("Caption"), required=False, initial="long", widget=forms.RadioSelect,
        choices=[("long", _("Whole caption")), ("short", _("Short title")), ("", _("None"))],
    )  # fmt: skip
    incPdfMulti = forms.BooleanField(label=_("Choose several documents at once"), required=False)


class SearchForm(forms.Form):
    """Finding an appeal."""

    use_required_attribute = False
    csnum1 = forms.CharField(label=_("Case number"), required=False, max_length=20)
    last_name = forms.CharField(label=_("Party's last name or business name"), required=False, max_length=80)


def appellate_selection(asked: QueryDict) -> Selection:
    """The selection that a docket report's address asks for. BadSelection when a range is none."""
    wanted = frozenset(name for name in PARTS if asked.get(name, "").lower() not in ("", "n"))
    if asked.get("incCaption", "").lower() == "short":
        wanted |= {"shortCaption"}
    days = QueryDict(mutable=True)
    days.update({"date_from": asked.get("dateFrom", ""), "date_to": asked.get("dateTo", "")})
    return replace(
        selection_of(days),
        parts=wanted or frozenset({"summary"}),
        parties="incPtyAty" in wanted,
        terminated_parties=True,
        member_cases="incAssoc" in wanted,
        multiple=asked.get("incPdfMulti", "").lower() in ("y", "on"),
    )


def case_summary(request: HttpRequest, asked: QueryDict) -> HttpResponseBase:
    """``CaseSummary.jsp``: the docket report, full or summary. Another site's link leads to the form first."""
    number = asked.get("caseNum", "").strip()
    if request.reader.kind != "api" and not asked_here(request):
        return HttpResponseRedirect(f"{request.path}?servlet=DocketReportFilter.jsp&caseNum={number[:40]}")
    try:
        case = cases.case_numbered(reader=request.reader, number=number)
        full = asked.get("fullDocketReport", "").upper() == "Y"
        sheet = reading.sheet(
            reader=request.reader,
            case=case,
            selection=appellate_selection(asked),
            at=request.arrived,
            description="Docket Report (full)" if full else "Docket Report (filtered)",
        )
    except cases.NoSuchCase:
        return render(request, "appellate/not_found.html")
    except BadSelection as wrong:
        return said(request, str(wrong))
    except ClientCodeRequired as refusal:
        return said(request, str(refusal.said))
    return streamed(request, sheet)


def report_filter(request: HttpRequest, asked: QueryDict) -> HttpResponse:
    """``DocketReportFilter.jsp``: choosing what a docket report shows."""
    try:
        case = cases.case_numbered(reader=request.reader, number=asked.get("caseNum", "").strip())
    except cases.NoSuchCase:
        return render(request, "appellate/not_found.html")
    quote = reading.quote(reader=request.reader, case=case, at=request.arrived)
    context = {"form": FilterForm(), "case": case, "number": cases.heading_number(case), "quote": quote}
    return render(request, "appellate/filter.html", context)


def case_search(request: HttpRequest, asked: QueryDict) -> HttpResponse:
    """``CaseSearch.jsp``: the search page."""
    return render(request, "appellate/search.html", {"form": SearchForm(), **search_price(request)})


def case_selection(request: HttpRequest, asked: QueryDict) -> HttpResponse:
    """``CaseSelectionTable.jsp``: the cases that fit. A search by name is charged; another site's link leads to the form."""
    typed, name = asked.get("csnum1", "").strip(), asked.get("last_name", "").strip()[:80]
    receipt = None
    if typed:
        found = [(match, "", "") for match in cases.matching(typed=typed, reader=request.reader)]
    elif len(name) == 1:
        return said(request, str(SHORT_NAME))
    elif name:
        if request.reader.kind != "api" and not asked_here(request):
            return HttpResponseRedirect(f"{request.path}?servlet=CaseSearch.jsp")
        found = cases.searching(reader=request.reader, last_name=name)
        try:
            receipt = charge_search(request, found, criteria=name)
        except ClientCodeRequired as refusal:
            return said(request, str(refusal.said))
    else:
        found = []
    return render(
        request, f"appellate/{'selection' if found else 'not_found'}.html", {"found": found, "receipt": receipt}
    )


def show_document(request: HttpRequest, asked: QueryDict) -> HttpResponse:
    """``ShowDoc``: a document, or its receipt first."""
    return documents.show_doc(request, request.arrived)


def show_documents(request: HttpRequest, asked: QueryDict) -> HttpResponse:
    """``ShowDocMulti``: several documents at once."""
    return documents.show_multidocs(request)


def log_out(request: HttpRequest, asked: QueryDict) -> HttpResponse:
    """``InvalidUserLogin.jsp``: the address by which pages here log out."""
    return HttpResponseRedirect("/cgi-bin/login.pl?logout")


SERVLETS: dict[str, Callable[[HttpRequest, QueryDict], HttpResponseBase]] = {
    "CaseSummary.jsp": case_summary,
    "CaseQuery.jsp": report_filter,
    "DocketReportFilter.jsp": report_filter,
    "CaseSearch.jsp": case_search,
    "CaseSelectionTable": case_selection,
    "CaseSelectionTable.jsp": case_selection,
    "ShowDoc": show_document,
    "ShowDocMulti": show_documents,
    "InvalidUserLogin.jsp": log_out,
}


@access.rule(READER)
@csrf_exempt
def transport_room(request: HttpRequest) -> HttpResponseBase:
    """Every servlet of a reader's; the answer to an unknown one is the search page."""
    asked = request.GET.copy()
    asked.update(request.POST)
    if request.method == "POST" and request.reader.kind != "api" and not asked_here(request):
        return said(request, "The link to this page may not have originated from within CM/ECF.")
    return SERVLETS.get(asked.get("servlet", ""), case_search)(request, asked)
