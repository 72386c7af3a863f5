"""The pages around a filing: choosing the event, drafts, and what follows the submission."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from procrastinate.exceptions import ConnectorException

from openecf.court.agents.services import NoLongerAgent
from openecf.court.cases.queries import NoSuchCase
from openecf.court.events import queries as events
from openecf.court.events.rules import NoSuchEvent
from openecf.court.fees import queries as fees
from openecf.court.filing import drafts, pages, queries, rules, services
from openecf.court.filing.access import FILING
from openecf.court.filing.queries import NoSuchDraft
from openecf.court.notices.rules import shown
from openecf.court.transition.context import court_facts
from openecf.platform import access
from openecf.platform.web import takes_files, whole_number

log = structlog.get_logger()


def in_words(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn what can go wrong on any page of a filing into words and a way on."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        draft_id = kwargs.get("draft_id")
        try:
            return view(request, *args, **kwargs)
        except drafts.AlreadyFiled:
            return redirect("filing-done", draft_id=draft_id)
        except services.NotComplete as refusal:
            step = str(refusal.facts["step"])
            return pages.show(
                request, queries.draft_for(reader=request.reader, draft_id=draft_id), step, said=refusal.said
            )
        except queries.OfAnotherPrincipal as refusal:
            return _refused(request, refusal.said, status=403, choose=bool(refusal.facts["still"]))
        except NoLongerAgent as refusal:
            return _refused(request, refusal.said, status=403)
        except NoSuchDraft as refusal:
            return _refused(request, refusal.said, status=404)
        except queries.NotYourCase as refusal:
            return _refused(request, refusal.said, status=403, draft_id=draft_id, own=True)
        except (NoSuchEvent, NoSuchCase, drafts.NotInThisCase) as refusal:
            return _refused(request, refusal.said, status=409, draft_id=draft_id)
        except (OperationalError, InterfaceError, ConnectorException) as error:
            log.error("filing.database", error=type(error).__name__)
            said = _(
                "The court's database did not answer. Nothing was filed; what you saved before is kept. Try again soon."
            )
            return _refused(request, said, status=503, draft_id=draft_id)

    return wrapped


def _refused(
    request: HttpRequest, said: str, *, status: int, draft_id: object = None, choose: bool = False, own: bool = False
) -> HttpResponse:
    """``choose``: a filing agent may go on after choosing another principal. ``own``: name the person's own cases."""
    context = {"said": said, "draft_id": draft_id, "choose": choose, "back": _back(request)}
    if own:
        context |= court_facts(request.arrived) | _own_cases(request, whole_number(request.POST.get("case", "")))
    return render(request, "filing/refused.html", context, status=status)


def _own_cases(request: HttpRequest, case_id: int | None) -> dict[str, object]:
    """Where somebody may file who files in single cases, and how to ask for another one (``case_id``, if it is known)."""
    reader = request.reader
    return {
        "own_cases": queries.own_cases(reader),
        "admissions": queries.admission_events(reader),
        "case_id": "" if case_id is None else case_id,
    }


def _back(request: HttpRequest) -> str:
    return request.path if request.method in ("GET", "HEAD") else "/filing/drafts"


@access.rule(FILING)
@require_GET
def choose_event(request: HttpRequest) -> HttpResponse:
    """The menu of events, by category or by what was typed, and the drafts that wait."""
    typed, category = request.GET.get("q", "").strip()[:100], request.GET.get("category", "")
    menu = request.GET.get("menu", "")
    everything = events.menu(group=request.reader.group, menu=menu)
    found = (
        events.menu(group=request.reader.group, menu=menu, typed=typed, category=category) if typed or category else ()
    )
    case_id = whole_number(request.GET.get("case", ""))
    context = {
        "typed": typed,
        "category": category,
        "menu_name": menu,
        "shelves": everything,
        "found": found,
        "asked": bool(typed or category),
        "drafts": queries.drafts_of(request.reader),
        **_own_cases(request, case_id),
        **court_facts(request.arrived),
    }
    return render(request, "filing/choose.html", context)


