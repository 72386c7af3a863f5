"""What people type to change their second factors."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


def _current() -> forms.Field:
    return forms.CharField(
        label=_("Current password"), max_length=1024, strip=False, help_text=_("To be sure that it is you."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type the password that you signed in with.")},
    )  # fmt: skip


class AddForm(forms.Form):
    """A new authenticator app."""

    name = forms.CharField(
        label=_("Name of this app"), max_length=40, help_text=_("So that you know it again: “Telephone”, “Office”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the app a name.")},
    )  # fmt: skip
    current = _current()


class AddPasskeyForm(forms.Form):
    """A new passkey."""

    name = forms.CharField(
        label=_("Name of this passkey"), max_length=40,
        help_text=_("So that you know it again: “This computer”, “Key on my ring”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the passkey a name.")},
    )  # fmt: skip
    current = _current()


class ConfirmForm(forms.Form):
    """The new app's first code."""

    code = forms.CharField(
        label=_("Code"), max_length=20, help_text=_("The six digits that the app shows now."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
        error_messages={"required": _("Type the six digits that the app shows.")},
    )  # fmt: skip


class PasswordForm(forms.Form):
    """The password once more."""

    current = _current()


class RemoveLastForm(PasswordForm):
    """The password once more, and that the second factor is to end."""

    end_second_factor = forms.BooleanField(
        label=_("I want to sign in with my password alone from now on. Courts that ask filers for a code will not let me "
                "file."),
        required=False,
    )  # fmt: skip
