"""What people type at the court's own login."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from openecf.court.currentgen.rules import PASSWORD_MAX


class LoginForm(forms.Form):
    login = forms.CharField(label=_("Court login"), max_length=60)
    password = forms.CharField(
        label=_("Court password"), max_length=PASSWORD_MAX, strip=False, widget=forms.PasswordInput
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs.update(autocomplete="username", autocapitalize="none", spellcheck="false")
        self.fields["password"].widget.attrs["autocomplete"] = "current-password"


class AskForm(forms.Form):
    login = forms.CharField(label=_("Court login"), max_length=60)


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("New password"),
        max_length=PASSWORD_MAX,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 15 characters. Several unrelated words are easy to remember."),
    )
    again = forms.CharField(
        label=_("New password again"),
        max_length=PASSWORD_MAX,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict:
        typed = super().clean()
        if typed.get("password") != typed.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return typed
