"""The desk of the clerk's office for people who ask to file here."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from openecf.court.people import access
from openecf.court.people import queries as people_queries
from openecf.court.people import services as people
from openecf.court.people.rules import OWN_CASES_ONLY
from openecf.court.registration import context, queries, rules, services
from openecf.court.registration.forms import ApproveForm, FeeForm, FilterForm, RefundForm, WaiveForm, WordsForm
from openecf.court.registration.models import FilingRequest, Status
from openecf.court.transition import queries as transition
from openecf.kernel.refusal import Refusal
from openecf.platform.access import rule
from openecf.platform.payments.services import UnderWay
from openecf.platform.store import services as store
from openecf.platform.web import whole_number

if TYPE_CHECKING:
    from openecf.court.people.models import CourtUser

MONEY = {"fee": services.mark_fee_paid, "waive": services.waive_fee, "refund": services.note_refund}
"""Acts about the fee: they need no page that is still true, and each is done once."""


@rule(access.CLERK)
@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The requests, oldest first, a page at a time."""
    form = FilterForm(request.GET or None, initial={"status": "open"})
    asked = form.cleaned_data if form.is_valid() else {}
    page = queries.listed(
        status=asked.get("status") or "open",
        kind=asked.get("kind", ""),
        typed=asked.get("q", ""),
        page=whole_number(request.GET.get("page", "1")) or 1,
    )
    kept = {name: value for name, value in asked.items() if value}
    facts = {
        "form": form,
        "page": page,
        "rows": [context.row_of(row) for row in page.rows],
        "again": queries.suspended_among(row.account for row in page.rows if row.status in rules.OPEN),
        "before": f"?{urlencode(kept | {'page': page.number - 1})}" if page.number > 1 else "",
        "after": f"?{urlencode(kept | {'page': page.number + 1})}" if page.number < page.pages else "",
        "changes": queries.changes_waiting(),
        "stuck": queries.stuck_payments(),
        "refunds": queries.refunds_due(),
        "zone": settings.COURT.zone,
        "notice": _done(request),
    }
    return render(request, "registration/desk.html", facts)


def _done(request: HttpRequest) -> str:
    return {
        "approve": _("Approved. The applicant can file, and is told by mail."),
        "more": _("The applicant is asked, and told by mail."),
        "fee-due": _("Approved. The applicant is asked to pay the fee, and can file as soon as it is paid."),
        "reject": _("Rejected. The applicant is told by mail, with your reason."),
        "fee": _("The fee is marked as paid."),
        "waive": _("The fee is waived. The applicant is told by mail."),
        "refund": _("It is written down that the money was given back. The applicant is told by mail."),
    }.get(request.GET.get("done", ""), "")


