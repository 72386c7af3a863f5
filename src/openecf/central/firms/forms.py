"""What firms and their people fill in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

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

    def clean_code_format(self) -> str:
        pattern = self.cleaned_data["code_format"]
        if not client_codes.is_format(pattern):
            raise forms.ValidationError(_("A client code has no space and no comma, and at most 32 characters."))
        return pattern
