"""Who may open the filing pages, and what becomes of a person whose sign-on ended between two of them."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openecf.court.people.access import FILER
from openecf.court.people.rules import NOBODY, Standing, as_filer
from openecf.court.transition.context import court_facts
from openecf.court.transition.rules import Era
from openecf.platform.access import Rule


def _check(request: HttpRequest) -> HttpResponse | None:
    facts = court_facts(request.arrived)
    if facts["era"] is Era.FILING_CLOSED:
        return render(request, "filing/closed.html", facts, status=503)
    ended = as_filer(getattr(request, "reader", NOBODY)) is Standing.NOT_SIGNED_ON
    if request.method == "POST" and ended:
        # A page of a draft answers at its own address: after the sign-on the person is back on it.
        back = request.path if "/filing/" in request.path and not request.path.endswith("/discard") else "/filing/"
        context = {"sign_on": f"/login?next={quote(back, safe='')}"}
        return render(request, "filing/signed_out.html", context, status=403)
    return FILER.check(request)


FILING = Rule("filer", _check)
"""As FILER, with words for a sign-on that ended in the middle of a filing."""
