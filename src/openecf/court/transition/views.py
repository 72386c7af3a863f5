"""What anyone may know about the court itself and about its move to NextGen."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from openecf.court.bench import bench
from openecf.court.people import access
from openecf.court.people.rules import checklist
from openecf.court.transition import guides, queries, rules, services
from openecf.court.transition.calendar_file import as_ics
from openecf.court.transition.context import court_facts
from openecf.court.transition.forms import NoticeForm
from openecf.platform.access import ANYONE, rule


def _language() -> str:
    return get_language() or rules.NOTICE_LANGUAGE


@rule(ANYONE)
def court_information(request: HttpRequest) -> HttpResponse:
    """Offices, what documents the court accepts, whom to ask."""
    facts = court_facts(request.arrived)
    context = facts | {"offices": sorted(facts["profile"].offices.items())}
    return render(request, "transition/court_information.html", context)


@rule(ANYONE)
@require_GET
def nextgen(request: HttpRequest) -> HttpResponse:
    """What NextGen asks of everyone who files, the court's days and notices, and where the reader stands."""
    facts = court_facts(request.arrived)
    hours = rules.hours_to_come(facts["profile"], request.arrived)
    context = facts | {
        "checklist": checklist(
            request.reader,
            live=bool(facts["live"]),
            has_a_day=facts["live_on"] is not None,
            second_factor=facts["second_factor"] is not rules.SecondFactor.NOT_ASKED,
        ),
        "link_label": bench().menus.link_label,
        "notices": queries.notices(language=_language()),
        "links": queries.links(facts["profile"], language=_language()),
        "hours": hours,
        "for_calendars": any(name != "announced_at" for name, *_hour in hours),
        "guides": guides.GUIDES,
        "questions": guides.QUESTIONS,
        "closed_days": sorted(rules.missed_days(facts["profile"], settings.COURT.zone)),
    }
    return render(request, "transition/nextgen.html", context)


@rule(ANYONE)
@require_GET
def notice(request: HttpRequest, number: int) -> HttpResponse:
    """One numbered notice."""
    found = queries.notice(number, language=_language())
    if found is None:
        raise Http404
    return render(request, "transition/notice.html", court_facts(request.arrived) | {"notice_shown": found})


@rule(ANYONE)
@require_GET
def guide(request: HttpRequest, key: str) -> HttpResponse:
    """One guide, step by step, with pictures."""
    found = guides.guide(key)
    if found is None:
        raise Http404
    others = [one for one in guides.GUIDES if one is not found]
    context = {"guide": found, "others": others, "link_label": bench().menus.link_label}
    return render(request, "transition/guide.html", court_facts(request.arrived) | context)


@rule(ANYONE)
@require_GET
def preparation_sheet(request: HttpRequest) -> HttpResponse:
    """A sheet to print and fill in by hand: the court login that linking will ask for."""
    return render(request, "transition/sheet.html", court_facts(request.arrived))


@rule(ANYONE)
@require_GET
def calendar_file(request: HttpRequest) -> HttpResponse:
    """The court's days of the move, for a calendar program (RFC 5545); missing while the court has set none."""
    profile = queries.profile()
    text = as_ics(profile, court=settings.COURT, now=request.arrived)
    if not text:
        raise Http404
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="nextgen-{settings.COURT.id}.ics"'
    return response


@rule(access.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """The clerk's office publishes the next numbered notice."""
    languages = [code for code in queries.profile().languages if code != rules.NOTICE_LANGUAGE]
    form = NoticeForm(request.POST or None, languages=languages)
    if form.is_valid():
        made = services.publish_notice(**form.cleaned_data, by=request.reader.ref, at=request.arrived)
        return redirect("court-notice", number=made.number)
    return render(request, "transition/publish.html", {"form": form, "number": queries.next_notice()})
