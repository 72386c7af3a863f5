"""What people fill in to find a case."""

from __future__ import annotations

from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from openecf.court.report_pages import days

Days = tuple[date | None, date | None]


class QueryForm(forms.Form):
    """The query page."""

    use_required_attribute = False
    case_num = forms.CharField(label=_("Case number"), required=False, max_length=40)
    last_name = forms.CharField(
        label=_("Last or business name"), required=False, max_length=80, help_text=_("Two letters at least.")
    )
    first_name = forms.CharField(label=_("First name"), required=False, max_length=40)
    middle_name = forms.CharField(label=_("Middle name"), required=False, max_length=40)
    Qry_filed_from = forms.CharField(label=_("Filed from"), required=False, max_length=10, help_text=_("mm/dd/yyyy"))
    Qry_filed_to = forms.CharField(label=_("Filed to"), required=False, max_length=10, help_text=_("mm/dd/yyyy"))
    lastentry_from = forms.CharField(
        label=_("Last entry from"), required=False, max_length=10, help_text=_("mm/dd/yyyy")
    )
    lastentry_to = forms.CharField(label=_("Last entry to"), required=False, max_length=10, help_text=_("mm/dd/yyyy"))
    case_status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Open and closed")), ("open", _("Open")), ("closed", _("Closed"))],
    )


def asked_days(data: QueryDict) -> tuple[Days, Days]:
    """The days filed and the days of last entry that a query asks for. BadSelection when a range is none."""
    ranges = []
    for names in (
        ("Qry_filed_from", "filed_from", "Qry_filed_to", "filed_to"),
        ("lastentry_from", "", "lastentry_to", ""),
    ):
        first, last = data.get(names[0]) or data.get(names[1], ""), data.get(names[2]) or data.get(names[3], "")
        ranges.append(days(first, last))
    return ranges[0], ranges[1]