@rule(access.CLERK)
@never_cache
@require_safe
def one(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request with everything: what was said, who the applicant may be, what was done."""
    return _page(request, _found(request_id), {})


@rule(access.CLERK)
@never_cache
@require_POST
def decide(request: HttpRequest, request_id: UUID, act: str) -> HttpResponse:
    """Approve, ask for more, reject, settle the fee: once, and only as the page showed it."""
    if act not in ("approve", "more", "reject", *MONEY):
        raise Http404
    found = _found(request_id)
    form = _form_of(request, found, act)
    if act not in MONEY and found.status not in (rules.REJECTABLE if act == "reject" else rules.OPEN):
        return _refused(request, found.id, act, form, services.Decided())
    if not form.is_valid():
        return _page(request, found, {act: form})
    try:
        done = _act(request, found, act, form)
    except services.FormMissing as missing:
        return _refused(request, found.id, act, form, missing, context.questions_of(found, missing.facts["questions"]))
    except (services.CannotDecide, people.CannotAdmit, UnderWay) as refusal:
        return _refused(request, found.id, act, form, refusal)
    return HttpResponseRedirect(f"{reverse('registration', args=[found.id])}?done={done}")


def _found(request_id: UUID) -> FilingRequest:
    found = queries.request_of(request_id)
    if found is None:
        raise Http404
    return found


def _form_of(request: HttpRequest, found: FilingRequest, act: str) -> ApproveForm | WordsForm | FeeForm:
    if act == "approve":
        return _approve_form(request, found, request.POST)
    if act == "waive":
        return WaiveForm(request.POST, prefix=act)
    return (RefundForm if act == "refund" else FeeForm if act == "fee" else WordsForm)(request.POST, prefix=act)


def _approve_form(request: HttpRequest, found: FilingRequest, sent: object = None) -> ApproveForm:
    everyone, groups = _candidates(request, found), rules.groups_for(found.role)
    application, linked = queries.application_of(found), _comes_again(found)
    bound = linked is None or linked.group in OWN_CASES_ONLY
    groups = [group for group in groups if linked is None or people.comes_again(linked, group)]
    return ApproveForm(
        sent, candidates=everyone, groups=groups,
        appearances=queries.appearances(application), linked=linked, initial=_seen(request, found),
        duplicates=linked is None and bool(queries.may_be_duplicates(found)),
        parties=queries.parties_for(application, request.reader) if bound and OWN_CASES_ONLY & set(groups) else None,
    )  # fmt: skip


def _comes_again(found: FilingRequest) -> CourtUser | None:
    """The court's account of an applicant who is linked here and may be approved once more: suspended, or for a case."""
    linked = queries.linked_here(found.account)
    again = linked and any(people.comes_again(linked, group) for group in rules.groups_for(found.role))
    return linked if again else None


def _candidates(request: HttpRequest, found: FilingRequest) -> list[queries.Candidate]:
    """Accounts that may be the applicant's, and those that the clerk looked for herself."""
    application = queries.application_of(found)
    known = queries.candidates(application)
    ids = {one.user.id for one in known}
    looked_for = queries.found_by(request.GET.get("find", "")[:60], application)
    return [*known, *(one for one in looked_for if one.user.id not in ids)]


def _seen(request: HttpRequest, found: FilingRequest) -> dict[str, object]:
    return {"version": found.version, "step": found.step, "read_at": request.arrived.isoformat()}


def _act(request: HttpRequest, found: FilingRequest, act: str, form: ApproveForm | WordsForm | FeeForm) -> str:
    """Do it; the word for what was done."""
    said = form.cleaned_data["said"]
    who = {"by": request.reader.ref, "at": request.arrived, "request_id": found.id, "said": said}
    if act in MONEY:
        MONEY[act](**who)
        return act
    seen = rules.Seen(form.cleaned_data["version"], form.cleaned_data["step"], form.cleaned_data["read_at"])
    if isinstance(form, ApproveForm):
        typed = form.cleaned_data
        chosen = {"group": typed["group"], "appearances": typed.get("appearances", False), "party": typed.get("party")}
        compared = bool(typed.get("another" if form.user_id is None else "compared"))
        status = services.approve(**who, seen=seen, user_id=form.user_id, compared=compared, **chosen)
        return "fee-due" if status == Status.FEE_DUE else act
    if act == "more":
        services.ask_for_more(**who, seen=seen)
    else:
        services.reject(**who, seen=seen)
    return act


def _refused(
    request: HttpRequest,
    request_id: UUID,
    act: str,
    form: ApproveForm | WordsForm | FeeForm,
    refusal: Refusal,
    questions: list[str] | None = None,
) -> HttpResponse:
    """The page as it is now, with the reason; what was typed stays where it can still be sent."""
    now = _found(request_id)
    stale = isinstance(refusal, services.Decided | services.Changed)
    facts = {"refusal": refusal, "questions": questions or [], "last": queries.last_act(now) if stale else None}
    return _page(request, now, {} if stale else {act: form}, status=409, **facts)


def _page(
    request: HttpRequest, found: FilingRequest, forms: dict[str, object], *, status: int = 200, **more: object
) -> HttpResponse:
    application = queries.application_of(found)
    is_open = found.status in rules.OPEN
    facts = {
        "row": context.row_of(found),
        "application": application,
        "parts": context.parts_of(found, application),
        "papers": context.papers_of(found, application),
        "acts": [context.act_words(act, name) for act, name in queries.acts_of(found)],
        "candidates": context.side_by_side(application, _candidates(request, found)) if is_open else [],
        "linked": queries.linked_here(found.account) if is_open else None,
        "again": _comes_again(found) if is_open else None,
        "is_open": is_open,
        "find": request.GET.get("find", "")[:60],
        "approve_form": forms.get("approve") or _approve_form(request, found),
        "more_form": forms.get("more") or WordsForm(prefix="more", initial=_seen(request, found)),
        "reject_form": forms.get("reject") or WordsForm(prefix="reject", initial=_seen(request, found)),
        "paying": next(iter(queries.payments_of(found)), None) if found.fee_cents else None,
        "fee_form": forms.get("fee") or FeeForm(prefix="fee"),
        "waive_form": forms.get("waive") or WaiveForm(prefix="waive"),
        "refund_form": forms.get("refund") or RefundForm(prefix="refund"),
        "may_reject": found.status in rules.REJECTABLE,
        "held": context.held_of(found),
        "waits_for_fee": found.fee_is_due and transition.registration(transition.profile()).fee_before_access,
        "group_words": people_queries.group_names(),
        "zone": settings.COURT.zone,
        "notice": _done(request),
        "opened": next(iter(forms), ""),
        **more,
    }
    return render(request, "registration/one.html", facts, status=status)


@rule(access.CLERK)
@never_cache
@require_safe
def paper(request: HttpRequest, request_id: UUID, sha256: str) -> HttpResponse:
    """A PDF that came with the request, if it arrived whole and the inspector has nothing against it."""
    found = _found(request_id)
    application = queries.application_of(found)
    named = next((one for one in application.papers if one.sha256 == sha256), None)
    arrived = queries.papers(application).get(sha256)
    if named is None or arrived is None or arrived.wrong:
        raise Http404
    services.note_opened(request_id=found.id, sha256=sha256, by=request.reader.ref, at=request.arrived)
    file = store.open(sha256, sealed=True)
    response = FileResponse(file, content_type="application/pdf", filename=f"{named.name}.pdf")
    response.headers["Cache-Control"] = "no-store"
    return response
