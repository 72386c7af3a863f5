"""The pages on which the clerk's office edits a case: heading, parties, attorneys, entries, sealing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.conf import settings
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from openecf.court.bench import bench
from openecf.court.cases import edit_forms, history, queries, services
from openecf.court.cases.models import Case, Party, Representation
from openecf.court.docket import queries as docket_queries
from openecf.court.docket import services as docket
from openecf.court.people import access
from openecf.court.people import queries as people
from openecf.kernel.days import legal_day
from openecf.kernel.refusal import Refusal
from openecf.kernel.restriction import Restriction
from openecf.platform.access import rule
from openecf.platform.web import whole_number

MOST_PAGES = 100_000
PARTY_COLUMNS = ("name", "type", "lines", "terminated")
ATTORNEY_COLUMNS = ("name", "contact", "email", "roles", "terminated")
Save = Callable[[edit_forms.EditForm], object]


def _case(request: HttpRequest, case_id: int) -> Case:
    try:
        return queries.case_for(reader=request.reader, case_id=case_id)
    except queries.NoSuchCase:
        raise Http404 from None


def _party(case: Case, party_id: int) -> Party:
    return get_object_or_404(Party, case=case, id=party_id)


def _back(case_id: int, said: str) -> HttpResponse:
    return redirect(f"/cases/{case_id}/edit?did={said}")


DID = {
    "saved": lambda: _("Saved."),
    "added": lambda: _("Added."),
    "closed": lambda: _("The case is closed."),
    "reopened": lambda: _("The case is reopened."),
    "restricted": lambda: _("Who may see the case is changed."),
    "corrected": lambda: _("The entry is corrected; what it said before stays on record."),
    "entry-restricted": lambda: _("The entry's levels are changed; pages, notices and the store follow them."),
    "struck": lambda: _("The entry is struck; its number stays taken."),
}


@rule(access.CLERK)
def find(request: HttpRequest) -> HttpResponse:
    """Which case to edit."""
    form = edit_forms.NumberForm(request.GET or None)
    found = queries.matching(typed=form.cleaned_data["number"], reader=request.reader) if form.is_valid() else None
    if found is not None and len(found) == 1:
        return redirect("edit-case", case_id=found[0].id)
    return render(request, "cases/edit_find.html", {"form": form, "found": found})


@rule(access.CLERK)
def overview(request: HttpRequest, case_id: int) -> HttpResponse:
    """Everything of a case that can be edited."""
    case = _case(request, case_id)
    said = DID.get(request.GET.get("did", ""))
    context = {
        "case": case,
        "number": queries.heading_number(case),
        "parties": case.parties.prefetch_related("representations").order_by("position", "id"),
        "sealed": case.restriction > 0,
        "notice": said() if said else "",
        "changes": history.last_changes(case_id),
        "zone": settings.COURT.zone,
        "free_lines": docket_queries.has_free_lines(case_id),
    }
    return render(request, "cases/edit_overview.html", context)


@rule(access.CLERK)
def heading(request: HttpRequest, case_id: int) -> HttpResponse:
    """Edit what the docket's heading says."""
    case = _case(request, case_id)

    def save(form: edit_forms.EditForm) -> object:
        return services.edit_case(
            case_id=case_id, changes=form.changes, version=form.version_seen, at=request.arrived, by=request.reader.ref
        )

    return _edit(request, case, case, bench().case.heading_fields, save, title=_("Edit the heading"))


@rule(access.CLERK)
def party(request: HttpRequest, case_id: int, party_id: int) -> HttpResponse:
    """Edit a party."""
    case = _case(request, case_id)
    row = _party(case, party_id)

    def save(form: edit_forms.EditForm) -> object:
        return services.edit_party(
            party_id=party_id,
            changes=form.changes,
            version=form.version_seen,
            at=request.arrived,
            by=request.reader.ref,
        )

    return _edit(request, case, row, PARTY_COLUMNS, save, title=_("Edit a party"))


@rule(access.CLERK)
def attorney(request: HttpRequest, case_id: int, representation_id: int) -> HttpResponse:
    """Edit an attorney's appearance."""
    case = _case(request, case_id)
    row = get_object_or_404(Representation, party__case=case, id=representation_id)

    def save(form: edit_forms.EditForm) -> object:
        return services.edit_representation(
            representation_id=representation_id,
            changes=form.changes,
            version=form.version_seen,
            at=request.arrived,
            by=request.reader.ref,
        )

    return _edit(request, case, row, ATTORNEY_COLUMNS, save, title=_("Edit an attorney"))


