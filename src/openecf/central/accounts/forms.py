"""What people type to register."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from openecf.central.accounts import places
from openecf.central.accounts.models import AccountType
from openecf.kernel.names import looks_like_address
from openecf.platform.shell.forms import DateInput


class TypeForm(forms.Form):
    type = forms.ChoiceField(label=_("Type of account"), choices=AccountType.choices, widget=forms.RadioSelect)


class PersonForm(forms.Form):
    """The person; the birth date can never be changed."""

    prefix = forms.CharField(label=_("Prefix"), max_length=10, required=False)
    first_name = forms.CharField(label=_("First name"), max_length=60)
    middle_name = forms.CharField(label=_("Middle name"), max_length=60, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=120)
    generation = forms.CharField(label=_("Generation"), max_length=10, required=False)
    birth_date = forms.DateField(label=_("Date of birth"), widget=DateInput, help_text=_("It can never be changed."))
    email = forms.EmailField(label=_("E-mail address"))
    email_again = forms.EmailField(label=_("E-mail address again"))
    user_type = forms.CharField(label=_("User type"), max_length=40, initial="INDIVIDUAL")

    def clean(self) -> dict:
        typed = super().clean()
        if "email" in typed and "email_again" in typed and typed["email"].lower() != typed["email_again"].lower():
            self.add_error("email_again", _("The two e-mail addresses differ."))
        if typed.get("email") and not looks_like_address(typed["email"]):
            self.add_error("email", _("Enter one e-mail address."))
        return typed


class AddressForm(forms.Form):
    firm = forms.CharField(label=_("Firm or organization"), max_length=120, required=False)
    unit = forms.CharField(label=_("Unit or department"), max_length=120, required=False)
    room = forms.CharField(label=_("Room or suite"), max_length=60, required=False)
    address1 = forms.CharField(label=_("Address"), max_length=120)
    address2 = forms.CharField(label=_("Address, second line"), max_length=120, required=False)
    address3 = forms.CharField(label=_("Address, third line"), max_length=120, required=False)
    city = forms.CharField(label=_("City"), max_length=60)
    country = forms.ChoiceField(label=_("Country"), choices=lambda: list(places.countries().items()), initial="US")
    state = forms.ChoiceField(label=_("State"), choices=lambda: [("", "—"), *places.states().items()], required=False)
    county = forms.CharField(label=_("County"), max_length=60, required=False)
    zip = forms.CharField(label=_("ZIP code"), max_length=10)
    phone = forms.CharField(label=_("Telephone"), max_length=30)
    alt_phone = forms.CharField(label=_("Other telephone"), max_length=30, required=False)
    fax = forms.CharField(label=_("Fax"), max_length=30, required=False)
    tax_id = forms.CharField(label=_("Tax id"), max_length=20, required=False)

    def clean(self) -> dict:
        typed = super().clean()
        for field in ("state", "county"):
            if typed.get("country") == "US" and not typed.get(field):
                self.add_error(field, _("Needed for an address in the United States."))
        return typed


class SecurityForm(forms.Form):
    username = forms.RegexField(
        label=_("User name"), regex=r"^[\w.@-]{8,45}$", help_text=_("8 to 45 letters, digits, . @ - or _")
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput,
        help_text=_("At least 15 characters."),
    )
    password_again = forms.CharField(label=_("Password again"), max_length=256, strip=False, widget=forms.PasswordInput)

    def clean(self) -> dict:
        typed = super().clean()
        if typed.get("password") != typed.get("password_again"):
            self.add_error("password_again", _("The two passwords differ."))
        return typed
