"""The court's front page, Utilities, and the linking of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openecf.court.bench import bench
from openecf.court.cases import queries as cases
from openecf.court.fees.access import stopped
from openecf.court.filing import queries as filing
from openecf.court.people import access, queries, rules, services
from openecf.court.people.forms import CourtLoginForm, PeriodForm
from openecf.court.people.menus import existing
from openecf.court.people.utilities import groups
from openecf.court.registration import queries as registration
from openecf.court.transition.context import court_facts
from openecf.court.transition.rules import SecondFactor
from openecf.platform.access import ANYONE, rule
from openecf.platform.audit import queries as audit
from openecf.platform.shell.menu import MenuItem

if TYPE_CHECKING:
    from openecf.court.people.rules import Reader
    from openecf.platform.audit.models import AuditLine

LOG_DAYS = timedelta(days=30)
RECENT_CASES = 10


def _court_facts(now: datetime) -> dict[str, object]:
    """What pages for everybody say about the court, and how its bench calls linking."""
    return {**court_facts(now), "link_label": bench().menus.link_label}


@rule(ANYONE)
def home(request: HttpRequest) -> HttpResponse:
    """The front page: what this court is, for those who signed on their cases and what to do next."""
    reader, context = request.reader, _court_facts(request.arrived)
    context["checklist"] = rules.checklist(
        reader, live=bool(context["live"]), has_a_day=context["live_on"] is not None,
        second_factor=context["second_factor"] is not SecondFactor.NOT_ASKED,
    )  # fmt: skip
    if not (reader.signed_on or reader.own_login):
        return render(request, "people/home.html", context)
    if rules.as_filer(reader) is rules.Standing.CHOOSE_PRINCIPAL:
        return redirect(access.choose_principal(request))
    context["of_the_court"] = rules.as_court(reader) is rules.Standing.WELCOME
    if reader.linked:
        context["cases"] = cases.of_reader(reader, limit=RECENT_CASES)
        context["drafts"] = filing.drafts_of(reader)[:RECENT_CASES]
    standing = rules.as_reader(reader)
    if standing is not rules.Standing.WELCOME and not reader.own_login:
        context["refused"] = access.WORDS[standing]
    context["ways"] = _ways(reader, reads="refused" not in context)
    return render(request, "people/start.html", context)


def _ways(reader: Reader, *, reads: bool) -> tuple[MenuItem, ...]:
    """Where the start page leads: to the cases for who may read them, to filing for who may file."""
    welcome, ways = rules.Standing.WELCOME, []
    if reads:
        ways = [MenuItem(_("Find a case"), "/cgi-bin/iquery.pl"), MenuItem(_("Docket sheet"), "/cgi-bin/DktRpt.pl")]
    if rules.as_filer(reader) is welcome:
        ways.append(MenuItem(_("File a document"), "/filing/"))
    if rules.as_court(reader) is welcome:
        ways.append(MenuItem(_("For the court's own people"), "/court/"))
    if reader.own_login or rules.as_person(reader) is welcome:
        ways.append(MenuItem(_("Utilities"), "/utilities/"))
    return existing(tuple(ways))


@rule(access.PERSON)
def utilities(request: HttpRequest) -> HttpResponse:
    """The Utilities menu as a page."""
    offered = groups(request.reader, bench().menus.link_label, stopped=stopped(request) is not None)
    return render(request, "people/utilities.html", {"groups": offered})


@rule(access.SIGNED_ON)
def link_account(request: HttpRequest) -> HttpResponse:
    """Linking, first page: the court's login and password."""
    reader, refusal = request.reader, None
    form = CourtLoginForm(request.POST or None)
    try:
        services.ask_to_link(reader=reader, now=request.arrived)
        if not rules.is_fresh(reader, request.arrived):
            return redirect(access.sign_on_again(request))
        if form.is_valid():
            offer = services.prove_login(reader=reader, now=request.arrived, **form.cleaned_data)
            return redirect("confirm-link", offer_id=offer.id)
    except services.WrongPassword as wrong:
        form.add_error(None, wrong.said)
    except services.CannotLink as cannot:
        refusal = cannot
    context = {"form": form, "refusal": refusal}
    return _link_page(request, "people/link.html", _court_facts(request.arrived) | context)


