"""The staff's desk: find an account, see how it stands, make sure who calls, do what is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.rules import LETTER, device_name
from openecf.central.service_center import queries, services
from openecf.central.service_center.access import STAFF, SUPERVISOR
from openecf.central.service_center.context import desk_frame
from openecf.central.service_center.forms import CodeForm, EmailForm, MergeForm, ReasonForm, VerifyForm
from openecf.central.service_center.models import Request
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.web import whole_number

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@access.rule(STAFF)
@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Search, and what waits for somebody."""
    typed = request.GET.get("q", "")[:120].replace("\0", "")
    page = max(1, whole_number(request.GET.get("page", "")) or 1)
    found = queries.find(typed, page=page)
    context = {
        "typed": typed, "found": found, "page": page, "requests": queries.waiting_requests(now=request.arrived),
        "to_look_at": accounts.to_look_at(),
        **desk_frame(request, "desk"),
    }  # fmt: skip
    return render(request, "service_center/desk.html", context)


def _served(request: HttpRequest, number: str) -> queries.Served:
    served = queries.served(number=number, agent=request.staff.account, now=request.arrived)
    if served is None:
        raise Http404
    return served


def _account_page(number: str, done: str = "") -> HttpResponseRedirect:
    address = reverse("service-account", args=[number])
    return HttpResponseRedirect(f"{address}?done={done}" if done else address)


@access.rule(STAFF)
@never_cache
@require_safe
def account(request: HttpRequest, number: str) -> HttpResponse:
    """How one account stands, and what can be done for its owner. That it was looked at is recorded."""
    served = _served(request, number)
    services.note_look(staff=request.staff, account=served.account.id, at=request.arrived)
    context = {
        "staff": request.staff,
        "served": served,
        "account": served.account,
        "own": served.account.id == request.staff.account,
        "sessions": [(one, device_name(one.device)) for one in served.sessions],
        "acts": [act for act in ACTS if act.fits(served, request.staff)],
        "history": queries.history(account=served.account.id, limit=60),
        "notice": DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "service_center/account.html", context)


@access.rule(STAFF)
@never_cache
@_get_or_post
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """The script by which an agent makes sure who calls."""
    served = _served(request, number)
    which = request.POST.get("which", "")
    sent = request.POST if request.method == "POST" else None
    form = VerifyForm(sent if which == "told" else None)
    code = CodeForm(sent if which == "code" else None)
    tell, refused = {"staff": request.staff, "account": served.account.id, "at": request.arrived}, ""
    try:
        if which == "mail":
            services.mail_code(**tell)
            return HttpResponseRedirect(f"{request.path}?mailed=1")
        if form.is_valid():
            services.note_verification(**tell, **form.cleaned_data)
            return _account_page(number, "verified")
        if code.is_valid():
            services.try_reading(**tell, code=code.cleaned_data["code"])
            return _account_page(number, "verified")
    except Refusal as refusal:
        if which == "mail":
            refused = refusal.said
        else:
            (code if which == "code" else form).add_error(None, refusal.said)
    context = {
        "account": served.account, "served": served, "form": form, "code": code, "refused": refused,
        "notice": _("The code is mailed. Ask the caller to read it out.") if "mailed" in request.GET else "",
    }  # fmt: skip
    return render(request, "service_center/verify.html", context)


@dataclass(frozen=True)
class Act:
    """Something that can be done for an owner: how it is asked for, and what does it."""

    key: str
    title: str | Promise
    what: str | Promise
    form: type[forms.Form]
    do: Callable[..., Any]
    fits: Callable[[queries.Served, queries.Staff], bool]
    strictly: bool = False
    done: str | Promise = ""


def _shared(value: bool) -> Callable[..., None]:
    return lambda **asked: services.mark_shared(shared=value, **asked)


