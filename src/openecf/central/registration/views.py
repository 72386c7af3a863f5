"""Registering to file at a court: choosing the court, the requests there are, and where notices go."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openecf.central.courts import queries as courts
from openecf.central.registration import context, queries, rules, services
from openecf.central.registration.models import EfileRequest
from openecf.central.signon.access import ACCOUNT
from openecf.platform import access
from openecf.platform.registering.roles import Kind

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])
COURT_TYPES = ("bankruptcy", "district", "appellate")


def _notice(request: HttpRequest) -> str:
    return {
        "sent": _("Your request is sent. You get a mail when the court has looked at it."),
        "withdrawn": _("Your request is taken back."),
        "ended": _("The courts that you chose are asked. Until a court accepts, you file there as before."),
        "discarded": _("Your request is discarded; it was never sent."),
    }.get(request.GET.get("done", ""), "")


def _kind(text: str) -> Kind:
    if text not in ("attorney", "non-attorney"):
        raise Http404
    return text  # type: ignore[return-value]


def own(request: HttpRequest, request_id: UUID) -> EfileRequest:
    """The request of that id, if it is the caller's own."""
    found = queries.request_of(account=request.account.id, request_id=request_id)
    if found is None:
        raise Http404
    return found


@access.rule(ACCOUNT)
@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Check E-File Status: every request, what it waits for, and what became of it."""
    rows = [context.row_of(one) for one in queries.requests_of(request.account.id)]
    changes = queries.changes_of(request.account.id)
    page = context.page(request, rows=rows, changes=changes, notice=_notice(request))
    return render(request, "registration/status.html", page)


@access.rule(ACCOUNT)
@never_cache
@require_safe
def choose_court(request: HttpRequest, kind: str) -> HttpResponse:
    """In what court do you want to practice: the type of court, then the court."""
    kind = _kind(kind)
    chosen = request.GET.get("type", "")
    chosen = chosen if chosen in COURT_TYPES else ""
    offers = queries.offers(chosen, kind=kind) if chosen else []
    page = context.page(
        request,
        kind=kind,
        title=context.titles(kind),
        chosen=chosen,
        here=[one for one in offers if one.offer is not rules.Offer.NOT_HERE],
        elsewhere=sum(one.offer is rules.Offer.NOT_HERE for one in offers),
        registered={row.court: row for row in courts.registered_courts(request.account.id)},
        suspended={row.court for row in courts.registered_courts(request.account.id) if row.suspended},
    )
    return render(request, "registration/courts.html", page)


@access.rule(ACCOUNT)
@never_cache
@_get_or_post
def requirements(request: HttpRequest, kind: str, court: str) -> HttpResponse:
    """What the court accepts, asks, wants uploaded and charges; POST begins."""
    kind = _kind(kind)
    offer = queries.offer_of(court, kind=kind)
    if offer is None:
        raise Http404
    refusal = None
    if request.method == "POST":
        try:
            begun = services.begin(account=request.account, court=court, kind=kind, at=request.arrived)
        except services.CannotRegister as cannot:
            refusal = cannot
        else:
            return redirect("efile-step", request_id=begun.id, step="role")
    other = "non-attorney" if kind == "attorney" else "attorney"
    again = queries.again(account=request.account.id, court=court, kind=kind)
    profile = offer.profile.for_reinstatement() if again is rules.Again.REINSTATEMENT else offer.profile
    page = context.page(
        request,
        kind=kind,
        title=context.titles(kind),
        offer=offer,
        asked=context.asked_by(profile, kind),
        again=again,
        refusal=refusal,
        open_request=queries.open_at(account=request.account.id, court=court),
        linked=queries.linked_at(account=request.account.id, court=court),
        other_kind=other if rules.accepted(offer.profile, other) else "",
    )
    return render(request, "registration/requirements.html", page, status=409 if refusal else 200)


@access.rule(ACCOUNT)
@never_cache
@require_safe
def one(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request: where it stands, its history, and all that it says."""
    found = own(request, request_id)
    row = queries.court_row(found.court)
    profile = queries.profile_for(found)
    history = context.history_of(found)
    asked = next((line.said for line in reversed(history) if line.by_court), "")
    page = context.page(
        request,
        row=context.row_of(found),
        site=row.site,
        history=history,
        court_asks=asked if found.status == "more" else "",
        parts=context.summary_of(found, profile) if found.role in profile.accepts else [],
        notice=_notice(request),
    )
    return render(request, "registration/request.html", page)


@access.rule(ACCOUNT)
@require_POST
def withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take a request back."""
    found = own(request, request_id)
    try:
        still_there = services.withdraw(account=request.account, request_id=found.id, at=request.arrived)
    except services.NotAsked:
        return redirect("efile-request", request_id=found.id)
    if not still_there:
        return HttpResponseRedirect(f"{reverse('efile')}?done=discarded")
    return HttpResponseRedirect(f"{reverse('efile-request', args=[found.id])}?done=withdrawn")
