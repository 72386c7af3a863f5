"""What the Service Center's staff and its callers type."""

from __future__ import annotations

from datetime import UTC, datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from openecf.central.service_center.models import Ticket, Verification
from openecf.central.service_center.services.attaching import ACCEPTED, AT_ONCE
from openecf.kernel.names import looks_like_address
from openecf.platform.banners.models import Severity
from openecf.platform.shell.forms import DateInput, TimeInput

How = Verification.How
FACTS = (
    ("name", _("full name, with middle name")),
    ("birth-date", _("date of birth")),
    ("address", _("postal address")),
    ("phone", _("telephone number")),
    ("number", _("account number")),
    ("courts", _("the courts where the account is linked")),
    ("statement", _("amount or date of the last statement")),
)
"""What an agent may ask for. None of it is a secret, hence three of them allow little."""


def reason_field() -> forms.Field:
    return forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("What the caller told, or the ticket's number. It is kept in the record of this account."),
        error_messages={"required": _("Say why this is done.")},
    )  # fmt: skip


class VerifyForm(forms.Form):
    """How the agent made sure with whom they speak."""

    how = forms.ChoiceField(
        label=_("How did you make sure?"), widget=forms.RadioSelect,
        choices=[(way.value, way.label) for way in How if way != How.MAILED_CODE],
        error_messages={"required": _("Choose how you made sure.")},
    )  # fmt: skip
    facts = forms.MultipleChoiceField(
        label=_("Told rightly by the caller, without your help"), choices=FACTS, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("At least three. Do not read them out yourself."),
    )  # fmt: skip
    said = forms.CharField(
        label=_("Note"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("For example the number that you called, or which document was shown. No document numbers."),
    )  # fmt: skip


class CodeForm(forms.Form):
    """The code that the caller read out."""

    code = forms.CharField(
        label=_("Code that the caller reads out"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
        error_messages={"required": _("Type the eight digits.")},
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why it is done."""

    reason = reason_field()


class EmailForm(forms.Form):
    """Another address, and why."""

    email = forms.EmailField(
        label=_("New e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type the new e-mail address."), "invalid": _("This is no e-mail address.")},
    )  # fmt: skip
    reason = reason_field()


class MergeForm(forms.Form):
    """The account that goes on, and why."""

    into = forms.RegexField(
        r"^\s*\d{7}\s*$", label=_("Number of the account that goes on"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"required": _("Type the number of the other account."), "invalid": _("It has seven digits.")},
    )  # fmt: skip
    reason = reason_field()


def _text(label: object, help_text: object = "") -> forms.Field:
    return forms.CharField(
        label=label, max_length=5000, help_text=help_text, widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write something first."), "max_length": _("Keep it under 5,000 characters.")},
    )  # fmt: skip


class MultipleFileInput(forms.ClearableFileInput):
    """The browser's picker of several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A few files, or none. What they are is looked at when they are kept."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Files"), required=False, allow_empty_file=True, max_length=255,
            widget=MultipleFileInput(attrs={"accept": ACCEPTED}),
            help_text=_("At most three, PDF, PNG or JPEG, of 5 MB each. Cover what is nobody's business."),
        )  # fmt: skip

    def clean(self, data: object, initial: object = None) -> list:
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        if len(sent) > AT_ONCE:
            raise forms.ValidationError(_("Attach at most three files at once, and twelve to a ticket."))
        return [super(FilesField, self).clean(one, initial) for one in sent]


class AskForm(forms.Form):
    """A question of somebody who signed on."""

    topic = forms.ChoiceField(
        label=_("What is it about?"), error_messages={"required": _("Choose what it is about.")},
        choices=[("", _("Choose")), *Ticket.Topic.choices],
    )  # fmt: skip
    court = forms.ChoiceField(label=_("Court"), required=False, help_text=_("If it is about one court."))
    text = _text(
        _("Your message"),
        _(
            "What did you want to do, what did the page say? Never write a password, a code or a Social Security number."
        ),
    )

    def __init__(self, *given: object, courts: list[tuple[str, str]], **named: object) -> None:
        super().__init__(*given, **named)
        self.fields["court"].choices = [("", _("None in particular")), *courts]


class GuestAskForm(AskForm):
    """A question of anybody."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your name.")},
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Your e-mail address"), help_text=_("We mail you a link, to be sure that the address is yours."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Type your e-mail address."), "invalid": _("This is no e-mail address.")},
    )  # fmt: skip
    field_order = ("name", "email", "topic", "court", "text")

    def clean_email(self) -> str:
        if not looks_like_address(self.cleaned_data["email"]):
            raise forms.ValidationError(_("This is no e-mail address."))
        return self.cleaned_data["email"]


class MoreForm(forms.Form):
    """More for a ticket, of its owner."""

    text = _text(_("Add to it"))
    files = FilesField()

    def __init__(self, *given: object, is_guest: bool, **named: object) -> None:
        super().__init__(*given, **named)
        self.fields["text"].required = False
        if is_guest:
            self.fields["files"].help_text = _(
                "At most three, PDF, PNG or JPEG, together under 3 MB. Cover what is nobody's business."
            )

    def clean(self) -> dict:
        typed = super().clean()
        if not self.errors and not typed["text"].strip() and not typed["files"]:
            self.add_error("text", _("Write something first."))
        return typed


class FindTicketForm(forms.Form):
    """The number that somebody on the telephone names."""

    number = forms.CharField(
        label=_("Ticket number, for example 26-000123"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type a number.")},
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What an agent writes: to the owner, or to the others of the staff."""

    text = _text(_("Text"))
    files = FilesField()
    to = forms.ChoiceField(
        label=_("For whom?"), widget=forms.RadioSelect, initial="answer",
        choices=[
            ("answer", _("Answer the owner by mail")), ("close", _("Answer the owner by mail, and close the ticket")),
            ("note", _("Note for the staff only")),
        ],
        error_messages={"required": _("Choose for whom it is.")},
    )  # fmt: skip


class BannerForm(forms.Form):
    """What pages say above all else for a while."""

    severity = forms.ChoiceField(label=_("How loud"), choices=Severity.choices, initial=Severity.WARNING)
    begins_day = forms.DateField(label=_("From: day"), widget=DateInput())
    begins_time = forms.TimeField(label=_("From: time (UTC)"), widget=TimeInput())
    ends_day = forms.DateField(label=_("Until: day"), widget=DateInput())
    ends_time = forms.TimeField(label=_("Until: time (UTC)"), widget=TimeInput())
    en = forms.CharField(label=_("In English"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    es = forms.CharField(label=_("In Spanish"), max_length=400, widget=forms.Textarea(attrs={"rows": 2, "lang": "es"}))
    ht = forms.CharField(
        label=_("In Haitian Creole"), max_length=400, widget=forms.Textarea(attrs={"rows": 2, "lang": "ht"})
    )
    only_at = forms.MultipleChoiceField(
        label=_("Courts"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to show it at all of them. This site shows it in any case."),
    )  # fmt: skip

    def __init__(self, *given: object, courts: list[tuple[str, str]], **named: object) -> None:
        super().__init__(*given, **named)
        self.fields["only_at"].choices = courts

    def clean(self) -> dict:
        typed = super().clean()
        for end in ("begins", "ends"):
            if typed.get(f"{end}_day") and typed.get(f"{end}_time"):
                typed[f"{end}_at"] = datetime.combine(typed[f"{end}_day"], typed[f"{end}_time"], UTC)
        if "begins_at" in typed and "ends_at" in typed and typed["ends_at"] <= typed["begins_at"]:
            self.add_error("ends_day", _("It ends before it begins."))
        return typed
