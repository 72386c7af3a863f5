"""Writing to the Service Center, and following what was written."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.central.courts import queries as courts
from openecf.central.service_center import queries
from openecf.central.service_center.context import reach
from openecf.central.service_center.forms import AskForm, GuestAskForm, MoreForm
from openecf.central.service_center.models import Ticket
from openecf.central.service_center.services import attaching, tickets
from openecf.central.signon.access import ACCOUNT
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.throttle.pace import paced
from openecf.platform.web import takes_files

FILES_A_MINUTE = 30
_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg"}
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def court_choices() -> list[tuple[str, str]]:
    """The courts that run this software, by id and name."""
    return [(row.court.id, row.court.full_name) for row in courts.all_courts_here()]


@access.rule(access.ANYONE)
@never_cache
@_get_or_post
def contact(request: HttpRequest) -> HttpResponse:
    """Write to the Service Center. A guest proves the mailbox; the answer is the same whatever is known of it."""
    kind = AskForm if request.account else GuestAskForm
    sent = request.POST if request.method == "POST" else None
    topic = request.GET.get("topic", "")
    initial = {"topic": topic} if topic in Ticket.Topic.values else {}
    form = kind(sent, courts=court_choices(), initial=initial)
    if form.is_valid():
        typed = {"name": "", "email": ""} | form.cleaned_data
        try:
            ticket = tickets.ask(
                account=request.account, address=request.META["REMOTE_ADDR"], at=request.arrived, **typed
            )
        except tickets.TooManyTickets as refusal:
            form.add_error(None, refusal.said)
            return render(request, "service_center/contact.html", {"form": form, "reach": reach()}, status=429)
        except Refusal as refusal:
            form.add_error(None, refusal.said)
        else:
            if request.account:
                return HttpResponseRedirect(reverse("service-ticket", args=[ticket.id]) + "?done=asked")
            return HttpResponseRedirect(reverse("service-contact-sent"))
    return render(request, "service_center/contact.html", {"form": form, "reach": reach()})


@access.rule(access.ANYONE)
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What a guest does next."""
    return render(request, "service_center/contact_sent.html")


@access.rule(ACCOUNT)
@never_cache
@require_safe
def own_tickets(request: HttpRequest) -> HttpResponse:
    """What the account asked."""
    return render(request, "service_center/tickets.html", {"tickets": queries.tickets_of(request.account.id)})


@access.rule(ACCOUNT)
@never_cache
@takes_files(lambda: attaching.LARGEST_BODY)
@_get_or_post
def own_ticket(request: HttpRequest, which: UUID) -> HttpResponse:
    """One ticket of the account; anybody else's is none."""
    ticket = queries.ticket_of(account=request.account.id, ticket=which)
    if ticket is None:
        raise Http404
    return _ticket(request, ticket, by=str(request.account.id))


@access.rule(access.ANYONE)
@never_cache
@_get_or_post
def guest_ticket(request: HttpRequest, which: UUID, secret: str) -> HttpResponse:
    """A guest's ticket, by the mailed link. Before it is proved, a button sends it off.

    It takes no more bytes than any page does: its form is read before the link is known to be one of ours.
    """
    try:
        ticket = tickets.by_link(ticket=which, secret=secret)
    except tickets.NoSuchTicket as refusal:
        response = render(request, "service_center/link_over.html", {"said": refusal.said}, status=410)
    else:
        if ticket.state == Ticket.State.UNPROVED and request.method == "POST":
            tickets.prove(ticket=ticket, at=request.arrived)
            response = HttpResponseRedirect(f"{request.path}?done=asked")
        else:
            response = _ticket(request, ticket, by="link")
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@access.rule(ACCOUNT)
@never_cache
@require_safe
@paced("ticket-file", most=FILES_A_MINUTE)
def own_file(request: HttpRequest, which: UUID, attachment: int) -> HttpResponseBase:
    """A file of a ticket of the account."""
    ticket = queries.ticket_of(account=request.account.id, ticket=which)
    return handed_out(request, ticket, attachment)


@access.rule(access.ANYONE)
@never_cache
@require_safe
@paced("ticket-file", most=FILES_A_MINUTE)
def guest_file(request: HttpRequest, which: UUID, secret: str, attachment: int) -> HttpResponseBase:
    """A file of a guest's ticket, by the mailed link."""
    try:
        ticket = tickets.by_link(ticket=which, secret=secret)
    except tickets.NoSuchTicket:
        raise Http404 from None
    return handed_out(request, ticket, attachment)


def handed_out(
    request: HttpRequest, ticket: Ticket | None, attachment: int, *, staff: queries.Staff | None = None
) -> HttpResponseBase:
    """A file as a download: no browser shows it beside the site's pages, or runs anything that is in it."""
    at = request.arrived
    found = attaching.opened(ticket=ticket, attachment=attachment, staff=staff, at=at) if ticket else None
    if found is None:
        raise Http404
    row, file = found
    response = FileResponse(file, as_attachment=True, filename=row.name, content_type=_TYPES[row.kind])
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _ticket(request: HttpRequest, ticket: Ticket, *, by: str) -> HttpResponse:
    closing = request.method == "POST" and "close" in request.POST
    sent = (request.POST, request.FILES) if request.method == "POST" and not closing else ()
    form = MoreForm(*sent, is_guest=ticket.account_id is None)
    try:
        if closing:
            tickets.close(ticket=ticket, by=by, at=request.arrived)
            return HttpResponseRedirect(f"{request.path}?done=closed")
        if form.is_valid():
            tickets.add(ticket=ticket, by=by, at=request.arrived, **form.cleaned_data)
            return HttpResponseRedirect(f"{request.path}?done=added")
    except Refusal as refusal:
        _say(form, refusal)
    context = {
        "ticket": ticket,
        "court": courts.court_named(ticket.court),
        "thread": queries.thread(ticket),
        "files": f"{request.path}/files/",
        "removal": queries.removal(ticket),
        "form": form,
        "notice": {
            "asked": _("We have your message, and mailed you its number."),
            "added": _("Added. The Service Center sees it."),
            "closed": _("The ticket is closed."),
        }.get(request.GET.get("done", ""), ""),
    }
    return render(request, "service_center/ticket.html", context)


def _say(form: forms.Form, refusal: Refusal) -> None:
    if not form.is_bound:
        form.is_bound, form.data = True, {}
        form.full_clean()
        form.errors.clear()
    form.add_error(None, refusal.said)
