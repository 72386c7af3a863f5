"""The pages of a filing, one function each: read the request, make one call, write the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django import forms as django_forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openecf.court.cases import queries as cases
from openecf.court.documents.rules import size_text
from openecf.court.events.rules import Event
from openecf.court.fees import queries as fees
from openecf.court.filing import drafts, forms, queries, rules, services
from openecf.court.filing.models import Draft
from openecf.court.transition import queries as transition
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.kernel.restriction import Restriction
from openecf.platform.web import whole_number

ROWS_OF_ATTACHMENTS = 3
MEGABYTE = 1_000_000
MOST_VERSIONS, MOST_PARTS = 2_000_000_000, 32_000
MOST_SHOWN = 200


def largest_upload() -> int:
    """How many bytes one page of documents may bring: the main document and a row of attachments, each at its limit."""
    return (1 + ROWS_OF_ATTACHMENTS) * transition.profile().pdf_megabytes * MEGABYTE + MEGABYTE


@dataclass(frozen=True)
class Place:
    """Where in which filing a request is."""

    draft: Draft
    event: Event
    step: str

    def answer(self) -> dict:
        """What the draft holds for this page."""
        return self.draft.answers.get(self.step, {})


def show(request: HttpRequest, draft: Draft, step: str, *, said: str = "") -> HttpResponse:
    """A page of a draft, with words at its top. Used when something turned out to be missing."""
    place = Place(draft, queries.event_of(draft, request.reader), step)
    request.method = "GET"
    return PAGES[step](request, place, said=said)


def _render(
    request: HttpRequest, place: Place, *, said: str = "", status: int = 200, **context: object
) -> HttpResponse:
    progress = queries.progress_of(place.draft, place.event, request.reader)
    steps = rules.flow(progress)
    before = rules.before(place.step, progress)
    context |= {
        "draft": place.draft,
        "event": place.event,
        "step": place.step,
        "step_title": rules.BY_KEY[place.step].title,
        "case": place.draft.case,
        "fee": _fee(request, place) if place.step in ("case", "final") else None,
        "said": said,
        "back": before.key if before else "",
        "version": place.draft.version,
        "steps": [
            {
                "key": step.key,
                "title": step.title,
                "here": step.key == place.step,
                "done": step.key != place.step and progress.has(step.key),
                "open": step.key != place.step and rules.may_be_here(step.key, progress),
            }
            for step in steps
        ],
    }
    return render(request, f"filing/{place.step}.html", context, status=409 if said and status == 200 else status)


def _version(request: HttpRequest) -> int:
    typed = whole_number(request.POST.get("version", ""))
    return -1 if typed is None or typed > MOST_VERSIONS else typed


def _keep(request: HttpRequest, place: Place, form: django_forms.Form, said: dict, **context: object) -> HttpResponse:
    """Save a page's answers and go on; when another window was faster, show the page with what was typed."""
    try:
        drafts.answer(draft=place.draft, step=place.step, said=said, version=_version(request), at=request.arrived)
    except drafts.DraftChanged as refusal:
        place.draft.refresh_from_db()
        return _render(request, place, said=refusal.said, form=form, **context)
    return _go_on(request, place)


def _go_on(request: HttpRequest, place: Place) -> HttpResponse:
    progress = queries.progress_of(place.draft, place.event, request.reader)
    return redirect("filing-step", draft_id=place.draft.id, step=rules.after(place.step, progress).key)


def case_page(request: HttpRequest, place: Place, *, said: str = "") -> HttpResponse:
    """The case number; several cases that fit are shown to choose from."""
    draft = place.draft
    start = draft.case.number if draft.case else queries.last_case_number(request.reader)
    form = forms.CaseForm(request.POST or None, initial={"number": start})
    matches: list = []
    chosen = whole_number(request.POST.get("case_id", ""))
    if request.method == "POST" and (chosen is not None or form.is_valid()):
        if chosen is None:
            matches = cases.matching(typed=form.cleaned_data["number"], reader=request.reader)
            chosen = matches[0].id if len(matches) == 1 and not matches[0].terminated else None
            if not matches:
                form.add_error("number", _("Case not found. Look at the number on the docket and write it again."))
        if chosen is not None:
            try:
                drafts.choose_case(
                    draft=draft, reader=request.reader, event=place.event, case_id=chosen,
                    version=_version(request), at=request.arrived,
                )  # fmt: skip
                return _go_on(request, place)
            except Refusal as refusal:
                if isinstance(refusal, drafts.AlreadyFiled):
                    raise
                form.is_valid()
                draft.refresh_from_db()
                said = refusal.said
                matches = [] if isinstance(refusal, queries.NotYourCase) else matches
    elsewhere = queries.moves_for_admission(request.reader, place.event)
    own = [] if matches or elsewhere else queries.own_cases(request.reader)
    return _render(request, place, said=said, form=form, matches=matches, own_cases=own)


