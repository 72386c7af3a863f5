"""The forms of a filing's pages. What they ask comes from the event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openecf.court.events.rules import Event, Question
from openecf.court.filing import rules
from openecf.kernel.restriction import Restriction
from openecf.platform.shell.forms import DateInput, TimeInput

CATEGORIES = (
    "", "Affidavit", "Appendix", "Certificate of Service", "Declaration", "Deposition", "Errata", "Exhibit", "Index",
    "Letter", "Memorandum", "Proposed Order", "Schedule", "Statement", "Supplement", "Transcript",
)  # fmt: skip
LEVELS = {
    Restriction.PUBLIC: gettext_lazy("Public"),
    Restriction.PARTICIPANTS_AND_TERMINAL: gettext_lazy(
        "Participants in the case, and the public terminals at the court"
    ),
    Restriction.PARTICIPANTS: gettext_lazy("Participants in the case, and the court"),
    Restriction.SELECTED: gettext_lazy("People whom the court selects, and the court"),
    Restriction.FILER_AND_COURT: gettext_lazy("Only I and the court (sealed)"),
    Restriction.COURT: gettext_lazy("Only the court (sealed)"),
    Restriction.CHAMBERS: gettext_lazy("Only chambers"),
}


ENGLISH = {"lang": "en"}
"""Of choices that are the record's own words, in whatever language the page is."""


