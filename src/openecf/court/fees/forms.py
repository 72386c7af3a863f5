"""Forms of the fees room."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openecf.court.fees.queries import Exempt
from openecf.platform.shell.forms import DateInput


class ExemptionForm(forms.Form):
    """As what to read in this session."""

    PAY = "pay"

    use = forms.ChoiceField(label=_("From now on I read as"), widget=forms.RadioSelect,
                            error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")})  # fmt: skip

    def __init__(self, typed: dict | None, *, exemptions: Sequence[Exempt], now: str) -> None:
        super().__init__(typed, initial={"use": now or self.PAY})
        self.fields["use"].choices = [
            (self.PAY, gettext("not exempt: what I look at is charged")),
            *((str(one.id), _words(one)) for one in exemptions),
        ]

    @property
    def chosen(self) -> UUID | None:
        """The exemption, or None for none. Only of a valid form."""
        use = self.cleaned_data["use"]
        return None if use == self.PAY else UUID(use)


def _words(one: Exempt) -> str:
    if not one.case:
        return gettext("exempt: {what}").format(what=one.what)
    return gettext("exempt: {what}, in case {case}").format(what=one.what, case=one.case)


class PeriodForm(forms.Form):
    """From one day to another."""

    since = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["since"] > cleaned["until"]:
            self.add_error("until", _("The last day is before the first."))
        return cleaned


class HowForm(forms.Form):
    """How money came, or went."""

    said = forms.CharField(
        label=_("How"), max_length=200, help_text=_("The number of the receipt or refund, or another reason."),
        error_messages={"required": _("Write how it was paid, or why it is not to be.")},
    )  # fmt: skip


class WhyForm(forms.Form):
    """Why the court does without a fee."""

    said = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("The filer reads it."),
        error_messages={"required": _("Give the reason.")},
    )  # fmt: skip


class TimeForm(WhyForm):
    """Until when a filer files in spite of an unpaid fee."""

    until = forms.DateField(
        label=_("Last day"), required=False, widget=DateInput(),
        help_text=_("Empty: the fee stays due, and keeps the filer from filing no more."),
    )  # fmt: skip
    field_order = ("until", "said")
