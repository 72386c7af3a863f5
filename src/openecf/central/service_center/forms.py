"""What the Service Center's staff and its callers type."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from openecf.central.service_center.models import Verification

How = Verification.How
FACTS = (
    ("name", _("full name, with middle name")),
    ("birth-date", _("date of birth")),
    ("address", _("postal address")),
    ("phone", _("telephone number")),
    ("number", _("account number")),
    ("courts", _("the courts where the account is linked")),
    ("statement", _("amount or date of the last statement")),
)
"""What an agent may ask for. None of it is a secret, hence three of them allow little."""


def reason_field() -> forms.Field:
    return forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("What the caller told, or the ticket's number. It is kept in the record of this account."),
        error_messages={"required": _("Say why this is done.")},
    )  # fmt: skip


class VerifyForm(forms.Form):
    """How the agent made sure with whom they speak."""

    how = forms.ChoiceField(
        label=_("How did you make sure?"), widget=forms.RadioSelect,
        choices=[(way.value, way.label) for way in How if way != How.MAILED_CODE],
        error_messages={"required": _("Choose how you made sure.")},
    )  # fmt: skip
    facts = forms.MultipleChoiceField(
        label=_("Told rightly by the caller, without your help"), choices=FACTS, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("At least three. Do not read them out yourself."),
    )  # fmt: skip
    said = forms.CharField(
        label=_("Note"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("For example the number that you called, or which document was shown. No document numbers."),
    )  # fmt: skip


class CodeForm(forms.Form):
    """The code that the caller read out."""

    code = forms.CharField(
        label=_("Code that the caller reads out"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
        error_messages={"required": _("Type the eight digits.")},
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why it is done."""

    reason = reason_field()


class EmailForm(forms.Form):
    """Another address, and why."""

    email = forms.EmailField(
        label=_("New e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type the new e-mail address."), "invalid": _("This is no e-mail address.")},
    )  # fmt: skip
    reason = reason_field()


class MergeForm(forms.Form):
    """The account that goes on, and why."""

    into = forms.RegexField(
        r"^\s*\d{7}\s*$", label=_("Number of the account that goes on"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"required": _("Type the number of the other account."), "invalid": _("It has seven digits.")},
    )  # fmt: skip
    reason = reason_field()