class CaseForm(forms.Form):
    """A case number as the person writes it."""

    number = forms.CharField(
        label=gettext_lazy("Case number"),
        max_length=60,
        help_text=gettext_lazy("As it stands on the docket, or only year and number."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PartiesForm(forms.Form):
    """Who files, and against whom."""

    def __init__(
        self,
        *args: object,
        event: Event,
        parties: Sequence[tuple[str, str]],
        own: Sequence[tuple[str, str]],
        roles: Sequence[str],
        only_own: bool = False,
        **kwargs: object,
    ) -> None:
        """``own``: the parties that it may be filed for; ``only_own``: nor for one that is not listed."""
        super().__init__(*args, **kwargs)
        self.event = event
        if event.filers != "none":
            self.fields["filers"] = forms.MultipleChoiceField(
                label=_("Filed by"), choices=own, required=False, widget=forms.CheckboxSelectMultiple(attrs=ENGLISH),
                help_text=_("Tick the party or parties that you file this for."),
            )  # fmt: skip
            # This or a party that is not listed: neither alone is required, and "optional" would be untrue.
            self.fields["filers"].one_of_several = event.filers == "required"
        if event.against:
            self.fields["against"] = forms.MultipleChoiceField(
                label=_("Against"), choices=parties, widget=forms.CheckboxSelectMultiple(attrs=ENGLISH),
                error_messages={"required": _("Tick at least one party.")},
            )  # fmt: skip
        if event.filers != "none" and not (event.spoken_for or only_own):
            self.fields["new_name"] = forms.CharField(
                label=_("Party that is not listed: name"), required=False, max_length=300,
                help_text=_("Added to the case when you submit. Write the name as dockets do, not in capitals."),
            )  # fmt: skip
            self.fields["new_role"] = forms.ChoiceField(
                label=_("Party that is not listed: role"),
                required=False,
                choices=[("", "---"), *((r, r) for r in roles)],
                widget=forms.Select(attrs=ENGLISH),
            )

    def clean(self) -> dict:
        data = super().clean()
        if data.get("new_name") and not data.get("new_role"):
            self.add_error("new_role", _("Choose the role of the party that you add."))
        picked = data.get("filers") or data.get("new_name")
        if self.event.filers == "required" and not picked and not self.errors:
            self.add_error("filers", _("Tick at least one party."))
        return data


class AssociationForm(forms.Form):
    """Becoming counsel of the parties that one files for."""

    def __init__(self, *args: object, parties: Sequence[tuple[str, str]], must: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parties"] = forms.MultipleChoiceField(
            label=_("I appear as attorney for"), choices=parties, required=must,
            widget=forms.CheckboxSelectMultiple(attrs=ENGLISH), initial=[key for key, _name in parties],
        )  # fmt: skip
        roles = [(rules.LEAD, _("Lead attorney")), (rules.NOTICED, _("Attorney to be noticed"))]
        self.fields["roles"] = forms.MultipleChoiceField(
            label=_("As"), choices=roles, required=False, initial=[key for key, _name in roles],
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip


RECEIVED = ("received_on", "received_at", "received_how")
"""What the court says of a filing that did not come through these pages."""


class DetailsForm(forms.Form):
    """The event's own questions; the judge who signed; who may read it; for the court, the day it counts for."""

    def __init__(
        self,
        *args: object,
        event: Event,
        judges: Sequence[tuple[str, str]],
        today: date,
        by_court: bool,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if event.signed:
            self.fields["judge"] = forms.ChoiceField(label=_("Judge"), choices=[("", "---"), *judges])
        for question in event.questions:
            self.fields[question.name] = _field(question)
        if event.restrictions:
            levels = sorted({*event.restrictions, event.restriction})
            self.fields["restriction"] = forms.TypedChoiceField(
                label=_("Who may read it"), coerce=int, initial=event.restriction, widget=forms.RadioSelect,
                choices=[(level, LEVELS[Restriction(level)]) for level in levels],
            )  # fmt: skip
        if by_court:
            self.fields["filed"] = forms.DateField(
                label=_("Date filed"), initial=today, widget=DateInput(),
                help_text=_("Another day than today when the filing reached the court then."),
            )  # fmt: skip
            self.fields["received_on"] = forms.DateField(
                label=_("Received on"), required=False, widget=DateInput(),
                help_text=_("Only for what came another way, such as by emergency e-mail while filing was closed. It "
                            "counts from then, and the docket text says so."),
            )  # fmt: skip
            self.fields["received_at"] = forms.TimeField(
                label=_("Received at (the court's time)"), required=False, widget=TimeInput()
            )
            self.fields["received_how"] = forms.CharField(
                label=_("How and why"), required=False, max_length=200,
                help_text=_("As the docket says it, for example: by emergency e-mail, electronic filing being closed"),
            )  # fmt: skip

    def clean(self) -> dict:
        typed = super().clean()
        received = [typed.get(name) for name in RECEIVED]
        if any(received) and not all(received):
            for name in RECEIVED:
                if name in self.fields and not typed.get(name) and name not in self.errors:
                    self.add_error(name, _("Day, hour and reason belong together."))
        day = typed.get("received_on")
        if day and day > self.today:
            self.add_error("received_on", _("It cannot have been received in the future."))
        elif day and typed.get("filed") not in (None, day, self.today):
            self.add_error("filed", _("It counts from the day on which it was received; write that day, or today."))
        elif day:
            typed["filed"] = day
        return typed

    def clean_filed(self) -> date:
        day = self.cleaned_data["filed"]
        if day > self.today:
            raise forms.ValidationError(_("The date filed cannot be in the future."))
        return day

    def said(self) -> dict[str, str | int]:
        """The answers as the draft keeps them."""
        return {name: _plain(value) for name, value in self.cleaned_data.items() if value not in (None, "")}


def _plain(value: object) -> str | int:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value if isinstance(value, int) else str(value)


def _field(question: Question) -> forms.Field:
    common = {"label": _(question.label), "required": question.required, "help_text": _(question.help)}
    if question.kind == "date":
        return forms.DateField(widget=DateInput(), **common)
    if question.kind == "time":
        return forms.TimeField(widget=TimeInput(), **common)
    if question.kind == "money":
        return forms.DecimalField(min_value=Decimal(0), max_digits=14, decimal_places=2, **common)
    if question.kind == "number":
        return forms.IntegerField(min_value=0, max_value=1_000_000, **common)
    if question.kind == "choice":
        return forms.ChoiceField(choices=[("", "---"), *((each, each) for each in question.choices)], **common)
    return forms.CharField(max_length=200, **common)


class TextForm(forms.Form):
    """The parts of the docket text that the filer words."""

    def __init__(self, *args: object, event: Event, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if event.prefixes:
            self.fields["prefix"] = forms.ChoiceField(
                label=_("Prefix"), required=False, choices=[("", "---"), *((each, each) for each in event.prefixes)],
                widget=forms.Select(attrs=ENGLISH),
            )  # fmt: skip
        if event.free:
            self.fields["free"] = forms.CharField(
                label=_(event.free), required=event.free_required, max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )  # fmt: skip

    def clean_free(self) -> str:
        return " ".join(self.cleaned_data["free"].split())