def parties_page(request: HttpRequest, place: Place, *, said: str = "") -> HttpResponse:
    """Who files; against whom."""
    event, own = place.event, queries.own_parties(place.draft, place.event, request.reader)
    form = forms.PartiesForm(
        request.POST or None, initial=place.answer(), event=event, parties=queries.open_parties(place.draft), own=own,
        roles=queries.party_roles(), only_own=request.reader.files_for_oneself,
    )  # fmt: skip
    if event.spoken_for and not own:
        return _render(request, place, said=queries.not_spoken_for(event), form=form)
    if request.method == "POST" and form.is_valid():
        return _keep(request, place, form, {key: value for key, value in form.cleaned_data.items() if value})
    return _render(request, place, said=said, form=form)


def association_page(request: HttpRequest, place: Place, *, said: str = "") -> HttpResponse:
    """Becoming counsel of the parties that the filing is for."""
    parties = queries.not_yet_counsel(place.draft, request.reader, place.event)
    form = forms.AssociationForm(
        request.POST or None, initial=place.answer(), parties=parties, must=place.event.appears
    )
    if request.method == "POST" and form.is_valid():
        return _keep(request, place, form, dict(form.cleaned_data))
    return _render(request, place, said=said, form=form)


def documents_page(request: HttpRequest, place: Place, *, said: str = "") -> HttpResponse:
    """The main PDF and its attachments. A file that is refused takes no other with it."""
    draft, problems = place.draft, []
    if request.method == "POST":
        if (part := whole_number(request.POST.get("remove", ""))) is not None:
            drafts.remove_document(draft=draft, part=min(part, MOST_PARTS), at=request.arrived)
            return redirect("filing-step", draft_id=draft.id, step="documents")
        problems = _take_files(request, place)
        if request.POST.get("go") == "on" and not problems:
            if place.event.document != "required" or _has_main(draft):
                if not place.answer():
                    drafts.answer(
                        draft=draft, step="documents", said={"done": True}, version=draft.version, at=request.arrived
                    )
                return _go_on(request, place)
            problems.append((_("Main document"), _("Choose the PDF that you file.")))
        elif not problems:
            return redirect("filing-step", draft_id=draft.id, step="documents")
    documents = queries.documents_of(draft)
    rows = [
        {
            "part": row.part,
            "name": queries.name_of_part(row),
            "filename": row.filename,
            "size": size_text(row.bytes),
            "pages": row.pages,
        }
        for row in documents
    ]
    profile = transition.profile()
    return _render(
        request, place, said=said, documents=rows, problems=problems, categories=forms.CATEGORIES[1:],
        has_main=_has_main(draft), total=size_text(sum(row.bytes for row in documents)),
        limit=profile.pdf_megabytes, profile=profile, new_rows=range(1, ROWS_OF_ATTACHMENTS + 1),
        status=422 if problems else 200,
    )  # fmt: skip


def _has_main(draft: Draft) -> bool:
    return any(row.part == 0 for row in queries.documents_of(draft))


def _take_files(request: HttpRequest, place: Place) -> list[tuple[str, str]]:
    """Check and keep each file of the form; what was wrong with which. The last one that is right may end the page."""
    names = [("main", 0)] + [(f"attachment_{n}", None) for n in range(1, ROWS_OF_ATTACHMENTS + 1)]
    wanted = [(name, part, request.FILES[name]) for name, part in names if name in request.FILES]
    draft, problems = place.draft, []
    for place_in_form, (name, part, file) in enumerate(wanted, 1):
        category, description = request.POST.get(f"{name}_category", ""), request.POST.get(f"{name}_description", "")
        if part is None and not (category.strip() or description.strip()):
            problems.append((file.name, _("Choose a category for the attachment, or describe it.")))
            continue
        try:
            drafts.add_document(
                draft=draft, part=part, file=file, filename=file.name, category=category.strip(),
                description=" ".join(description.split()), at=request.arrived,
                last=place_in_form == len(wanted) and not problems and _would_go_on(request, place, part),
            )  # fmt: skip
        except Refusal as refusal:
            if isinstance(refusal, drafts.AlreadyFiled | queries.NoSuchDraft):
                raise
            problems.append((file.name, str(refusal.said)))
    return problems


def _would_go_on(request: HttpRequest, place: Place, part: int | None) -> bool:
    """Whether the page is done once a document is kept as ``part``."""
    if request.POST.get("go") != "on":
        return False
    return place.event.document != "required" or part == 0 or _has_main(place.draft)


