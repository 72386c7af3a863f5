"""What a principal enters about an agent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from openecf.court.agents.models import Role
from openecf.court.agents.services import Terms
from openecf.platform.shell.forms import DateInput


class TermsForm(forms.Form):
    """What an agent may do, and when."""

    role = forms.ChoiceField(label=_("Role"))
    may_file = forms.BooleanField(label=_("May file for me"), required=False, initial=True)
    sees_restricted = forms.BooleanField(
        label=_("May see what is closed to others and open to me"),
        required=False,
        help_text=_("Restricted and sealed documents of my cases. Nothing else of the court's opens by it."),
    )
    may_pay = forms.BooleanField(
        label=_("May pay filing fees of my filings on line"), required=False,
        help_text=_("With a card or account that the agent types at the payment service."),
    )  # fmt: skip
    gets_notices = forms.BooleanField(
        label=_("Gets copies of my notices"),
        required=False,
        help_text=_("At the address that the court holds of the agent, each with a free look of its own."),
    )
    starts = forms.DateField(label=_("First day"), widget=DateInput)
    ends = forms.DateField(
        label=_("Last day"), required=False, widget=DateInput, help_text=_("Empty: until one of you ends it.")
    )

    def __init__(self, *args: object, roles: Sequence[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, Role(role).label) for role in roles]

    def terms(self) -> Terms:
        """As the service takes them."""
        names = ("role", "may_file", "sees_restricted", "may_pay", "gets_notices", "starts", "ends")
        return Terms(**{name: self.cleaned_data[name] for name in names})


class AddAgentForm(TermsForm):
    """Who, besides."""

    who = forms.CharField(
        label=_("Court login or PACER account number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    field_order = (
        "who",
        "last_name",
        "role",
        "may_file",
        "sees_restricted",
        "may_pay",
        "gets_notices",
        "starts",
        "ends",
    )

    def __init__(self, *args: object, roles: Sequence[str], today: date, **kwargs: object) -> None:
        super().__init__(*args, roles=roles, **kwargs)
        self.fields["starts"].initial = today
