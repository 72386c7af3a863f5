"""A principal's filing agents; an agent's principals, and the choice among them."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from openecf.court.agents import queries, rules, services
from openecf.court.agents.forms import AddAgentForm, TermsForm
from openecf.court.people.access import AGENT, PRINCIPAL
from openecf.kernel.days import legal_day
from openecf.kernel.paths import local_path
from openecf.platform import access
from openecf.platform.web import whole_number

SAID = {
    "added": _("The filing agent was added. Both of you get a mail."),
    "changed": _("Saved. Both of you get a mail."),
    "removed": _("The filing agent was removed, at once. Both of you get a mail."),
    "left": _("You have left. Both of you get a mail."),
}


@access.rule(PRINCIPAL)
@require_http_methods(["GET", "HEAD", "POST"])
def agents(request: HttpRequest) -> HttpResponse:
    """The principal's agents, and one more."""
    reader = request.reader
    today = legal_day(request.arrived, settings.COURT.zone)
    form = AddAgentForm(request.POST or None, roles=rules.roles_for(reader.group), today=today)
    if form.is_valid():
        try:
            services.let_act(
                reader=reader,
                who=form.cleaned_data["who"],
                last_name=form.cleaned_data["last_name"],
                terms=form.terms(),
                at=request.arrived,
            )
            return redirect("/utilities/agents?said=added")
        except services.BadDays as refusal:
            form.add_error("ends", refusal.said)
        except services.CannotLet as refusal:
            form.add_error(None, refusal.said)
    context = {"form": form, "rows": queries.agents_of(reader.user, now=request.arrived), "notice": _said(request)}
    return render(request, "agents/agents.html", context, status=422 if form.errors else 200)


@access.rule(PRINCIPAL)
@require_http_methods(["GET", "HEAD", "POST"])
def agent(request: HttpRequest, agency_id: int) -> HttpResponse:
    """One agent: what they may do, and when."""
    reader = request.reader
    agency = queries.agency_of(reader.user, agency_id)
    if agency is None:
        raise Http404
    names = ("role", "may_file", "sees_restricted", "gets_notices", "starts", "ends")
    offered = dict.fromkeys((*rules.roles_for(reader.group), agency.role))
    initial = {name: getattr(agency, name) for name in names}
    form = TermsForm(request.POST or None, roles=tuple(offered), initial=initial)
    if form.is_valid():
        try:
            services.change_terms(reader=reader, agency_id=agency_id, terms=form.terms(), at=request.arrived)
            return redirect("/utilities/agents?said=changed")
        except services.BadDays as refusal:
            form.add_error("ends", refusal.said)
        except services.NoSuchAgency:
            raise Http404 from None
    context = {"form": form, "agency": agency, "agent": agency.agent}
    return render(request, "agents/agent.html", context, status=422 if form.errors else 200)


@access.rule(PRINCIPAL)
@require_POST
def remove(request: HttpRequest, agency_id: int) -> HttpResponse:
    """The principal removes an agent."""
    try:
        services.remove_agent(reader=request.reader, agency_id=agency_id, at=request.arrived)
    except services.NoSuchAgency:
        raise Http404 from None
    return redirect("/utilities/agents?said=removed")


@access.rule(AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def acting(request: HttpRequest) -> HttpResponse:
    """Whom the agent may act for, and the choice. ``next``: where the agent was going."""
    reader, refusal = request.reader, None
    back = local_path(request.POST.get("next") or request.GET.get("next") or "/")
    if request.method == "POST":
        try:
            chosen = whole_number(request.POST.get("agency", ""))
            services.choose(reader=reader, agency_id=-1 if chosen is None else chosen, at=request.arrived)
            return redirect(back)
        except services.NotYourPrincipal as not_yours:
            refusal = not_yours
    context = {
        "rows": queries.held_by(reader.agent, now=request.arrived),
        "refusal": refusal,
        "next": back,
        "acts_by": reader.acting.agency if reader.acting else None,
        "notice": _said(request),
    }
    response = render(request, "agents/acting.html", context, status=403 if refusal else 200)
    response["Cache-Control"] = "no-store"
    return response


@access.rule(AGENT)
@require_POST
def leave(request: HttpRequest, agency_id: int) -> HttpResponse:
    """The agent leaves a principal."""
    try:
        services.leave(reader=request.reader, agency_id=agency_id, at=request.arrived)
    except services.NoSuchAgency:
        raise Http404 from None
    return redirect("/utilities/acting?said=left")


def _said(request: HttpRequest) -> str:
    return str(SAID.get(request.GET.get("said", ""), "")) if request.method != "POST" else ""