def related_page(request: HttpRequest, place: Place, *, said: str = "") -> HttpResponse:
    """Which entries the filing refers to; for an order, what becomes of each."""
    draft, event = place.draft, place.event
    offered = queries.candidates(case_id=draft.case_id, reader=request.reader, event=event)
    chosen = [int(each) for each in place.answer().get("entries", [])]
    outcomes = dict(place.answer().get("outcomes", {}))
    typed = request.POST.get("filter", "").strip()
    if request.method == "POST":
        before = {whole_number(each) for each in request.POST.getlist("shown")}
        ticked = {whole_number(each) for each in request.POST.getlist("entries")} - {None}
        known = {each.id for each in offered}
        chosen = sorted(((set(chosen) - before) | ticked) & known)
        outcomes |= {str(each): request.POST.get(f"outcome_{each}", "") for each in ticked}
        outcomes = {str(each): outcomes.get(str(each), "") for each in chosen} if event.rules_on else {}
        if request.POST.get("go") == "on":
            said = _wrong_with_related(event, chosen, outcomes)
            if not said:
                answer = {"entries": chosen, "outcomes": outcomes}
                try:
                    drafts.answer(
                        draft=draft, step="related", said=answer, version=_version(request), at=request.arrived
                    )
                    return _go_on(request, place)
                except drafts.DraftChanged as refusal:
                    draft.refresh_from_db()
                    said = refusal.said
    # What is ticked stays on the page whatever the filter says, so that nothing is chosen unseen.
    found = [each for each in offered if each.id in chosen] + [
        each for each in rules.filtered(offered, typed) if each.id not in chosen
    ]
    rows = [
        {
            "id": each.id, "number": each.number, "day": each.day, "text": each.text,
            "ticked": each.id in chosen, "outcome": outcomes.get(str(each.id), ""),
        }
        for each in found[:MOST_SHOWN]
    ]  # fmt: skip
    return _render(
        request, place, said=said, rows=rows, typed=typed, more=max(0, len(found) - MOST_SHOWN), outcomes=event.rules_on,
        status=422 if said and request.method == "POST" else 200,
    )  # fmt: skip


def _wrong_with_related(event: Event, chosen: list[int], outcomes: dict[str, str]) -> str:
    if event.related and event.related.need == "required" and not chosen:
        return _("Tick at least one entry.")
    if event.rules_on and any(outcomes.get(str(each)) not in event.rules_on for each in chosen):
        return _("Say for each entry that you ticked how it is decided.")
    return ""


def details_page(request: HttpRequest, place: Place, *, said: str = "") -> HttpResponse:
    """The event's own questions."""
    today = legal_day(request.arrived, settings.COURT.zone)
    initial = dict(place.answer())
    if not initial:
        assigned = str(place.draft.case.assigned_to_id or "")
        initial = {"judge": queries.own_judge(request.reader) or assigned, "signed_on": today, "held_on": today}
    form = forms.DetailsForm(
        request.POST or None, initial=initial, event=place.event, judges=queries.judges(), today=today,
        by_court=request.reader.is_court,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        return _keep(request, place, form, form.said())
    return _render(request, place, said=said, form=form)


def text_page(request: HttpRequest, place: Place, *, said: str = "") -> HttpResponse:
    """Prefix and free words."""
    form = forms.TextForm(request.POST or None, initial=place.answer(), event=place.event)
    if request.method == "POST" and form.is_valid():
        return _keep(request, place, form, {key: value for key, value in form.cleaned_data.items() if value})
    preview = rules.docket_text(queries.text_facts(place.draft, place.event, request.reader, request.arrived))
    return _render(request, place, said=said, form=form, preview=preview)


def submit(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The submission. It looks at everything itself, so nothing of the draft is read before it."""
    try:
        services.submit(
            draft_id=draft_id,
            reader=request.reader,
            at=request.arrived,
            fresh=_fresh(request),
            version=_version(request),
        )
    except (services.SignOnNotFresh, drafts.DraftChanged, drafts.StoreFailed) as refusal:
        draft = queries.draft_for(reader=request.reader, draft_id=draft_id)
        queries.check_visible(draft, request.reader)
        return show(request, draft, "final", said=str(refusal.said))
    return redirect("filing-done", draft_id=draft_id)


def final_page(request: HttpRequest, place: Place, *, said: str = "") -> HttpResponse:
    """The text as it will stand on the docket, the warning, and the submission."""
    draft = place.draft
    text = rules.docket_text(queries.text_facts(draft, place.event, request.reader, request.arrived))
    level = queries.restriction_of(draft, place.event)
    documents = [
        {
            "part": row.part,
            "name": queries.name_of_part(row) or row.filename,
            "filename": row.filename,
            "size": size_text(row.bytes),
            "pages": row.pages,
        }
        for row in queries.documents_of(draft)
    ]
    return _render(
        request, place, said=said, text=text, documents=documents,
        level=forms.LEVELS[Restriction.of(level)] if level else "",
    )  # fmt: skip


def _fee(request: HttpRequest, place: Place) -> Money | None:
    """What the filing costs its filer, shown before it is charged; None: nothing."""
    if request.reader.is_court:
        return None
    today = legal_day(request.arrived, settings.COURT.zone)
    cents = fees.rules_here().cents_for(place.event.code, group=request.reader.group, on=today)
    return Money(cents) if cents else None


def _fresh(request: HttpRequest) -> bool:
    """Whether the central site confirmed the sign-on lately enough to file."""
    return bool(getattr(getattr(request, "signed_on", None), "fresh", True))


PAGES: dict[str, Callable[..., HttpResponse]] = {
    "case": case_page,
    "parties": parties_page,
    "association": association_page,
    "documents": documents_page,
    "related": related_page,
    "details": details_page,
    "text": text_page,
    "final": final_page,
}