@access.rule(FILING)
@require_GET
def list_drafts(request: HttpRequest) -> HttpResponse:
    """Unfinished filings, to go on with or to discard."""
    context = court_facts(request.arrived) | {"drafts": queries.drafts_of(request.reader)}
    context["notice"] = _("Discarded. Nothing of it is on the docket.") if "discarded" in request.GET else ""
    return render(request, "filing/drafts.html", context)


@access.rule(FILING)
@require_POST
@in_words
def start(request: HttpRequest) -> HttpResponse:
    """Begin a filing with the event chosen."""
    draft = drafts.start(
        reader=request.reader,
        event_code=request.POST.get("event", ""),
        case_id=whole_number(request.POST.get("case", "")),
        at=request.arrived,
    )
    return redirect("filing-resume", draft_id=draft.id)


@access.rule(FILING)
@require_http_methods(["GET", "HEAD", "POST"])
@in_words
def resume(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Go on where the draft stopped."""
    draft = queries.draft_for(reader=request.reader, draft_id=draft_id)
    if draft.submitted_at:
        return redirect("filing-done", draft_id=draft.id)
    queries.check_visible(draft, request.reader)
    event = queries.event_of(draft, request.reader)
    queries.require_own_case(request.reader, draft.case_id, event)
    step = rules.first_open(queries.progress_of(draft, event, request.reader))
    return redirect("filing-step", draft_id=draft.id, step=step.key)


@access.rule(FILING)
@takes_files(pages.largest_upload)
@require_http_methods(["GET", "HEAD", "POST"])
@in_words
def page(request: HttpRequest, draft_id: UUID, step: str) -> HttpResponse:
    """One page of a filing."""
    if step == "final" and request.method == "POST":
        return pages.submit(request, draft_id)
    draft = queries.draft_for(reader=request.reader, draft_id=draft_id)
    if draft.submitted_at:
        return redirect("filing-done", draft_id=draft.id)
    queries.check_visible(draft, request.reader)
    event = queries.event_of(draft, request.reader)
    if step != "case":  # where another one is chosen
        queries.require_own_case(request.reader, draft.case_id, event)
    if not rules.may_be_here(step, queries.progress_of(draft, event, request.reader)):
        return redirect("filing-resume", draft_id=draft.id)
    return pages.PAGES[step](request, pages.Place(draft, event, step))


@access.rule(FILING)
@require_http_methods(["GET", "HEAD", "POST"])
@in_words
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Throw a draft away: GET says what is lost and asks, POST does."""
    if request.method == "POST":
        drafts.discard(draft_id=draft_id, reader=request.reader, at=request.arrived)
        return redirect(f"{reverse('filing-drafts')}?discarded")
    draft = queries.draft_for(reader=request.reader, draft_id=draft_id)
    if draft.submitted_at:
        return redirect("filing-done", draft_id=draft.id)
    context = {"draft": queries.row_of(draft, request.reader), "documents": queries.documents_of(draft)}
    return render(request, "filing/discard.html", context)


@access.rule(FILING)
@require_GET
@in_words
def done(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The notice of a filing, and where to go from there."""
    draft = queries.draft_for(reader=request.reader, draft_id=draft_id)
    if draft.entry is None:
        return redirect("filing-resume", draft_id=draft.id)
    queries.check_visible(draft, request.reader)
    notice = draft.entry.notices.order_by("-id").first()
    body = shown(notice.html) if notice else ""
    context = {"draft": draft, "entry": draft.entry, "case": draft.case, "notice_body": body}
    context |= {"fee": fees.fee_of_entry(draft.entry.id), "zone": settings.COURT.zone}
    context["agent_name"] = draft.entry.entered_by if draft.agent_id else ""
    context["principal_name"] = f"{draft.filer.first_name} {draft.filer.last_name}".strip()
    return render(request, "filing/done.html", context)