ACTS: Sequence[Act] = (
    Act(
        "unlock", gettext_lazy("Forgive wrong passwords and codes"),
        gettext_lazy("The next try from anywhere counts as the first. The password stays as it is."),
        ReasonForm, services.unlock, lambda served, staff: served.account.is_active,
        done=gettext_lazy("Wrong tries are forgiven."),
    ),
    Act(
        "reset", gettext_lazy("Send a link to a new password"),
        gettext_lazy("It goes to the address that the account has. The second factor stays."),
        ReasonForm, services.send_reset, lambda served, staff: served.account.is_active,
        done=gettext_lazy("The link is mailed."),
    ),
    Act(
        "sign-out", gettext_lazy("Sign out everywhere"),
        gettext_lazy("Every sign-in ends, at every court, within seconds. Known browsers are forgotten."),
        ReasonForm, services.end_sign_ons, lambda served, staff: served.account.is_active,
        done=gettext_lazy("Every sign-in of the account has ended."),
    ),
    Act(
        "reactivate", gettext_lazy("Make active again"),
        gettext_lazy("After two years without use, after its owner closed it, or where searching rests."),
        ReasonForm, services.reactivate,
        lambda served, staff: served.account.closed_why != "merged"
        and (not served.account.is_active or served.account.search_status in ("inactive", "hold")),
        strictly=True, done=gettext_lazy("The account is active again."),
    ),
    Act(
        "close", gettext_lazy("Close the account for its owner"),
        gettext_lazy(
            "For an owner who asks for it and cannot do it in Manage My Account: nothing may be owed, and no firm may pay. "
            "Nobody signs in any more; courts and bills keep what was done. It can be made active again."
        ),
        ReasonForm, services.close, lambda served, staff: served.account.is_active,
        strictly=True, done=gettext_lazy("The account is closed. Its owner is told by mail."),
    ),
    Act(
        "letter", gettext_lazy("Send another activation letter"),
        gettext_lazy("To the postal address that the account has. The token of the letter before is good no more."),
        ReasonForm, services.send_letter,
        lambda served, staff: served.account.is_active and served.account.search_note == LETTER,
        done=gettext_lazy("The letter waits to be printed."),
    ),
    Act(
        "email", gettext_lazy("Set another e-mail address"),
        gettext_lazy("The new address confirms by a mailed link; the old one has two days to object."),
        EmailForm, services.ask_email, lambda served, staff: served.account.is_active,
        strictly=True, done=gettext_lazy("Both addresses are mailed. It changes when the new one has confirmed."),
    ),
    Act(
        "factors", gettext_lazy("Ask for a reset of the second factors"),
        gettext_lazy(
            "For an owner who lost every app, passkey and recovery code. A supervisor approves it; the owner may object "
            "for 24 hours, unless a mailed code and a call back both proved the person."
        ),
        ReasonForm, services.ask_reset_of_factors,
        lambda served, staff: served.account.is_active and served.account.second_factor_since is not None,
        strictly=True, done=gettext_lazy("It waits for a supervisor now. The owner is told by mail."),
    ),
    Act(
        "merge", gettext_lazy("Merge into another account of the same person"),
        gettext_lazy(
            "This account closes; links at courts, the firm and the quarter's bill go on with the other. A supervisor "
            "approves it, and the owner may object for 24 hours."
        ),
        MergeForm, services.ask_merger,
        lambda served, staff: served.account.is_active and not served.account.is_administrative,
        strictly=True, done=gettext_lazy("It waits for a supervisor now. The owner is told by mail."),
    ),
    Act(
        "cja", gettext_lazy("Tell what the courts said of the CJA appointment"),
        gettext_lazy(
            "Ask each court first, and enter the exemptions that it grants. What you write here is mailed to the owner."
        ),
        ReasonForm, services.answer_cja, lambda served, staff: served.account.cja_panel,
        done=gettext_lazy("The owner is told."),
    ),
    Act(
        "shared", gettext_lazy("Note that several people use it"),
        gettext_lazy("A shared account searches, and neither links nor files. Courts hear of it at once."),
        ReasonForm, _shared(True),
        lambda served, staff: staff.is_supervisor and not served.account.shared
        and not served.account.is_administrative,
        done=gettext_lazy("Noted. The owner is told how to get an account of the own."),
    ),
    Act(
        "not-shared", gettext_lazy("Note that one person uses it"),
        gettext_lazy("It can link to courts and file again."),
        ReasonForm, _shared(False), lambda served, staff: staff.is_supervisor and served.account.is_shared,
        strictly=True, done=gettext_lazy("Noted. The owner is told."),
    ),
)  # fmt: skip
DONE: dict[str, str | Promise] = {act.key: act.done for act in ACTS} | {
    "verified": gettext_lazy("Noted: you know with whom you speak. It counts for 30 minutes.")
}


@access.rule(STAFF)
@never_cache
@_get_or_post
def act(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """One act for one account: what it does, the reason, the button."""
    served = _served(request, number)
    chosen = next((one for one in ACTS if one.key == key and one.fits(served, request.staff)), None)
    if chosen is None:
        return _account_page(number)
    form = chosen.form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            chosen.do(staff=request.staff, account=served.account.id, at=request.arrived, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.said)
        else:
            return _account_page(number, key)
    context = {"account": served.account, "served": served, "act": chosen, "form": form}
    return render(request, "service_center/act.html", context)


@access.rule(STAFF)
@never_cache
@require_safe
def request_page(request: HttpRequest, which: UUID) -> HttpResponse:
    """What waits for a second person: who asked what for whom, and why."""
    row = get_object_or_404(Request.objects.select_related("account", "into", "asked_by__account"), id=which)
    context = {
        "row": row,
        "form": ReasonForm(),
        "own": row.asked_by_id == request.staff.account,
        "may_approve": request.staff.is_supervisor
        and row.outcome == Request.Outcome.WAITING
        and row.kind != Request.Kind.EMAIL
        and request.staff.account not in (row.asked_by_id, row.account_id),
        "may_refuse": row.outcome in (Request.Outcome.WAITING, Request.Outcome.APPROVED)
        and (request.staff.is_supervisor or row.asked_by_id == request.staff.account),
        "account": accounts.account(row.account_id),
    }
    return render(request, "service_center/request.html", context)


@access.rule(SUPERVISOR)
@never_cache
@require_http_methods(["POST"])
def approve(request: HttpRequest, which: UUID) -> HttpResponse:
    """The second person says yes."""
    return _decide(request, which, lambda: services.approve(staff=request.staff, request=which, at=request.arrived))


@access.rule(STAFF)
@never_cache
@require_http_methods(["POST"])
def refuse(request: HttpRequest, which: UUID) -> HttpResponse:
    """The second person says no, or who asked takes it back."""
    reason = request.POST.get("reason", "")[:300].replace("\0", "")
    return _decide(
        request, which,
        lambda: services.refuse(staff=request.staff, request=which, reason=reason, at=request.arrived),
    )  # fmt: skip


def _decide(request: HttpRequest, which: UUID, do: Callable[[], None]) -> HttpResponse:
    try:
        do()
    except Refusal as refusal:
        row = Request.objects.select_related("account", "into", "asked_by__account").filter(id=which).first()
        if row is None:
            raise Http404 from None
        form = ReasonForm({})
        form.errors.clear()
        form.add_error(None, refusal.said)
        return render(
            request, "service_center/request.html", {"row": row, "form": form, "account": row.account}, status=409
        )
    return HttpResponseRedirect(reverse("service-request", args=[which]))
