"""The desk for people who file here and ask the court to change their name or address, or to end their filing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from django.conf import settings
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from openecf.court.people import access
from openecf.court.registration import changes, services
from openecf.court.registration.forms import AcceptForm, ReasonForm
from openecf.court.registration.models import ChangeRequest, ChangeStatus
from openecf.court.transition import queries as transition
from openecf.kernel.refusal import Refusal
from openecf.platform.access import rule
from openecf.platform.registering.particulars import IN_CASES
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
    return _page(request, _found(change_id))


@rule(access.CLERK)
@never_cache
@require_POST
def decide(request: HttpRequest, change_id: UUID, act: str) -> HttpResponse:
    """Accept, or reject with a reason; once."""
    if act not in ("accept", "reject"):
        raise Http404
    found = _found(change_id)
    form = _accept_form(request, found, request.POST) if act == "accept" else ReasonForm(request.POST, prefix="reject")
    who = {"change_id": found.id, "by": request.reader.ref, "at": request.arrived}
    try:
        if found.status != ChangeStatus.PENDING:
            raise services.Decided
        if not form.is_valid():
            return _page(request, found, {act: form})
        (services.accept_change if act == "accept" else services.reject_change)(**who, **form.cleaned_data)
    except services.CannotDecide as refusal:
        return _page(request, _found(change_id), {act: form}, refusal=refusal, status=409)
    return HttpResponseRedirect(f"{reverse('registration-change', args=[found.id])}?done={act}")


def _accept_form(request: HttpRequest, found: ChangeRequest, sent: object = None) -> AcceptForm:
    """It begins with what the person wishes, and with what the court's profile says of dockets."""
    there = changes.in_cases(found, request.reader)
    profile = transition.registration(transition.profile())
    initial = {"which": found.said.get("cases", "open"), "docketed": profile.changes_docketed}
    return AcceptForm(sent, n_open=there.n_open, n_all=there.n_all, cases=there.ticked, initial=initial)


def _found(change_id: UUID) -> ChangeRequest:
    found = changes.change_of(change_id)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, found: ChangeRequest, forms: Mapping[str, Form] = MappingProxyType({}), *,
    refusal: Refusal | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    done = {
        "accept": _("Accepted. It holds from now on, and the person is told by mail."),
        "reject": _("Rejected. The person is told by mail, with your reason."),
    }
    cases, n_done, n_cases = changes.printed(found, request.reader)
    facts = {
        "row": changes.row_of(found),
        "wish": IN_CASES.get(found.said.get("cases", "")) if found.kind != "deactivation" else "",
        "accept_form": forms.get("accept") or _accept_form(request, found),
        "cases": cases,
        "n_done": n_done,
        "n_cases": n_cases,
        "facts": changes.side_by_side(found),
        "is_open": found.status == ChangeStatus.PENDING,
        "is_decided": found.status in (ChangeStatus.ACCEPTED, ChangeStatus.REJECTED),
        "who": changes.who_decided(found),
        "form": forms.get("reject") or ReasonForm(prefix="reject"),
        "opened": next(iter(forms), ""),
        "refusal": refusal,
        "zone": settings.COURT.zone,
        "notice": done.get(request.GET.get("done", ""), ""),
    }
    return render(request, "registration/change.html", facts, status=status)
