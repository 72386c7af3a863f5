"""What people type to register to file at a court: a form for each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.html import escape, format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.rules import name_fault, phone_fault
from openecf.central.registration.rules import accepted
from openecf.kernel import courts as national
from openecf.kernel.money import Money
from openecf.kernel.names import looks_like_address
from openecf.platform.registering import frequency
from openecf.platform.registering.application import MOST_EXTRA_ADDRESSES
from openecf.platform.registering.profile import RegistrationProfile, in_language
from openecf.platform.registering.roles import ROLES, Kind
from openecf.platform.shell.forms import DateInput

BAR_ROWS = 3
FOR_ONE_CASE = ("pro-hac-vice", "party", "pro-se", "interested-party", "creditor")
_NO_ADDRESS = _("This is no e-mail address; one looks like name@firm.example.")


class RoleForm(forms.Form):
    """As what the person registers, and whether she files there already: not asked where she is ``linked``, also if the
    court suspended her."""

    role = forms.ChoiceField(
        label=_("What would you like to register for?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("This court does not offer that.")},
    )
    here_already = forms.ChoiceField(
        label=_("Do you file electronically at this court already?"),
        choices=[
            ("no", _("No, I am new to this court")),
            ("yes", _("Yes, the court gave me a login, but I cannot link it")),
        ],
        widget=forms.RadioSelect,
        help_text=_("If you know the login that the court gave you, you need no registration: link it at the court."),
        error_messages={"required": _("Choose one.")},
    )
    case_number = forms.CharField(
        label=_("Case number, if this is for one case"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"class": "usa-input--md", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(
        self, data: Mapping | None = None, *, profile: RegistrationProfile, kind: Kind, linked: bool, initial: Mapping
    ) -> None:
        super().__init__(data, initial=initial)
        if linked:
            del self.fields["here_already"]
        offered = accepted(profile, kind)
        self.fields["role"].choices = [(role, _role_words(profile, role)) for role in offered]
        if len(offered) == 1 and not initial.get("role"):
            self.initial["role"] = offered[0]
        if not set(offered) & set(FOR_ONE_CASE):
            del self.fields["case_number"]

    def clean(self) -> dict:
        typed = super().clean()
        if typed.get("role") == "pro-hac-vice" and not typed.get("case_number"):
            self.add_error(
                "case_number", _("Type the number of the case in which you are to be admitted at this court.")
            )
        return typed


def _role_words(profile: RegistrationProfile, role: str) -> str:
    offer, language = profile.accepts[role], get_language() or "en"
    words = str(ROLES[role])
    if note := in_language(offer.note, language):
        words += f": {note}"
    if offer.fee_cents:
        words += " " + gettext("(fee ${amount})").format(amount=Money(offer.fee_cents))
    return words


class FilerForm(forms.Form):
    """Where the court reaches the person. The name is the account's."""

    other_names = forms.CharField(
        label=_("Other names"), required=False, max_length=200,
        help_text=_("A former name, or another under which you practice, so that the court finds you in its records."),
    )  # fmt: skip
    firm = forms.CharField(label=_("Firm or organization"), required=False, max_length=120)
    address = forms.CharField(
        label=_("Address for this court"), max_length=600, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("As dockets and mail should show it, a line each."),
        error_messages={"required": _("Type your address.")},
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Telephone"), max_length=30, error_messages={"required": _("Type a telephone number.")},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "class": "usa-input--md"}),
    )  # fmt: skip
    fax = forms.CharField(
        label=_("Fax"), required=False, max_length=30, widget=forms.TextInput(attrs={"class": "usa-input--md"})
    )

    def clean_other_names(self) -> str:
        typed = self.cleaned_data["other_names"]
        if fault := name_fault(typed):
            raise forms.ValidationError(fault)
        return typed

    def clean_address(self) -> str:
        lines = [line.strip() for line in self.cleaned_data["address"].splitlines() if line.strip()]
        if len(lines) > 8 or any(len(line) > 120 for line in lines):
            raise forms.ValidationError(_("At most eight lines, each of at most 120 characters."))
        return "\n".join(lines)

    def clean(self) -> dict:
        typed = super().clean()
        for name in ("phone", "fax"):
            if typed.get(name) and (fault := phone_fault(typed[name], country="")):
                self.add_error(name, fault)
        return typed


