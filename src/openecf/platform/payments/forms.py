"""What a desk types about a payment, at whichever site it was begun."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FoundForm(forms.Form):
    """Pay.gov's number of a payment that nobody knew about."""

    tracking = forms.CharField(
        label=_("Pay.gov's tracking number"), max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type the number that Pay.gov's own reports give to this payment.")},
    )  # fmt: skip


class NeverForm(forms.Form):
    """That Pay.gov's reports do not know a payment."""

    reason = forms.CharField(
        label=_("What the report says"), max_length=150, help_text=_("Which report of Pay.gov you read, and of what day."),
        error_messages={"required": _("Write what the report says.")},
    )  # fmt: skip


class AsideForm(forms.Form):
    """Why what a first clerk found about a payment is not right."""

    remark = forms.CharField(label=_("Reason"), max_length=300, error_messages={"required": _("Give the reason.")})