def _edit(
    request: HttpRequest, case: Case, row: Model, columns: Sequence[str], save: Save, *, title: str
) -> HttpResponse:
    """Show the form, or save it; a collision is shown with both values, and saving again decides it."""
    types, conflict = bench().case.party_types, None
    initial = {column: getattr(row, column) for column in columns} | {"version": case.version}
    form = edit_forms.EditForm(type(row), columns, request.POST or None, initial=initial, types=types)
    if form.is_valid():
        try:
            save(form)
        except services.EditConflict as collided:
            conflict = collided
            mine = edit_forms.shown(collided.values, collided.version)
            form = edit_forms.EditForm(type(row), columns, mine, types=types)
        else:
            return _back(case.id, "saved")
    both = [
        (edit_forms.LABELS[each.field], _words(each.now), _words(each.wanted))
        for each in (conflict.collisions if conflict else ())
    ]
    context = {"case": case, "title": title, "form": form, "conflict": conflict, "both": both}
    return render(request, "cases/edit_row.html", context, status=409 if conflict else 200)


def _words(value: object) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


@rule(access.CLERK)
def new_party(request: HttpRequest, case_id: int) -> HttpResponse:
    """Put a party into the case."""
    case = _case(request, case_id)
    columns, types = ("name", "type", "lines"), bench().case.party_types
    initial = {"version": case.version}
    form = edit_forms.EditForm(Party, columns, request.POST or None, initial=initial, types=types)
    if form.is_valid():
        services.add_party(case_id=case_id, at=request.arrived, by=request.reader.ref, **form.changes)
        return _back(case_id, "added")
    return render(request, "cases/edit_row.html", {"case": case, "title": _("Add a party"), "form": form})


@rule(access.CLERK)
def new_attorney(request: HttpRequest, case_id: int, party_id: int) -> HttpResponse:
    """Let an attorney with an account of this court appear for a party."""
    case = _case(request, case_id)
    row = _party(case, party_id)
    form = edit_forms.AttorneyForm(request.POST or None)
    if form.is_valid():
        user = people.user_called(form.cleaned_data["login"])
        if user is None:
            form.add_error("login", _("This court has no active account with that login."))
        else:
            services.appear(
                case=case,
                user=user,
                party_ids=[row.id],
                roles=form.cleaned_data["roles"],
                at=request.arrived,
                by=request.reader.ref,
            )
            return _back(case_id, "added")
    title = _("Add an attorney for %(party)s") % {"party": row.name}
    return render(request, "cases/edit_row.html", {"case": case, "title": title, "form": form})


@rule(access.CLERK)
def status(request: HttpRequest, case_id: int) -> HttpResponse:
    """Close or reopen the case as of today."""
    case = _case(request, case_id)
    if request.method != "POST":
        return redirect("edit-case", case_id=case_id)
    today = legal_day(request.arrived, settings.COURT.zone)
    if request.POST.get("to") == "closed":
        services.close_case(case_id=case.id, on=today, at=request.arrived, by=request.reader.ref)
        return _back(case_id, "closed")
    services.reopen_case(case_id=case.id, on=today, at=request.arrived, by=request.reader.ref)
    return _back(case_id, "reopened")


@rule(access.CLERK)
def restriction(request: HttpRequest, case_id: int) -> HttpResponse:
    """Seal the case, or open it again."""
    case = _case(request, case_id)
    form = edit_forms.RestrictionForm(request.POST or None, initial={"level": case.restriction})
    if form.is_valid():
        services.set_restriction(
            case_id=case_id,
            level=Restriction.of(form.cleaned_data["level"]),
            reason=form.cleaned_data["reason"],
            at=request.arrived,
            by=request.reader.ref,
        )
        return _back(case_id, "restricted")
    return render(request, "cases/edit_row.html", {"case": case, "title": _("Who may see the case"), "form": form})


