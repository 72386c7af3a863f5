"""What firms and their people fill in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from openecf.central.billing import rules
from openecf.kernel import client_codes


class InviteForm(forms.Form):
    number = forms.RegexField(
        label=_("Account number"), regex=r"^\s*[0-9]{7}\s*$", help_text=_("7 digits, as Manage My Account shows it"),
        error_messages={"invalid": _("An account number has 7 digits.")},
    )  # fmt: skip
    last_name = forms.CharField(label=_("Last name of its owner"), max_length=120)


class RemarkForm(forms.Form):
    remark = forms.CharField(label=_("Remark"), max_length=300, help_text=_("Both sides get it by mail."))


class CostCentreForm(forms.Form):
    cost_centre = forms.CharField(label=_("Cost center"), max_length=40, required=False)


class RulesForm(forms.Form):
    code_required = forms.BooleanField(label=_("Members must give a client code to search"), required=False)
    code_format = forms.CharField(
        label=_("Format of client codes"), max_length=client_codes.LONGEST, required=False,
        help_text=_("A stands for a letter, 9 for a digit, anything else for itself: AA-9999. Empty: any code."),
    )  # fmt: skip

    receipts_hidden = forms.BooleanField(
        label=_("Courts show members no transaction receipts"), required=False,
        help_text=_("Every page is charged as before. Before a document is charged, its price is still shown."),
    )  # fmt: skip

    def clean_code_format(self) -> str:
        pattern = self.cleaned_data["code_format"]
        if not client_codes.is_format(pattern):
            raise forms.ValidationError(_("A client code has no space and no comma, and at most 32 characters."))
        return pattern


class QuarterForm(forms.Form):
    """Which quarter a report is of."""

    quarter = forms.ChoiceField(label=_("Quarter"), required=False)

    def __init__(self, *args: object, quarters: Sequence[tuple[date, date]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.quarters = {rules.quarter_name(since): (since, until) for since, until in quarters}
        self.fields["quarter"].choices = [  # type: ignore[attr-defined]
            (name, f"{date_format(since, 'M')} – {date_format(until, 'M Y')}")
            for name, (since, until) in self.quarters.items()
        ]

    def days(self) -> tuple[date, date]:
        """First and last day of the chosen quarter; of the running one if none was chosen. Only of a valid form."""
        return self.quarters[self.cleaned_data["quarter"] or next(iter(self.quarters))]
