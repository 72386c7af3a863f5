"""The desk for people who file here and ask the court to change their name or address, or to end their filing."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from openecf.court.people import access
from openecf.court.registration import changes, services
from openecf.court.registration.forms import ReasonForm
from openecf.court.registration.models import ChangeRequest, ChangeStatus
from openecf.kernel.refusal import Refusal
from openecf.platform.access import rule
from openecf.platform.web import whole_number


@rule(access.CLERK)
@never_cache
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The changes that wait, a page at a time; with ``?show=decided`` the others."""
    waiting = request.GET.get("show") != "decided"
    page = changes.changes(waiting=waiting, page=whole_number(request.GET.get("page", "1")) or 1)
    facts = {"page": page, "waiting": waiting, "zone": settings.COURT.zone}
    return render(request, "registration/changes.html", facts)


@rule(access.CLERK)
@never_cache
@require_safe
def one(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """One change: what the court holds beside what the person says."""
    return _page(request, _found(change_id), ReasonForm(prefix="reject"))


@rule(access.CLERK)
@never_cache
@require_POST
def decide(request: HttpRequest, change_id: UUID, act: str) -> HttpResponse:
    """Accept, or reject with a reason; once."""
    if act not in ("accept", "reject"):
        raise Http404
    found = _found(change_id)
    form = ReasonForm(request.POST if act == "reject" else None, prefix="reject")
    who = {"change_id": found.id, "by": request.reader.ref, "at": request.arrived}
    try:
        if act == "accept":
            services.accept_change(**who)
        elif form.is_valid():
            services.reject_change(**who, said=form.cleaned_data["said"])
        else:
            return _page(request, found, form)
    except services.CannotDecide as refusal:
        return _page(request, _found(change_id), form, refusal=refusal, status=409)
    return HttpResponseRedirect(f"{reverse('registration-change', args=[found.id])}?done={act}")


def _found(change_id: UUID) -> ChangeRequest:
    found = changes.change_of(change_id)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, found: ChangeRequest, form: ReasonForm, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    done = {
        "accept": _("Accepted. It holds from now on, and the person is told by mail."),
        "reject": _("Rejected. The person is told by mail, with your reason."),
    }
    facts = {
        "row": changes.row_of(found),
        "facts": changes.side_by_side(found),
        "is_open": found.status == ChangeStatus.PENDING,
        "is_decided": found.status in (ChangeStatus.ACCEPTED, ChangeStatus.REJECTED),
        "who": changes.who_decided(found),
        "form": form,
        "refusal": refusal,
        "zone": settings.COURT.zone,
        "notice": done.get(request.GET.get("done", ""), ""),
    }
    return render(request, "registration/change.html", facts, status=status)
