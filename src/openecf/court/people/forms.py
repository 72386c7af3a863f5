"""What people type on the pages of this room."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from openecf.platform.shell.forms import DateInput


class CourtLoginForm(forms.Form):
    """The login and password that the court issued."""

    login = forms.CharField(
        label=_("CM/ECF login"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("CM/ECF password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("The ones this court gave you, not those of PACER."),
    )


class NoticesForm(forms.Form):
    """Where copies of notices go, and in what form."""

    secondary = forms.CharField(
        label=_("Secondary addresses"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One per line, at most ten. Each gets every notice that you get."),
    )
    form = forms.ChoiceField(
        label=_("Form of notices"),
        choices=[("html", _("With links, as a page (HTML)")), ("text", _("Plain text"))],
        widget=forms.RadioSelect,
    )


class PeriodForm(forms.Form):
    """From one day to another."""

    start = forms.DateField(label=_("From"), required=False, widget=DateInput)
    end = forms.DateField(label=_("To"), required=False, widget=DateInput)