@rule(access.CLERK)
def free_lines(request: HttpRequest, case_id: int) -> HttpResponse:
    """What the docket that the case was imported from said and no column here holds, page by page."""
    case = _case(request, case_id)
    page = min(whole_number(request.GET.get("page", "")) or 1, MOST_PAGES)
    lines, more = docket_queries.free_lines_for(request.reader, case_id=case_id, page=page)
    context = {
        "case": case, "number": queries.heading_number(case), "lines": lines, "page": page, "before": page - 1,
        "next": page + 1 if more else 0,
    }  # fmt: skip
    return render(request, "cases/free_lines.html", context)


@rule(access.CLERK)
def free_line(request: HttpRequest, case_id: int, line_id: int) -> HttpResponse:
    """One of these, whole, as text."""
    _case(request, case_id)
    line = docket_queries.free_line_for(request.reader, case_id=case_id, line_id=line_id)
    if line is None:
        raise Http404
    return HttpResponse(line.said, content_type="text/plain; charset=utf-8")


@rule(access.CLERK)
def entries(request: HttpRequest, case_id: int) -> HttpResponse:
    """The docket's entries, newest first, page by page, to choose one to correct."""
    case = _case(request, case_id)
    typed, page = request.GET.get("q", "")[:120], min(whole_number(request.GET.get("page", "")) or 1, MOST_PAGES)
    rows, more = docket_queries.entries_for(request.reader, case_id=case_id, typed=typed, page=page)
    context = {
        "case": case, "number": queries.heading_number(case), "rows": rows, "typed": typed, "page": page,
        "newer": page - 1, "older": page + 1 if more else 0,
    }  # fmt: skip
    return render(request, "cases/edit_entries.html", context)


@rule(access.CLERK)
def entry(request: HttpRequest, case_id: int, seq: int) -> HttpResponse:
    """Correct the words of an entry, or strike it."""
    case = _case(request, case_id)
    row = docket_queries.entry_for(request.reader, case_id=case_id, seq=seq)
    if row is None:
        raise Http404
    initial = {"text": row.text, "version": docket.version_of(row)}
    form = edit_forms.EntryForm(request.POST or None, initial=initial)
    if form.is_valid():
        typed = form.cleaned_data
        facts = {
            "reason": typed["reason"],
            "version": typed["version"],
            "by": request.reader.ref,
            "at": request.arrived,
        }
        try:
            if "strike" in request.POST:
                docket.strike_entry(entry_id=row.id, **facts)
                return _back(case_id, "struck")
            docket.correct_entry(entry_id=row.id, text=typed["text"], **facts)
            return _back(case_id, "corrected")
        except Refusal as refusal:
            form.add_error(None, refusal.said)
    lines, _more = docket_queries.free_lines_for(request.reader, case_id=case_id, entry_id=row.id)
    made = list(row.revisions.order_by("-id"))
    names = people.all_named({one.by for one in made})
    context = {
        "case": case,
        "entry": row,
        "form": form,
        "revisions": [(one, names[one.by]) for one in made],
        "lines": lines,
        "zone": settings.COURT.zone,
    }
    return render(request, "cases/edit_entry.html", context)


@rule(access.CLERK)
def entry_restriction(request: HttpRequest, case_id: int, seq: int) -> HttpResponse:
    """Seal an entry or documents of it, or open them again."""
    case = _case(request, case_id)
    row = docket_queries.entry_for(request.reader, case_id=case_id, seq=seq)
    if row is None:
        raise Http404
    parts = [
        (one.part, one.description or (one.filename if one.part else _("Main document")), one.restriction)
        for one in row.documents.order_by("part")
    ]
    initial = {"level": row.restriction, "version": docket.version_of(row)}
    form = edit_forms.EntryRestrictionForm(request.POST or None, initial=initial, parts=parts)
    if form.is_valid():
        try:
            docket.restrict_entry(
                entry_id=row.id,
                level=form.cleaned_data["level"],
                parts=form.levels_of_parts(),
                reason=form.cleaned_data["reason"],
                version=form.cleaned_data["version"],
                by=request.reader,
                at=request.arrived,
            )
            return _back(case_id, "entry-restricted")
        except Refusal as refusal:
            form.add_error(None, refusal.said)
    context = {"case": case, "entry": row, "form": form}
    return render(request, "cases/edit_entry_restriction.html", context)