class BarsForm(forms.Form):
    """Admissions, up to three rows. ``required``: the court wants one at least."""

    def __init__(self, data: Mapping | None = None, *, required: bool, initial: Mapping) -> None:
        kept = initial.get("bars", [])
        super().__init__(data, initial=_bar_rows(kept))
        self._required = required
        places = _bar_choices()
        for n in range(BAR_ROWS):
            first = n == 0 and required
            self.fields[f"bar{n}"] = forms.ChoiceField(
                label=_("Admitted to the bar of"), choices=places, required=first,
                error_messages={"required": _("Choose a state or a federal court.")},
            )  # fmt: skip
            self.fields[f"number{n}"] = forms.CharField(
                label=_("Bar number"), max_length=40, required=first,
                widget=forms.TextInput(attrs={"autocomplete": "off", "class": "usa-input--md"}),
                error_messages={"required": _("Type your number at this bar.")},
            )  # fmt: skip
            self.fields[f"admitted{n}"] = forms.DateField(
                label=_("Admitted on"), required=False, widget=DateInput(attrs={"class": "usa-input--md"}),
                error_messages={"invalid": _("Type the day as 1980-12-31.")},
            )  # fmt: skip

    def groups(self) -> list[tuple[object, list[forms.BoundField]]]:
        """A heading and three fields for each row."""
        titles = (_("First admission"), _("Second admission"), _("Third admission"))
        return [(title, [self[f"bar{n}"], self[f"number{n}"], self[f"admitted{n}"]]) for n, title in enumerate(titles)]

    def clean(self) -> dict:
        typed = super().clean()
        seen: set[str] = set()
        for n in range(BAR_ROWS):
            bar, number = typed.get(f"bar{n}", ""), typed.get(f"number{n}", "")
            if bar and not number and f"number{n}" not in self.errors:
                self.add_error(f"number{n}", _("Type your number at this bar."))
            if number and not bar and f"bar{n}" not in self.errors:
                self.add_error(f"bar{n}", _("Choose a state or a federal court."))
            if bar and bar in seen:
                self.add_error(f"bar{n}", _("This bar stands above already."))
            seen.add(bar)
        return typed

    def bars(self) -> list[dict[str, str | None]]:
        """The rows that were filled in, ready for JSON."""
        rows = []
        for n in range(BAR_ROWS):
            kind, _colon, where = self.cleaned_data[f"bar{n}"].partition(":")
            if where:
                day = self.cleaned_data[f"admitted{n}"]
                rows.append({"kind": kind, "where": where, "number": self.cleaned_data[f"number{n}"].strip(),
                             "admitted": day.isoformat() if day else None})  # fmt: skip
        return rows


def _bar_rows(kept: Sequence[Mapping[str, str]]) -> dict[str, str]:
    rows: dict[str, str] = {}
    for n, bar in enumerate(kept[:BAR_ROWS]):
        rows |= {f"bar{n}": f"{bar['kind']}:{bar['where']}", f"number{n}": bar["number"]}
        rows[f"admitted{n}"] = bar.get("admitted") or ""
    return rows


def _bar_choices() -> list:
    federal = sorted((court.full_name, court.id) for court in national.directory().values())
    return [
        ("", "—"),
        (gettext("States"), [(f"state:{code}", name) for code, name in accounts.states().items()]),
        (gettext("Federal courts"), [(f"federal:{court_id}", name) for name, court_id in federal]),
    ]


