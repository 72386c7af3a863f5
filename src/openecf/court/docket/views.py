"""Docket reports for people and programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt

from openecf.court.cases import queries as cases
from openecf.court.docket import frames, printed, reading
from openecf.court.docket.forms import DocketForm, HistoryForm, selection_of
from openecf.court.fees.queries import prices
from openecf.court.people.access import READER
from openecf.court.report_pages import INCOMPLETE, BadSelection, case_id_of, case_of_nonce, nonce, said
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.origin import asked_here
from openecf.platform.web import came_by

if TYPE_CHECKING:
    from openecf.court.cases.models import Case
    from openecf.court.docket.rules import Selection

NO_DOCUMENTS = gettext_noop("There are no documents for this case.")


def _case_asked(request: HttpRequest, data: QueryDict) -> Case | None:
    """The case a form names by id, or by a number that fits one case. NoSuchCase; None when it names several."""
    if case_id := case_id_of(data.get("all_case_ids", "")):
        return reading.case_for(reader=request.reader, case_id=case_id)
    found = cases.matching(typed=data.get("case_num", ""), reader=request.reader)
    if not found:
        raise cases.NoSuchCase
    return reading.case_for(reader=request.reader, case_id=found[0].id) if len(found) == 1 else None


@access.rule(READER)
@csrf_exempt
def docket_report(request: HttpRequest) -> HttpResponseBase:
    """``DktRpt.pl``: the form on GET, the report on POST."""
    if request.method != "POST":
        return _docket_form(request)
    if request.reader.kind != "api" and not asked_here(request):
        return said(request, INCOMPLETE)
    try:
        case = _case_asked(request, request.POST)
        if case is None:
            return _choose(request, request.POST.get("case_num", ""))
        selection = reading.about(case, selection_of(request.POST), request.POST.getlist("defendants"))
        if request.POST.get("output_format", "").lower() == "pdf":
            return _on_paper(request, case, selection)
        sheet = reading.sheet(reader=request.reader, case=case, selection=selection, at=request.arrived)
    except BadSelection as wrong:
        return said(request, str(wrong))
    except Refusal as refusal:
        return said(request, str(refusal.said))
    return streamed(request, sheet)


def _on_paper(request: HttpRequest, case: Case, selection: Selection) -> FileResponse:
    """The sheet as a PDF."""
    paper = printed.sheet(
        reader=request.reader, case=case, selection=selection, base=came_by(request), at=request.arrived
    )
    response = FileResponse(paper.file, content_type="application/pdf", filename=paper.filename)
    response["Cache-Control"] = "private, no-store"
    return response


def streamed(request: HttpRequest, sheet: reading.Sheet, template: str = "docket/sheet.html") -> HttpResponseBase:
    """The page round a sheet: the frame, the heading, the rows, the frame's end. What is long is sent as it comes."""
    before, after = frames.around(request, case=sheet.case, receipt=sheet.receipt, template=template)
    if sheet.whole:
        return HttpResponse(b"".join((before.encode(), *sheet, after.encode())))

    def pieces() -> Iterator[bytes]:
        yield before.encode()
        yield from sheet
        yield after.encode()

    return StreamingHttpResponse(pieces(), content_type="text/html; charset=utf-8")


def _docket_form(request: HttpRequest) -> HttpResponse:
    written = request.GET.get("caseNumber", "")
    query = request.META.get("QUERY_STRING", "")
    try:
        if written:
            case = cases.case_numbered(reader=request.reader, number=written)
        elif case_id := case_id_of(query):
            case = cases.case_for(reader=request.reader, case_id=case_id)
        else:
            case = None
    except cases.NoSuchCase as refusal:
        return said(request, str(refusal.said))
    context = {
        "form": DocketForm(notices=request.reader.linked, charged=cases.charged(case.id) if case else {}),
        "case": case,
        "nonce": nonce(case.id if case else 1),
        "typed": written,
    }
    context["prices"] = prices(at=request.arrived)
    if case:
        context["number"] = cases.heading_number(case)
        context["quote"] = reading.quote(reader=request.reader, case=case, at=request.arrived)
    return render(request, "docket/report_form.html", context)


def _choose(request: HttpRequest, typed: str) -> HttpResponse:
    found = cases.matching(typed=typed, reader=request.reader)
    return render(request, "docket/choose.html", {"found": found, "report": "DktRpt.pl"})


@access.rule(READER)
@csrf_exempt
def history(request: HttpRequest) -> HttpResponse:
    """``HistDocQry.pl``: the form on GET, the history on POST. The nonce names the case."""
    query = request.META.get("QUERY_STRING", "")
    posted = request.method == "POST"
    if posted and request.reader.kind != "api" and not asked_here(request):
        return said(request, INCOMPLETE)
    case_id = case_id_of(request.POST.get("all_case_ids", "")) or (
        case_of_nonce(query) if posted else case_id_of(query)
    )
    if case_id is None:
        if posted:
            return said(request, INCOMPLETE)
        return render(request, "docket/report_form.html", {"nonce": nonce(), "history": True})
    try:
        case = cases.case_for(reader=request.reader, case_id=case_id)
        if not posted:
            context = {"form": HistoryForm(), "case": case, "nonce": nonce(case.id), "history": True}
            context["number"] = cases.heading_number(case)
            context["quote"] = reading.history_quote(reader=request.reader, case=case, at=request.arrived)
            return render(request, "docket/report_form.html", context)
        with_text = bool(request.POST.get("DisplayDktText"))
        report = reading.history(
            reader=request.reader,
            case=case,
            documents_only=request.POST.get("QueryType") == "Documents",
            newest_first=request.POST.get("sort1") == "desc",
            with_text=with_text,
            at=request.arrived,
        )
    except Refusal as refusal:
        return said(request, str(refusal.said))
    context = {"report": report, "with_text": with_text, "receipt": report.receipt, "nothing": NO_DOCUMENTS}
    return render(request, "docket/history.html", context)
