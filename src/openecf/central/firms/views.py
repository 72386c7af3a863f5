"""A firm's members, and a person's firm."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openecf.central.accounts.context import MAINTENANCE, SETTINGS, USAGE, manage_frame
from openecf.central.billing import rules
from openecf.central.firms import queries, reports, services
from openecf.central.firms.access import FIRM, MEMBER
from openecf.central.firms.forms import CostCentreForm, InviteForm, QuarterForm, RemarkForm, RulesForm
from openecf.central.firms.models import Membership
from openecf.central.firms.rules import Sum
from openecf.kernel.refusal import Refusal
from openecf.platform import access

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _notice(request: HttpRequest) -> str:
    return {
        "invited": _("The account was asked. Its owner answers in Manage My Account."),
        "removed": _("The account is no longer a member; both sides were told by mail."),
        "withdrawn": _("The invitation is taken back."),
        "saved": _("Saved."),
        "joined": _("You joined. The firm pays from this quarter on."),
        "refused": _("You refused; the firm was told."),
        "left": _("You left. Searching stops until it is settled who pays."),
    }.get(request.GET.get("done", ""), "")


@access.rule(FIRM)
@never_cache
@_get_or_post
def members(request: HttpRequest) -> HttpResponse:
    """The firm's members, what each used this quarter, and asking another account to join."""
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            services.invite(firm=request.account.id, **form.cleaned_data, at=request.arrived)
        except services.CannotInvite as refusal:
            form.add_error(None, refusal.said)
        else:
            return redirect("/pscof/firm?done=invited")
    used = reports.used_by_member(firm=request.account.id, now=request.arrived)
    rows = [(one, used.get(one.account, Sum())) for one in queries.members(firm=request.account.id)]
    page = {"members": rows, "form": form, "notice": _notice(request), **manage_frame(request, MAINTENANCE)}
    return render(request, "firms/members.html", page)


def _report(request: HttpRequest) -> tuple[QuarterForm, date, reports.Report]:
    """The form, the first day of the quarter that it names, and that quarter's report."""
    form = QuarterForm(request.GET, quarters=reports.quarters(now=request.arrived))
    if not form.is_valid():
        raise Http404
    since, until = form.days()
    return form, since, reports.report(firm=request.account.id, since=since, until=until, now=request.arrived)


@access.rule(FIRM)
@never_cache
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """What the members used in a quarter, by cost center, member and client code."""
    form, since, found = _report(request)
    page = {
        "report": found,
        "form": form,
        "chosen": rules.quarter_name(since),
        **manage_frame(request, USAGE),
    }
    return render(request, "firms/report.html", page)


