"""What the clerk's office writes to the people who file here."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from openecf.court.people import queries as people
from openecf.court.people.rules import COURT_GROUPS


class AnnouncementForm(forms.Form):
    """An announcement. Without a group it goes to everybody who files here."""

    title = forms.CharField(
        label=_("Title"), max_length=150, help_text=_("The subject of the mail, after the court's name.")
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "Plain text; an empty line begins a new paragraph. Nothing that is sealed, and no case of a person."
        ),
    )
    groups = forms.MultipleChoiceField(
        label=_("To whom"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: to everybody who files here."),
    )
    urgent = forms.BooleanField(
        label=_("Urgent"),
        required=False,
        help_text=_(
            "Reaches those as well who want no announcements. For emergencies: filing is down, a deadline moved."
        ),
    )

    def __init__(self, data: Mapping | None = None) -> None:
        super().__init__(data)
        names = people.group_names()
        self.fields["groups"].choices = [(group, name) for group, name in names.items() if group not in COURT_GROUPS]
