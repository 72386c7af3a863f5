"""The clerk's pages of a conversion: where it stands, and the people who have to be looked at before going live."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from openecf.court.conversion import queries, rules, services
from openecf.court.conversion.forms import DecisionForm
from openecf.court.conversion.models import Finding
from openecf.court.people.access import CLERK
from openecf.court.transition import queries as transition
from openecf.platform.access import rule

SHOWN = 100


def _title(finding: Finding) -> str:
    return str(rules.TITLES[finding.kind, finding.why])


@rule(CLERK)
@require_GET
def conversion(request: HttpRequest) -> HttpResponse:
    """What was taken over, and which findings are open or decided."""
    current = queries.current()
    groups = []
    for kind, why in rules.TITLES if current else ():
        number, found = queries.open_of(current, kind=kind, why=why, most=SHOWN)
        if number:
            groups.append((rules.TITLES[kind, why], number, found, max(number - SHOWN, 0)))
    context = {
        "conversion": current,
        "stage": rules.STAGES[rules.stage(current)],
        "groups": groups,
        "decided": queries.decided(current, most=SHOWN) if current else [],
        "outcomes": rules.OUTCOMES,
        "live_at": transition.profile().live_at,
        "zone": settings.COURT.zone,
    }
    return render(request, "conversion/overview.html", context)


@rule(CLERK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def finding(request: HttpRequest, finding_id: int) -> HttpResponse:
    """One finding: who it is about, and what the clerk's office decides.

    Passwords of logins that are issued here are on this one page only; nobody can ask for them again.
    """
    found = queries.finding(finding_id)
    if found is None:
        raise Http404
    issued: list[tuple[str, str]] = []
    form = DecisionForm(request.POST or None, kind=found.kind, known=queries.people_of(found))
    if not found.outcome and form.is_valid():
        try:
            issued = services.decide(
                finding_id=found.id,
                outcome=form.cleaned_data["outcome"],
                kept=form.cleaned_data.get("kept"),
                note=form.cleaned_data["note"],
                by=request.reader.ref,
                at=request.arrived,
            )
        except (services.FindingDecided, services.CannotDecide) as refusal:
            form.add_error(None, refusal.said)
        found = queries.finding(finding_id) or found
    context = {
        "finding": found,
        "title": _title(found),
        "known": queries.people_of(found),
        "form": form,
        "issued": issued,
        "outcome": rules.OUTCOMES.get(found.outcome, ""),
        "following": queries.next_open(found),
        "zone": settings.COURT.zone,
    }
    return render(request, "conversion/finding.html", context)