@access.rule(FIRM)
@never_cache
@require_safe
def report_file(request: HttpRequest) -> HttpResponse:
    """The same lines for a spreadsheet."""
    form, since, found = _report(request)
    sink = StringIO()
    writer = csv.writer(sink)
    writer.writerow([_("Cost center"), _("Account"), _("Name"), _("Transactions"), _("Pages"), _("Used")])
    for line in found.lines:
        texts = map(rules.safe_cell, (line.centre, line.number, line.name))
        writer.writerow([*texts, line.sum.accesses, line.sum.pages, line.sum.cost])
    response = HttpResponse(sink.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"pacer-firm-{request.account.number}-{rules.quarter_name(since)}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@access.rule(FIRM)
@never_cache
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Everything the firm asked, and what became of it."""
    rows = queries.requests_of(firm=request.account.id, now=request.arrived)
    page = {"requests": rows, "notice": _notice(request), **manage_frame(request, MAINTENANCE)}
    return render(request, "firms/requests.html", page)


@access.rule(FIRM)
@require_POST
def withdraw(request: HttpRequest, invitation: UUID) -> HttpResponse:
    """Take an invitation back."""
    try:
        services.withdraw(firm=request.account.id, invitation=invitation, at=request.arrived)
    except services.InvitationOver:
        return redirect("firm-requests")
    return redirect("/pscof/firm/requests?done=withdrawn")


@access.rule(FIRM)
@never_cache
@_get_or_post
def set_rules(request: HttpRequest) -> HttpResponse:
    """Client codes and receipts, for all members."""
    kept = queries.rules_of(request.account.id)
    initial = {name: getattr(kept, name) for name in RulesForm.base_fields}
    form = RulesForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        services.set_rules(firm=request.account.id, **form.cleaned_data, at=request.arrived)
        return redirect("/pscof/firm?done=saved")
    page = {"form": form, "title": _("Rules for members"), "button": _("Save"), **manage_frame(request, MAINTENANCE)}
    return render(request, "firms/form.html", page)


def _own(request: HttpRequest, membership: int) -> Membership:
    row = Membership.objects.filter(id=membership, firm_id=request.account.id, left_at=None)
    found = row.select_related("account").first()
    if found is None:
        raise Http404
    return found


@access.rule(FIRM)
@never_cache
@_get_or_post
def remove(request: HttpRequest, membership: int) -> HttpResponse:
    """Stop paying for a member."""
    row, form = _own(request, membership), RemarkForm(request.POST or None)
    if form.is_valid():
        try:
            services.remove(firm=request.account.id, membership=membership, at=request.arrived, **form.cleaned_data)
        except services.NotAMember as refusal:
            form.add_error(None, refusal.said)
        else:
            return redirect("/pscof/firm?done=removed")
    title = _("Remove {name} ({number})").format(name=row.account.name.direct, number=row.account.number)
    said = _("From now on the account pays for itself. What it used until now stays on the firm's bill.")
    page = {"form": form, "title": title, "said": said, "button": _("Remove"), **manage_frame(request, MAINTENANCE)}
    return render(request, "firms/form.html", page)


@access.rule(FIRM)
@never_cache
@_get_or_post
def cost_centre(request: HttpRequest, membership: int) -> HttpResponse:
    """Which cost center a member's fees belong to."""
    row = _own(request, membership)
    form = CostCentreForm(request.POST if request.method == "POST" else None, initial={"cost_centre": row.cost_centre})
    if form.is_valid():
        services.set_cost_centre(
            firm=request.account.id, membership=membership, at=request.arrived, **form.cleaned_data
        )
        return redirect("/pscof/firm?done=saved")
    title = _("Cost center of {name}").format(name=row.account.name.direct)
    page = {"form": form, "title": title, "button": _("Save"), **manage_frame(request, MAINTENANCE)}
    return render(request, "firms/form.html", page)


@access.rule(MEMBER)
@never_cache
@require_safe
def own_firm(request: HttpRequest) -> HttpResponse:
    """The firm that pays for the person's account, and firms that offer to."""
    page = {
        **_own_firm(request),
        "notice": _notice(request),
        **manage_frame(request, SETTINGS),
    }
    return render(request, "firms/own.html", page)


def _own_firm(request: HttpRequest) -> dict[str, object]:
    membership = queries.membership_of(request.account.id)
    return {
        "membership": membership,
        "rules": queries.rules_of(membership.firm_id) if membership else None,
        "invitations": queries.waiting_for(account=request.account.id, now=request.arrived),
    }


@access.rule(MEMBER)
@require_POST
def answer(request: HttpRequest, invitation: UUID) -> HttpResponse:
    """Accept or refuse."""
    act = services.accept if request.POST.get("answer") == "accept" else services.refuse
    try:
        act(account=request.account.id, invitation=invitation, at=request.arrived)
    except Refusal as refusal:
        page = {**_own_firm(request), "said": refusal.said, **manage_frame(request, SETTINGS)}
        return render(request, "firms/own.html", page, status=409)
    return redirect(f"/pscof/manage/firm?done={'joined' if act is services.accept else 'refused'}")


@access.rule(MEMBER)
@never_cache
@_get_or_post
def leave(request: HttpRequest) -> HttpResponse:
    """Remove one's account from the firm's."""
    form = RemarkForm(request.POST or None)
    if form.is_valid():
        try:
            services.leave(account=request.account.id, at=request.arrived, **form.cleaned_data)
        except services.NotAMember as refusal:
            form.add_error(None, refusal.said)
        else:
            return redirect("/pscof/manage/firm?done=left")
    said = _(
        "The firm no longer pays for you. You cannot search until it is settled who does; filing goes on. What you used "
        "until now stays on the firm's bill."
    )
    title = _("Remove your PACER account from a PAA")
    page = {"form": form, "title": title, "said": said, "button": _("Leave"), **manage_frame(request, SETTINGS)}
    return render(request, "firms/form.html", page)
