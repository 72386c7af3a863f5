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
    login = forms.CharField(
        label=_("Court login"), max_length=60, help_text=_("Usually your first initial and your last name.")
    )


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


class FindForm(forms.Form):
    """Whose court login is it?"""

    who = forms.CharField(label=_("Last name, login, bar number or e-mail address"), max_length=120, min_length=2)


class ClerksResetForm(forms.Form):
    """A new password by the clerk's office."""

    checked = forms.CharField(
        label=_("How you made sure who is asking"),
        max_length=300,
        help_text=_("For example: came to the counter with a bar card; called back at the number on file."),
    )
    how = forms.ChoiceField(
        label=_("How the person gets it"),
        choices=[
            ("mail", _("Mail a link with which the person chooses one (good for two days)")),
            ("show", _("Show me a new one, once, to hand out or read over the telephone")),
        ],
        widget=forms.RadioSelect,
        initial="mail",
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        help_text=_(
            "The court holds none for this account. Give the one that the person told you once you knew who it is: a "
            "link is mailed there, and notices go there."
        ),
    )

    def __init__(self, *args: object, asks_address: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if not asks_address:
            del self.fields["email"]
