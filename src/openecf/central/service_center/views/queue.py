"""The staff's tickets and banners."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.central.courts import queries as courts
from openecf.central.service_center import queries
from openecf.central.service_center.access import STAFF
from openecf.central.service_center.context import desk_frame
from openecf.central.service_center.forms import AnswerForm, BannerForm, FindTicketForm
from openecf.central.service_center.models import Ticket
from openecf.central.service_center.services import announcing, attaching, tickets
from openecf.central.service_center.views.contact import court_choices, handed_out
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.banners import queries as banners
from openecf.platform.web import takes_files, whole_number

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])
STATES = ("open", "mine", "answered", "closed")


@access.rule(STAFF)
@never_cache
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What people asked: what waits, what is mine, what waits for them, what is closed; one is found by its number."""
    find = FindTicketForm(request.GET if "number" in request.GET else None)
    if find.is_valid():
        named = queries.ticket_numbered(find.cleaned_data["number"])
        if named is not None:
            return HttpResponseRedirect(reverse("service-staff-ticket", args=[named.id]))
        find.add_error("number", _("No ticket has this number."))
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    page = max(1, whole_number(request.GET.get("page", "")) or 1)
    rows, has_more = queries.queue(state=state, staff=request.staff, page=page)
    said = {"open": _("Waiting"), "mine": _("Mine"), "answered": _("Answered"), "closed": _("Closed")}
    context = {
        "rows": rows, "has_more": has_more, "page": page, "state": state, "states": list(said.items()),
        "find": find,
        **desk_frame(request, "tickets"),
    }  # fmt: skip
    return render(request, "service_center/queue.html", context)


@access.rule(STAFF)
@never_cache
@takes_files(lambda: attaching.LARGEST_BODY)
@_get_or_post
def staff_ticket(request: HttpRequest, which: UUID) -> HttpResponse:
    """One ticket: take it, answer it, note something, close it."""
    ticket = queries.ticket(which)
    if ticket is None:
        raise Http404
    taking = request.method == "POST" and "take" in request.POST
    form = AnswerForm(*((request.POST, request.FILES) if request.method == "POST" and not taking else ()))
    refused = ""
    try:
        if taking:
            tickets.take(staff=request.staff, ticket=ticket, at=request.arrived)
            return HttpResponseRedirect(request.path)
        if form.is_valid():
            _write(request, ticket, **form.cleaned_data)
            return HttpResponseRedirect(request.path)
    except Refusal as refusal:
        refused = refusal.said
    context = {
        "ticket": ticket, "thread": queries.thread(ticket, internal=True), "form": form, "refused": refused,
        "files": f"{request.path}/files/", "removal": queries.removal(ticket),
        "court": courts.court_named(ticket.court), **desk_frame(request, "tickets"),
    }  # fmt: skip
    return render(request, "service_center/staff_ticket.html", context)


def _write(request: HttpRequest, ticket: Ticket, *, to: str, **written: object) -> None:
    written |= {"staff": request.staff, "ticket": ticket, "at": request.arrived}
    if to == "note":
        tickets.note(**written)
    else:
        tickets.answer(then_close=to == "close", **written)


@access.rule(STAFF)
@never_cache
@require_safe
def staff_file(request: HttpRequest, which: UUID, attachment: int) -> HttpResponseBase:
    """A file of a ticket, for the desk; that it was opened is in the record."""
    return handed_out(request, queries.ticket(which), attachment, staff=request.staff)


@access.rule(STAFF)
@never_cache
@_get_or_post
def banner_list(request: HttpRequest) -> HttpResponse:
    """What all pages say above all else, and setting something new."""
    now = request.arrived
    first = {"begins_day": now.date(), "begins_time": now.strftime("%H:%M")}
    form = BannerForm(request.POST if request.method == "POST" else None, courts=court_choices(), initial=first)
    if form.is_valid():
        typed = form.cleaned_data
        announcing.announce(
            staff=request.staff, severity=typed["severity"], words={name: typed[name] for name in ("en", "es", "ht")},
            begins_at=typed["begins_at"], ends_at=typed["ends_at"], only_at=typed["only_at"], at=now,
        )  # fmt: skip
        return HttpResponseRedirect(reverse("service-banners"))
    rows = [(row, row.withdrawn_at is None and row.ends_at > now) for row in banners.all_banners()]
    return render(
        request, "service_center/banners.html", {"rows": rows, "form": form, **desk_frame(request, "banners")}
    )


@access.rule(STAFF)
@never_cache
@require_http_methods(["POST"])
def withdraw_banner(request: HttpRequest, which: UUID) -> HttpResponse:
    """Say it no more."""
    try:
        announcing.withdraw(staff=request.staff, banner=which, at=request.arrived)
    except announcing.NoSuchBanner:
        raise Http404 from None
    return HttpResponseRedirect(reverse("service-banners"))
