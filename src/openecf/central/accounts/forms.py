"""What people type to register, to upgrade and to say who they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openecf.central.accounts import places, rules
from openecf.central.accounts.models import AccountType
from openecf.kernel.names import looks_like_address
from openecf.platform.shell.forms import DateInput

_PREFIXES = ("Mr.", "Ms.", "Mrs.", "Mx.", "Dr.", "Hon.")
_GENERATIONS = ("Jr.", "Sr.", "II", "III", "IV", "V")


def _text(
    label: object, fills: str, *, most: int, missing: object = "", width: str = "", **more: object
) -> forms.Field:
    """A line of text. ``fills`` is what browsers may fill it in with, ``missing`` is said when it is needed and empty."""
    attrs = {"autocomplete": fills} | ({"class": f"usa-input--{width}"} if width else {})
    return forms.CharField(
        label=label, max_length=most, required=bool(missing), error_messages={"required": missing},
        widget=forms.TextInput(attrs=attrs), **more,
    )  # fmt: skip


def _choice(given: Sequence[str], kept: str) -> list[tuple[str, str]]:
    """The choices of a short list, and what an older account has that the list has not."""
    more = [kept] if kept and kept not in given else []
    return [("", "—"), *((text, text) for text in [*given, *more])]


class _Grouped(forms.Form):
    """A form whose fields stand in groups under a heading."""

    GROUPS: ClassVar[Sequence[tuple[object, Sequence[str]]]] = ()

    def groups(self) -> Iterable[tuple[object, list[BoundField]]]:
        """Heading and fields of each group that has any."""
        for title, names in self.GROUPS:
            if present := [self[name] for name in names if name in self.fields]:
                yield title, present


class TypeForm(forms.Form):
    """What kind of account."""

    type = forms.ChoiceField(
        label=_("Type of account"), choices=AccountType.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the four.")},
    )  # fmt: skip


class NameForm(_Grouped):
    """The parts of a name."""

    GROUPS: ClassVar = ((_("Name"), ("prefix", "first_name", "middle_name", "last_name", "generation")),)

    prefix = forms.ChoiceField(label=_("Prefix"), required=False, widget=forms.Select(attrs={"class": "usa-input--sm"}))
    first_name = _text(_("First name"), "given-name", most=60, missing=_("Type your first name."))
    middle_name = _text(_("Middle name"), "additional-name", most=60)
    last_name = _text(_("Last name"), "family-name", most=120, missing=_("Type your last name."))
    generation = forms.ChoiceField(
        label=_("Generation"), required=False, widget=forms.Select(attrs={"class": "usa-input--sm"})
    )

    def __init__(self, data: Mapping | None = None, *, initial: Mapping, **more: object) -> None:
        super().__init__(data, initial=initial, **more)
        self.fields["prefix"].choices = _choice(_PREFIXES, initial.get("prefix", ""))
        self.fields["generation"].choices = _choice(_GENERATIONS, initial.get("generation", ""))

    def clean(self) -> dict:
        typed = super().clean()
        for name in ("first_name", "middle_name", "last_name"):
            if fault := rules.name_fault(typed.get(name, "")):
                self.add_error(name, fault)
        return typed


class PersonForm(NameForm):
    """The person. ``today`` is the day on which it is filled in; ``born`` is the birth date that nobody can change."""

    GROUPS: ClassVar = (
        *NameForm.GROUPS,
        (_("About you"), ("birth_date", "user_type", "cja_panel")),
        (_("E-mail"), ("email", "email_again")),
    )

    birth_date = forms.DateField(
        label=_("Date of birth"), widget=DateInput(attrs={"autocomplete": "bday", "class": "usa-input--md"}),
        help_text=_("Your own, even if somebody else fills this in for you. It can never be changed."),
        error_messages={"required": _("Type your date of birth."), "invalid": _("Type the day as 1980-12-31.")},
    )  # fmt: skip
    user_type = forms.ChoiceField(
        label=_("User type"), help_text=_("Choose INDIVIDUAL unless you work for one of the others."),
        error_messages={"required": _("Choose a user type."), "invalid_choice": _("Choose one from the list.")},
    )  # fmt: skip
    cja_panel = forms.BooleanField(
        label=_("I am an attorney appointed to a Criminal Justice Act (CJA) panel"), required=False,
        help_text=_("The PACER Service Center asks your court, then exempts what you look at in CJA cases from fees. Each "
                    "session begins not exempt; you switch it on at the court, under Utilities."),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        help_text=_("We mail a link to it; the account is made when you open that."),
        error_messages={
            "required": _("Type your e-mail address."),
            "invalid": _("This is no e-mail address; one looks like name@firm.example."),
        },
    )  # fmt: skip
    email_again = forms.EmailField(
        label=_("E-mail address again"), widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Type the same e-mail address once more."),
            "invalid": _("This is no e-mail address."),
        },
    )  # fmt: skip

    def __init__(
        self,
        data: Mapping | None = None,
        *,
        initial: Mapping,
        today: date,
        born: date | None = None,
        attorney: bool = True,
        **more: object,
    ) -> None:
        super().__init__(data, initial={**initial, "cja_panel": initial.get("cja_panel") in (True, "True")}, **more)
        self._today = today
        if not attorney:
            del self.fields["cja_panel"]
        self.fields["user_type"].choices = _user_types(initial.get("user_type", ""))
        self.fields["user_type"].initial = "INDIVIDUAL"
        if born is not None:
            self.fields["birth_date"].disabled = True
            self.initial = {**self.initial, "birth_date": born}
            self.fields["birth_date"].help_text = gettext("It belongs to the account for ever.")

    def clean(self) -> dict:
        typed = super().clean()
        day, email, again = typed.get("birth_date"), typed.get("email"), typed.get("email_again")
        if day and (fault := rules.birth_date_fault(day, today=self._today)):
            self.add_error("birth_date", fault)
        if email and not looks_like_address(email):
            self.add_error("email", _("This is no e-mail address; one looks like name@firm.example."))
        if "email" in self.errors:
            self.errors.pop("email_again", None)
        elif again and email.lower() != again.lower():
            self.add_error("email_again", _("The two e-mail addresses differ."))
        return typed


def _user_types(kept: str) -> list:
    groups = [(title, [(name, name) for name in names]) for title, names in rules.USER_TYPES]
    known = {name for _title, names in rules.USER_TYPES for name in names}
    return groups if not kept or kept in known else [*groups, (gettext("So far"), [(kept, kept)])]


class AddressForm(_Grouped):
    """Where the person, or the firm, is reached. The counties offered are those of the state chosen."""

    GROUPS: ClassVar = (
        (_("Firm"), ("firm", "unit", "tax_id")),
        (_("Address"), ("country", "address1", "address2", "address3", "room", "city", "state", "county", "zip")),
        (_("Telephone"), ("phone", "alt_phone", "fax")),
    )

    firm = _text(_("Firm or organization"), "organization", most=120)
    unit = _text(_("Unit or department"), "off", most=120)
    tax_id = _text(_("Tax id"), "off", most=20, width="md", help_text=_("A firm's, never a Social Security number."))
    country = forms.ChoiceField(
        label=_("Country"), choices=lambda: list(places.countries().items()), initial="US",
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )  # fmt: skip
    address1 = _text(_("Street address"), "address-line1", most=120, missing=_("Type the street and its number."))
    address2 = _text(_("Street address, second line"), "address-line2", most=120)
    address3 = _text(_("Street address, third line"), "address-line3", most=120)
    room = _text(_("Room or suite"), "off", most=60, width="md")
    city = _text(_("City"), "address-level2", most=60, missing=_("Type the city."))
    state = forms.ChoiceField(
        label=_("State"), choices=lambda: [("", "—"), *places.states().items()],
        error_messages={"required": _("Choose the state.")},
        widget=forms.Select(attrs={"autocomplete": "address-level1", "data-counties": "id_county"}),
    )  # fmt: skip
    county = forms.ChoiceField(
        label=_("County"),
        error_messages={
            "required": _("Choose the county."),
            "invalid_choice": _("Choose a county of the state above."),
        },
    )
    zip = _text(_("ZIP or postal code"), "postal-code", most=10, missing=_("Type the ZIP code."), width="sm")
    phone = _text(_("Telephone"), "tel", most=30, missing=_("Type a telephone number."), width="md")
    alt_phone = _text(_("Other telephone"), "tel", most=30, width="md")
    fax = _text(_("Fax"), "off", most=30, width="md")

    def __init__(
        self, data: Mapping | None = None, *, initial: Mapping, firm_needed: bool = False, **more: object
    ) -> None:
        super().__init__(data, initial=initial, **more)
        said = self.data if self.is_bound else self.initial
        state, country = said.get("state") or "", said.get("country") or "US"
        counties = places.counties_of(state)
        first = "—" if counties else gettext("none") if state else gettext("Choose the state first")
        self.fields["county"].choices = [("", first), *((name, name) for name in counties)]
        self.fields["state"].required = country == "US"
        self.fields["county"].required = country == "US" and (bool(counties) or not state)
        if firm_needed:
            self.fields["firm"].required = True
            self.fields["firm"].error_messages["required"] = gettext(
                "Type the name of the firm that this account is for."
            )

    def clean(self) -> dict:
        typed = super().clean()
        country = typed.get("country", "US")
        if country != "US":
            typed["state"] = typed["county"] = ""
            self.errors.pop("state", None)
            self.errors.pop("county", None)
        elif not typed.get("state"):
            self.errors.pop("county", None)
        for name in ("phone", "alt_phone", "fax"):
            if typed.get(name) and (fault := rules.phone_fault(typed[name], country=country)):
                self.add_error(name, fault)
        if typed.get("zip") and (fault := rules.zip_fault(typed["zip"], country=country)):
            self.add_error("zip", fault)
        if fault := rules.tax_id_fault(typed.get("tax_id", "")):
            self.add_error("tax_id", fault)
        return typed


def username_field() -> forms.Field:
    """A new user name."""
    return forms.RegexField(
        label=_("User name"), regex=r"^[\w.@-]{8,45}$", help_text=_("8 to 45 letters, digits, or . @ - _"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "required": _("Choose a user name."),
            "invalid": _("A user name has 8 to 45 characters: letters, digits, or . @ - _ and no spaces."),
        },
    )  # fmt: skip


def password_field(label: object, *, new: bool, missing: object, help_text: object = "") -> forms.Field:
    """A password. What is typed is never sent back to the page."""
    fills = "new-password" if new else "current-password"
    return forms.CharField(
        label=label, max_length=1024, strip=False, help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": fills}), error_messages={"required": missing},
    )  # fmt: skip


class NewPasswordForm(_Grouped):
    """A new password, twice. ``two_step``: of an account that has a second factor."""

    GROUPS: ClassVar = (("", ("password", "password_again")),)

    password = password_field(
        _("New password"), new=True, missing=_("Choose a password."),
    )  # fmt: skip
    password_again = password_field(_("New password again"), new=True, missing=_("Type the password once more."))

    def __init__(self, data: Mapping | None = None, *, two_step: bool = False, **more: object) -> None:
        super().__init__(data, **more)
        field, least = self.fields["password"], rules.shortest(two_step=two_step)
        said = gettext("At least {n} characters. Four or five unrelated words are strong and easy to remember.")
        field.help_text = said.format(n=least)
        # What password.js tells while the person types.
        field.widget.attrs |= {
            "data-strength": reverse("password-strength"),
            "data-least": str(least),
            "data-two-step": "1" if two_step else "",
            "data-short": gettext("Characters still needed: 0"),
            "data-enough": gettext("Long enough."),
        }

    def clean(self) -> dict:
        typed = super().clean()
        if "password" in self.errors:
            self.errors.pop("password_again", None)
        elif typed.get("password_again") and typed["password"] != typed["password_again"]:
            self.add_error("password_again", _("The two passwords differ."))
        return typed


class SecurityForm(NewPasswordForm):
    """The last step: what to sign in with."""

    GROUPS: ClassVar = ((_("What you will sign in with"), ("username", "password", "password_again")),)

    username = username_field()
    field_order = ("username", "password", "password_again")


class UpgradeSecurityForm(SecurityForm):
    """The last step of an upgrade, by somebody who signed on a while ago."""

    GROUPS: ClassVar = ((_("To be sure that it is you"), ("current",)), *SecurityForm.GROUPS)

    current = password_field(
        _("Current password"), new=False, missing=_("Type the password that you signed in with."),
        help_text=_("The one that this account has so far: you signed in a while ago."),
    )  # fmt: skip
    field_order = ("current", *SecurityForm.field_order)


class UsernameForm(forms.Form):
    """A new user name for a registration whose first choice was taken."""

    username = username_field()
