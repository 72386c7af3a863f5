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
