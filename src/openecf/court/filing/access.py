"""Who may open the filing pages, and what becomes of a person whose sign-on ended between two of them."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openecf.court.fees import access as fees
from openecf.court.filing import queries
from openecf.court.people.access import FILER
from openecf.court.people.rules import NOBODY, Reader, Standing, as_filer
from openecf.court.transition.context import court_facts
from openecf.court.transition.rules import Era, SecondFactor
from openecf.platform.access import Rule


def _check(request: HttpRequest) -> HttpResponse | None:
    facts, reader = court_facts(request.arrived), getattr(request, "reader", NOBODY)
    if facts["era"] is Era.FILING_CLOSED:
        return render(request, "filing/closed.html", facts, status=503)
    if request.method == "POST" and as_filer(reader) is Standing.NOT_SIGNED_ON:
        context = {"sign_on": f"/login?next={quote(_back_to(request), safe='')}"}
        return render(request, "filing/signed_out.html", context, status=403)
    refused = _no_longer(request, reader) or FILER.check(request)
    if refused is None and facts["second_factor"] is SecondFactor.ASKED and not _proved_enough(reader):
        context = facts | {"step_up": f"/login?next={quote(_back_to(request), safe='')}&second=1"}
        refused = render(request, "filing/second_factor.html", context, status=403)
    if refused is None and not _looks_back(request):
        refused = fees.locked(request)
    return refused


def _looks_back(request: HttpRequest) -> bool:
    """What is filed can be looked at whatever is owed for it."""
    match = request.resolver_match
    return match is not None and match.url_name == "filing-done"


def _no_longer(request: HttpRequest, reader: Reader) -> HttpResponse | None:
    """What a filing agent is told at a draft for somebody who ended it: that first, before whom else to act for."""
    match = request.resolver_match
    draft_id = match.kwargs.get("draft_id") if match else None
    if draft_id is None or reader.agent is None or reader.acting:
        return None
    try:
        queries.draft_for(reader=reader, draft_id=draft_id, now=request.arrived)
    except queries.OfAnotherPrincipal as refusal:
        context = {"said": refusal.said}
        return None if refusal.facts["still"] else render(request, "filing/refused.html", context, status=403)
    except queries.NoSuchDraft:
        return None
    return None


def _proved_enough(reader: Reader) -> bool:
    """Two factors. The court's own login, which ends when the court goes live, has no second one."""
    return reader.proved_twice or reader.own_login


def _back_to(request: HttpRequest) -> str:
    """Where the person is again after the sign-on: a page of a draft answers at its own address."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return (
        request.path if "/filing/" in request.path and not request.path.endswith(("/discard", "/start")) else "/filing/"
    )


FILING = Rule("filer", _check)
"""As FILER, with words for a sign-on that ended in the middle of a filing, and with the second factor if the court asks
filers for one."""
