"""Query: finding a case, and what there is to ask about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import unquote_plus
from xml.sax.saxutils import quoteattr

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from openecf.court.bench import bench
from openecf.court.cases import queries
from openecf.court.cases.forms import QueryForm, asked_days
from openecf.court.cases.rules import CaseMatch
from openecf.court.docket import queries as dockets
from openecf.court.fees import queries as metered
from openecf.court.fees import services as fees
from openecf.court.fees.rules import Receipt, pays_nothing
from openecf.court.people.access import READER, READER_XML
from openecf.court.report_pages import INCOMPLETE, BadSelection, case_id_of, nonce, said
from openecf.kernel.billing import pages_of_text
from openecf.platform import access
from openecf.platform.origin import asked_here

SHORT_NAME = _("A name needs two letters at least.")
REPORTS = (
    (_("Docket sheet"), "/cgi-bin/DktRpt.pl"),
    (_("History and documents"), "/cgi-bin/HistDocQry.pl"),
    (_("Number of entries"), "/cgi-bin/mobile_query.pl"),
)


Hit = tuple[CaseMatch, str, str]
"""A case, the person found in it, and the person's role."""


@access.rule(READER)
@csrf_exempt
def query(request: HttpRequest) -> HttpResponse:
    """``iquery.pl``: the form; with a case id its summary; with anything else the cases that fit."""
    query_string = request.META.get("QUERY_STRING", "")
    if request.method != "POST":
        named = re.search(r"-L_.*-([0-9]{1,15})$", query_string)
        if named:
            return _summary(request, int(named[1]))
        exemptions = metered.exemptions(reader=request.reader, at=request.arrived)
        context = {"form": QueryForm(), "nonce": nonce(), "exemptions": exemptions, **search_price(request)}
        return render(request, "cases/query.html", context)
    if request.reader.kind != "api" and not asked_here(request):
        return said(request, INCOMPLETE)
    if (case_id := case_id_of(request.POST.get("all_case_ids", ""))) and case_id > 0:
        return _summary(request, case_id)
    try:
        return _search(request)
    except BadSelection as wrong:
        return said(request, str(wrong))
    except fees.ClientCodeRequired as refusal:
        return said(request, str(refusal.said))


def _summary(request: HttpRequest, case_id: int) -> HttpResponse:
    try:
        case = queries.case_for(reader=request.reader, case_id=case_id)
    except queries.NoSuchCase as refusal:
        return said(request, str(refusal.said))
    facts = queries.facts(case)
    context = {"case": facts, "summary": bench().case.summary(facts), "reports": REPORTS}
    return render(request, "cases/summary.html", context)


def _search(request: HttpRequest) -> HttpResponse:
    typed = request.POST.get("case_num", "").strip()
    names = {name: request.POST.get(name, "").strip()[:80] for name in ("last_name", "first_name", "middle_name")}
    filed, last_entry = asked_days(request.POST)
    if typed and typed != "foo" and not names["last_name"]:
        found = [(match, "", "") for match in queries.matching(typed=typed, reader=request.reader)]
        if len(found) == 1:
            return _summary(request, found[0][0].id)
        return _hits(request, found)
    if not any((*names.values(), *filed, *last_entry)):
        return said(request, str(_("Fill in a case number, a name or a range of dates.")))
    if not names["last_name"] and any(names.values()):
        return said(
            request, str(_("Type the last name, too: by a first name alone nobody is found. Nothing was charged."))
        )
    if len(names["last_name"]) == 1:
        return said(request, str(SHORT_NAME))
    found = queries.searching(
        reader=request.reader,
        **names,
        filed=filed,
        last_entry=last_entry,
        status=request.POST.get("case_status", ""),
        nature_of_suit=request.POST.get("nature_suit", "")[:10],
        cause=request.POST.get("cause_action", "")[:20],
    )
    asked = [*names.values(), *(f"{day:%m/%d/%Y}" for day in (*filed, *last_entry) if isinstance(day, date))]
    receipt = charge_search(request, found, criteria=" ".join(one for one in asked if one))
    return _hits(request, found, receipt)


def search_price(request: HttpRequest) -> dict[str, object]:
    """What ``fees/search_price.html`` says on the page of a search."""
    return {"prices": metered.prices(at=request.arrived), "free": pays_nothing(request.reader)}


def charge_search(request: HttpRequest, found: Sequence[Hit], *, criteria: str) -> Receipt:
    """Charge the reader for what a search by name or dates found: without a cap, and a page when it found nothing.

    ClientCodeRequired as for every report.
    """
    size = sum(len(match.line) + len(person) + 40 for match, person, _role in found)
    return fees.charge(
        reader=request.reader,
        description="Search",
        criteria=criteria,
        pages=pages_of_text(size),
        capped=False,
        at=request.arrived,
    )


def _hits(request: HttpRequest, found: Sequence[Hit], receipt: Receipt | None = None) -> HttpResponse:
    context = {
        "found": found,
        "people": any(person for _match, person, _role in found),
        "nonce": nonce(),
        "receipt": receipt,
    }
    return render(request, "cases/select.html", context)


@access.rule(READER)
def query_menu(request: HttpRequest) -> HttpResponse:
    """``iqquerymenu.pl?<case id>``: the case and what there is to ask about it."""
    return _summary(request, case_id_of(request.META.get("QUERY_STRING", "")) or 0)


@access.rule(READER_XML)
def possible_case_numbers(request: HttpRequest) -> HttpResponse:
    """``possible_case_numbers.pl?<typed>[;number=…]``: the cases that fit what is being typed, as XML."""
    typed = unquote_plus(request.META.get("QUERY_STRING", "")).partition(";")[0].partition("&")[0].strip()[:60]
    found = queries.matching(typed=typed, reader=request.reader)
    if found:
        rows = "".join(
            f"<case number={quoteattr(match.plain)} id={quoteattr(str(match.id))} title={quoteattr(match.line)} "
            f"sortable={quoteattr(match.sortable)}"
            + (f" defendant={quoteattr(match.defendant)}" if match.defendant else "")
            + "/>"
            for match in found
        )
    elif queries.only_sealed(typed=typed, reader=request.reader):
        rows = "<message text='Case Under Seal'/>"
    else:
        rows = f"<message text={quoteattr(f'Cannot find case {typed}')}/>"
    body = f"<?xml version='1.0'?>\n<request number={quoteattr(typed)}>{rows}</request>"
    return HttpResponse(body, content_type="text/xml; charset=utf-8")


@access.rule(READER)
@csrf_exempt
def mobile_query(request: HttpRequest) -> HttpResponse:
    """``mobile_query.pl?search=caseInfo&caseid=…``: how many entries a case has, for nothing."""
    written = re.search(r"caseid=+([0-9]{1,15})", request.META.get("QUERY_STRING", ""))
    alone = case_id_of(request.META.get("QUERY_STRING", ""))
    try:
        case = queries.case_for(reader=request.reader, case_id=int(written[1]) if written else alone or 0)
    except queries.NoSuchCase as refusal:
        return said(request, str(refusal.said))
    count = dockets.count_for(request.reader, case_id=case.id)
    context = {"case": case, "number": queries.heading_number(case), "count": count}
    return render(request, "cases/mobile.html", context)