@rule(access.SIGNED_ON)
def confirm_link(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Linking, second page: both identities; a click links them."""
    reader = request.reader
    try:
        if request.method == "POST":
            services.confirm_link(reader=reader, offer_id=offer_id, now=request.arrived)
            return redirect("account-linked")
        user = queries.offered_to(account=reader.account, offer_id=offer_id, now=request.arrived)
    except services.CannotLink as refusal:
        return _link_page(request, "people/link.html", _court_facts(request.arrived) | {"refusal": refusal})
    if user is None:
        return redirect("account-linked" if reader.linked else "link-account")
    shown = {"court_name": f"{user.first_name} {user.last_name}", "login": user.login, "firm": user.firm}
    shown |= {"bar_id": rules.masked(user.bar_id), "offer_id": offer_id}
    return _link_page(request, "people/confirm_link.html", shown)


@rule(access.LINKED)
def account_linked(request: HttpRequest) -> HttpResponse:
    """Linking, done: the filing menus are there."""
    return _link_page(request, "people/linked.html", {"user": queries.user(request.reader.own_user)})


def _link_page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    response = render(request, template, {"link_label": bench().menus.link_label, **context})
    response["Cache-Control"] = "no-store"
    return response


@rule(access.PERSON)
def transaction_log(request: HttpRequest) -> HttpResponse:
    """What the reader did at this court, and what agents did for the reader, day by day."""
    reader, zone = request.reader, ZoneInfo(settings.COURT.zone)
    today = request.arrived.astimezone(zone).date()
    form = PeriodForm(request.GET or None, initial={"start": today - LOG_DAYS, "end": today})
    period = form.cleaned_data if form.is_valid() else {}
    start, end = period.get("start") or today - LOG_DAYS, period.get("end") or today
    lines = audit.acts_by(
        refs=[reader.ref, f"account:{reader.account}"],
        on_behalf_of=f"user:{reader.user}" if reader.user and not reader.acting else "",
        since=datetime.combine(start, time.min, zone),
        until=datetime.combine(end, time.min, zone) + timedelta(days=1),
    )
    rows = _log_rows(lines, zone, own=reader.ref)
    context = {"form": form, "rows": rows, "with_people": any(row["person"] for row in rows)}
    return render(request, "people/log.html", context)


def _log_rows(lines: Sequence[AuditLine], zone: ZoneInfo, *, own: str) -> list[dict[str, str]]:
    """Lines of the log as a person reads them: of an agent's acts, the other of the two is named."""
    cases_of = {line.id: rules.case_named(line.subject, line.facts) for line in lines}
    others = {line.id: rules.user_named(line.on_behalf_of if line.by == own else line.by) for line in lines}
    numbers = cases.numbers_of({case for case in cases_of.values() if case is not None})
    names = queries.names_of({others[line.id] for line in lines if line.on_behalf_of} - {None})
    return [
        {
            "at": f"{line.at.astimezone(zone):%m/%d/%Y %I:%M:%S %p}",
            "act": rules.act_in_words(line.act),
            "case": numbers.get(cases_of[line.id], ""),
            "person": names.get(others[line.id], "") if line.on_behalf_of else "",
            "by": line.by != own,
        }
        for line in lines
    ]


def _registrations() -> str:
    """The desk's name, with how many people wait for it."""
    n = registration.waiting() + registration.changes_waiting()
    return _("Registrations to file ({n} to be decided)").format(n=n) if n else _("Registrations to file")


@rule(access.COURT)
def staff(request: HttpRequest) -> HttpResponse:
    """Where the court's own people start: chambers with less than the clerk's office."""
    clerks = (
        (_("Edit a case"), "/cases/", _("Heading, parties, counsel; correct, strike or seal what is docketed")),
        (_("Court logins and passwords"), "/court/logins", _("Find a login, and give its owner a new password")),
        (_registrations(), "/court/registrations", _("People who ask to file here: match, ask for more, decide")),
        (_("Filing fees"), "/court/fees", _("What is not paid; let somebody file for now; give money back")),
        (_("Announcements by e-mail"), "/court/announcements", _("Tell the people who file here")),
        (_("Publish a NextGen notice"), "/nextgen/notices/new", _("Tell filers, by number, what is to come")),
        (_("Conversion of the court's record"), "/court/conversion", _("People to look at before the move")),
    )
    ways = (
        (_("Docket and file"), "/filing/", _("Orders, notices, minutes; and what is filed on paper")),
        *(clerks if rules.as_clerk(request.reader) is rules.Standing.WELCOME else ()),
        (_("Stuck messages and mail"), "/desk/messages", _("What needs a decision before it travels on")),
        (_("Court information"), "/cgi-bin/CourtInfo.pl", _("What the public reads: offices, hours, PDFs accepted")),
    )
    return render(request, "people/staff.html", {"ways": ways})
