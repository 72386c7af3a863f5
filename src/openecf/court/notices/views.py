"""Notices shown again, and what became of them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from openecf.court.filing import queries as filing
from openecf.court.notices import queries
from openecf.court.notices.rules import shown, without
from openecf.court.people import access as people_access
from openecf.platform import access
from openecf.platform.web import whole_number


@access.rule(people_access.LINKED)
def display_notice(request: HttpRequest) -> HttpResponse:
    """``/cgi-bin/DisplayReceipt.pl?<case>,<entry>``: the notice of an entry, for the court and those it concerns."""
    words = request.META.get("QUERY_STRING", "").split(",")
    case_id, seq = (whole_number(word) for word in (words + ["", ""])[:2])
    try:
        notice = queries.notice_for(reader=request.reader, case_id=case_id or -1, seq=seq or -1)
    except queries.NoSuchNotice as refusal:
        raise Http404(refusal.said) from None
    entry, reader = notice.entry, request.reader
    # The docket and the notice name the principal; the two of them and the court may know who submitted it.
    insider = reader.is_court or (reader.linked and reader.user == entry.filer_id)
    context = {
        "notice_page": notice,
        "shown": without(shown(notice.html), queries.unnamed_on_page(reader, notice)),
        "deliveries": queries.deliveries(notice),
        "agent_name": filing.submitted_by_agent(entry.id) if insider else "",
    }
    return render(request, "notices/notice.html", context)
