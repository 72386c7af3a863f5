"""What people type to change an account of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from openecf.central.accounts.forms import AddressForm, NameForm, NewPasswordForm, password_field, username_field
from openecf.kernel.names import looks_like_address
from openecf.platform.registering.particulars import IN_CASES

_AGAIN = _("To be sure that it is you.")


def _current() -> forms.Field:
    return password_field(
        _("Current password"), new=False, missing=_("Type the password that you signed in with."), help_text=_AGAIN
    )


class ChangeUsernameForm(forms.Form):
    """A new user name."""

    username = username_field()
    current = _current()


class ChangePasswordForm(NewPasswordForm):
    """A new password."""

    GROUPS: ClassVar = (("", ("current", "password", "password_again")),)

    current = _current()
    field_order = ("current", "password", "password_again")


class ChangeEmailForm(forms.Form):
    """A new address, twice."""

    email = forms.EmailField(
        label=_("New e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Type the new e-mail address."),
            "invalid": _("This is no e-mail address; one looks like name@firm.example."),
        },
    )  # fmt: skip
    email_again = forms.EmailField(
        label=_("New e-mail address again"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type the same address once more."), "invalid": _("This is no e-mail address.")},
    )
    current = _current()

    def clean(self) -> dict:
        typed = super().clean()
        email, again = typed.get("email"), typed.get("email_again")
        if email and not looks_like_address(email):
            self.add_error("email", _("This is no e-mail address; one looks like name@firm.example."))
        if "email" in self.errors:
            self.errors.pop("email_again", None)
        elif again and email.lower() != again.lower():
            self.add_error("email_again", _("The two e-mail addresses differ."))
        return typed


class SecondEmailForm(ChangeEmailForm):
    """A second address, twice."""

    field_order = ("email", "email_again", "current")

    def __init__(self, data: Mapping | None = None, **more: object) -> None:
        super().__init__(data, **more)
        self.fields["email"].label = _("Second e-mail address")
        self.fields["email_again"].label = _("Second e-mail address again")
        self.fields["email"].help_text = _("One in another place: if somebody takes the first, you still hear of it.")


class PasswordAgainForm(forms.Form):
    """The password once more."""

    current = _current()


class BillingForm(forms.Form):
    """PACER billing preferences."""

    client_code_required = forms.BooleanField(
        label=_("Require a client code"), required=False,
        help_text=_("Nothing is searched without one. You give it when you sign in, and change it at the court."),
    )  # fmt: skip


class TokenForm(forms.Form):
    """The activation token of a letter."""

    token = forms.CharField(
        label=_("Activation token"), max_length=40,
        help_text=_("Twelve letters and digits, as ABCD-EFGH-JKMN in your letter. Capitals and dashes do not matter."),
        widget=forms.TextInput(attrs={
            "autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false",
            "class": "usa-input--md",
        }),
        error_messages={"required": _("Type the token of your letter.")},
    )  # fmt: skip


class _SentToCourts(forms.Form):
    """Also to which courts the change is sent; ``courts``: (id, name) of those where the person files."""

    def __init__(
        self, data: Mapping | None = None, *, initial: Mapping, courts: Sequence[tuple[str, str]] = (), **more: object
    ) -> None:
        super().__init__(
            data, initial={"courts": [court for court, _name in courts], "cases": "open"} | dict(initial), **more
        )
        if courts:
            self.fields["courts"] = forms.MultipleChoiceField(
                label=_("Ask these courts for the same change"), choices=courts, required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("It holds at a court once its clerk's office accepts it. You are told by mail."),
                error_messages={"invalid_choice": _("You do not file at this court now. Choose again.")},
            )  # fmt: skip
            self.fields["cases"] = forms.ChoiceField(
                label=_("On the dockets there"), choices=list(IN_CASES.items()), widget=forms.RadioSelect, required=False,
                help_text=_("Dockets print your name and address as they were when you appeared. The court decides."),
            )  # fmt: skip


class OwnNameForm(_SentToCourts, NameForm):
    """The name of an account that there is."""

    GROUPS: ClassVar = (*NameForm.GROUPS, (_("Courts"), ("courts", "cases")))


class OwnAddressForm(_SentToCourts, AddressForm):
    """The address of an account that there is."""

    GROUPS: ClassVar = (*AddressForm.GROUPS, (_("Courts"), ("courts", "cases")))


class ForgotForm(forms.Form):
    """Whose password is forgotten: the address, and one thing more that its owner knows."""

    email = forms.EmailField(
        label=_("E-mail address of the account"), widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Type your e-mail address."), "invalid": _("This is no e-mail address.")},
    )  # fmt: skip
    username = forms.CharField(
        label=_("User name or account number"), max_length=45, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    birth_date = forms.DateField(
        label=_("Date of birth"), required=False, help_text=_("If you know neither of the two."),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
        error_messages={"invalid": _("Type the day as 1980-12-31.")},
    )  # fmt: skip

    def clean(self) -> dict:
        typed = super().clean()
        if not self.errors and not typed.get("username") and not typed.get("birth_date"):
            self.add_error("username", _("Type the user name or the account number, or your date of birth below."))
        return typed
