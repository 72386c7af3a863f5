"""Forms of the documents room."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CheckPdfForm(forms.Form):
    """A PDF to try."""

    document = forms.FileField(
        label=_("PDF document"),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
        allow_empty_file=True,
    )