class NoticesForm(forms.Form):
    """Where notices go and in what form."""

    email = forms.EmailField(
        label=_("E-mail address for notices"), max_length=254, help_text=_("Documents are served on you here."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Type an e-mail address."), "invalid": _NO_ADDRESS},
    )  # fmt: skip
    extra_emails = forms.CharField(
        label=_("More addresses"), required=False, max_length=1500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Copies go to these, such as an assistant's. One per line, at most five."),
    )  # fmt: skip
    often = forms.ChoiceField(
        label=_("How often"), initial=frequency.FILING, widget=forms.RadioSelect, choices=frequency.CHOICES
    )
    silence = forms.BooleanField(label=frequency.SILENCE, required=False, help_text=frequency.SILENCE_HELP)
    form = forms.ChoiceField(
        label=_("Form of notices"), initial="html", widget=forms.RadioSelect, choices=frequency.FORMS
    )

    def clean_email(self) -> str:
        if not looks_like_address(self.cleaned_data["email"]):
            raise forms.ValidationError(_NO_ADDRESS)
        return self.cleaned_data["email"]

    def clean_extra_emails(self) -> list[str]:
        typed = dict.fromkeys(line.strip() for line in self.cleaned_data["extra_emails"].splitlines() if line.strip())
        if bad := [address for address in typed if not looks_like_address(address) or len(address) > 254]:
            raise forms.ValidationError(gettext("These are no e-mail addresses: {list}").format(list=", ".join(bad)))
        if len(typed) > MOST_EXTRA_ADDRESSES:
            raise forms.ValidationError(_("At most five addresses."))
        return list(typed)


class PapersForm(forms.Form):
    """The PDFs that the court wants. What was uploaded before stays unless another file is chosen."""

    def __init__(
        self, data: Mapping | None, files: Mapping | None, *, profile: RegistrationProfile, role: str, kept: Mapping
    ) -> None:
        super().__init__(data, files)
        language = get_language() or "en"
        for paper in profile.papers_for(role):
            said = escape(in_language(paper.help, language))
            if paper.name in kept:
                have = gettext("Uploaded: {name}. Choose another file only to replace it.").format(
                    name=kept[paper.name]
                )
                said = format_html("{} <strong>{}</strong>", said, have)
            self.fields[paper.name] = forms.FileField(
                label=in_language(paper.label, language), help_text=said, required=paper.required and paper.name not in kept,
                widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}), allow_empty_file=True,
                error_messages={"required": _("Choose the PDF."), "missing": _("Choose the PDF.")},
            )  # fmt: skip


class TermsForm(forms.Form):
    """What the court wants acknowledged."""

    def __init__(self, data: Mapping | None = None, *, profile: RegistrationProfile, role: str, accepted: bool) -> None:
        super().__init__(data)
        language = get_language() or "en"
        for policy in profile.policies_for(role):
            self.fields[policy.name.replace("-", "_")] = forms.BooleanField(
                label=in_language(policy.text, language), initial=accepted,
                help_text=_read_it(policy.url), error_messages={"required": _("Acknowledge this to go on.")},
            )  # fmt: skip


def _read_it(url: str) -> str:
    return format_html('<a href="{}" rel="noopener">{}</a>', url, gettext("Read it")) if url else ""


class ContactForm(forms.Form):
    """E-filer e-mail and frequency."""

    email = forms.EmailField(
        label=_("E-mail address for notices"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Type an e-mail address."), "invalid": _NO_ADDRESS},
    )  # fmt: skip
    often = forms.ChoiceField(label=_("How often"), widget=forms.RadioSelect, choices=frequency.CHOICES)
    silence = forms.BooleanField(label=frequency.SILENCE, required=False, help_text=frequency.SILENCE_HELP)
    form = forms.ChoiceField(label=_("Form of notices"), widget=forms.RadioSelect, choices=frequency.FORMS)
    current = forms.CharField(
        label=_("Current password"), max_length=1024, strip=False, help_text=_("To be sure that it is you."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type the password that you signed in with.")},
    )  # fmt: skip


class EndForm(forms.Form):
    """At which courts filing is to end; ``courts``: (id, name) of those where the person files."""

    courts = forms.MultipleChoiceField(
        label=_("Courts"), widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose a court."),
            "invalid_choice": _("You do not file at this court now. Choose again."),
        },
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The court reads it."),
    )  # fmt: skip
    current = forms.CharField(
        label=_("Current password"), max_length=1024, strip=False, help_text=_("To be sure that it is you."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type the password that you signed in with.")},
    )  # fmt: skip

    def __init__(self, data: Mapping | None = None, *, courts: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["courts"].choices = courts
