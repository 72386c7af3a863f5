"""What people and programs fill in to get a docket report, in the words of both kinds of trial courts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from openecf.court.docket.rules import Selection
from openecf.court.documents.rules import NO_HEADER
from openecf.court.report_pages import BadSelection, days

FIRST_DAY = date(1960, 1, 1)
"""What programs send for "from the beginning"."""

SORTS = {
    "oldest date first": "oldest",
    "most recent date first": "newest",
    "document number": "number",
    "document number ascending": "number",
    "document number descending": "-number",
}
NUMBERS_REVERSED = gettext_noop("The starting document number must be less than or equal to the ending document number")


def number(written: str) -> int | None:
    """A document number of a range; None for an empty field."""
    written = written.strip()
    if not written:
        return None
    if not re.fullmatch(r"[0-9]{1,15}", written):
        raise BadSelection(gettext("“%(typed)s” is not a document number.") % {"typed": written[:20]})
    return int(written)


def _on(data: QueryDict, name: str) -> bool:
    return data.get(name, "").lower() in ("on", "1", "y", "yes", "true")


def selection_of(data: QueryDict) -> Selection:
    """The selection that was posted. BadSelection with the courts' own words when it is none."""
    since, until = days(data.get("date_from", ""), data.get("date_to", ""))
    first, last = number(data.get("documents_numbered_from_", "")), number(data.get("documents_numbered_to_", ""))
    if first is not None and last is not None and first > last:
        raise BadSelection(NUMBERS_REVERSED)
    by = data.get("date_range_type") or data.get("date_type") or "Filed"
    return Selection(
        by_entered=by.lower() == "entered",
        date_from=since if since and since > FIRST_DAY else None,
        date_to=until,
        number_from=first,
        number_to=last,
        parties=_on(data, "list_of_parties_and_counsel"),
        terminated_parties=_on(data, "terminated_parties"),
        member_cases=_on(data, "list_of_member_cases"),
        multiple=_on(data, "view_multi_docs"),
        as_filed=data.get("pdf_header") == NO_HEADER,
        notices=_on(data, "nef_links"),
        sort=SORTS.get(data.get("sort1", "").lower(), "oldest"),
    )


_SHELVES = (
    (
        _("Which entries"),
        ("date_range_type", "date_from", "date_to", "documents_numbered_from_", "documents_numbered_to_", "defendants"),
    ),
    (
        _("What the sheet shows"),
        ("list_of_parties_and_counsel", "terminated_parties", "list_of_member_cases", "nef_links"),
    ),
    (_("In what form"), ("sort1", "output_format", "pdf_header", "view_multi_docs")),
)


class DocketForm(forms.Form):
    """The page on which people choose what a docket report shows."""

    use_required_attribute = False
    date_range_type = forms.ChoiceField(
        label=_("Dates"),
        choices=[("Filed", _("Filed")), ("Entered", _("Entered"))],
        initial="Filed",
        widget=forms.RadioSelect,
    )
    date_from = forms.CharField(
        label=_("From"), required=False, max_length=10, help_text=_("mm/dd/yyyy; empty: from the beginning")
    )
    date_to = forms.CharField(
        label=_("To"), required=False, max_length=10, help_text=_("mm/dd/yyyy; empty: until today")
    )
    documents_numbered_from_ = forms.CharField(label=_("Documents numbered from"), required=False, max_length=10)
    documents_numbered_to_ = forms.CharField(label=_("Documents numbered to"), required=False, max_length=10)
    list_of_parties_and_counsel = forms.BooleanField(label=_("Parties and counsel"), required=False, initial=True)
    terminated_parties = forms.BooleanField(label=_("Terminated parties"), required=False, initial=True)
    list_of_member_cases = forms.BooleanField(label=_("List of member cases"), required=False)
    defendants = forms.MultipleChoiceField(
        label=_("Only these defendants"),
        required=False,
        help_text=_("Empty: all. Entries whose text names others alone are left out."),
        widget=forms.CheckboxSelectMultiple,
    )
    nef_links = forms.BooleanField(
        label=_("Links to Notices of Electronic Filing"),
        required=False,
        help_text=_("Of filings that you made, or were told of."),
    )
    view_multi_docs = forms.BooleanField(label=_("Choose several documents at once"), required=False)
    pdf_header = forms.ChoiceField(
        label=_("Documents"),
        choices=[
            ("1", _("With the court's line at the top of each page")),
            (NO_HEADER, _("Exactly as filed")),
        ],
        initial="1",
        widget=forms.RadioSelect,
    )
    sort1 = forms.ChoiceField(
        label=_("Order"),
        choices=[
            ("oldest date first", _("Oldest date first")),
            ("most recent date first", _("Most recent date first")),
            ("document number", _("Document number")),
        ],
    )
    output_format = forms.ChoiceField(
        label=_("The sheet is"),
        choices=[("html", _("A page (HTML)")), ("pdf", _("A PDF to keep or print"))],
        initial="html",
        widget=forms.RadioSelect,
    )

    def __init__(self, *, notices: bool, charged: Mapping[int, str]) -> None:
        """``notices``: the reader may be somebody whom notices are shown to. ``charged``: a criminal case's defendants."""
        super().__init__(auto_id="%s")
        if len(charged) > 1:
            self.fields["defendants"].choices = list(charged.items())
        else:
            del self.fields["defendants"]
        if not notices:
            del self.fields["nef_links"]

    @property
    def shelves(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields by what they decide, and what that is."""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in _SHELVES]


class HistoryForm(forms.Form):
    """The page on which people choose what a history report shows."""

    QueryType = forms.ChoiceField(
        label=_("Show"),
        choices=[("History", _("All events")), ("Documents", _("Only events with documents"))],
        initial="History",
        widget=forms.RadioSelect,
    )
    sort1 = forms.ChoiceField(label=_("Order"), choices=[("asc", _("Oldest first")), ("desc", _("Newest first"))])
    DisplayDktText = forms.BooleanField(label=_("Show docket text"), required=False)
