"""Fields of forms about money: sums, days, reasons, numbers as they are printed somewhere."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from openecf.central.billing import rules
from openecf.kernel.money import Money
from openecf.platform.shell.forms import DateInput


def plain_input(**attrs: str) -> forms.TextInput:
    """For what is copied letter by letter: the browser neither completes nor corrects it."""
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"} | attrs)


def reason_field(label: object, missing: object, *, most: int = 1000, **more: object) -> forms.CharField:
    """Some sentences."""
    return forms.CharField(label=label, max_length=most, error_messages={"required": missing},
                           widget=forms.Textarea(attrs={"rows": 4}), **more)  # fmt: skip


def day_field(label: object, **more: object) -> forms.DateField:
    """A day, by the browser's date picker or typed."""
    wrong = {"required": _("Choose the day."), "invalid": _("Type the day as 2026-01-31.")}
    return forms.DateField(label=label, widget=DateInput, error_messages=wrong, **more)


class AmountField(forms.CharField):
    """Dollars and cents above zero."""

    def __init__(self, **more: object) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                         **{"error_messages": {"required": _("Type an amount such as 25.00.")}, **more})  # fmt: skip

    def clean(self, value: str) -> Money | None:
        typed = super().clean(value)
        if not typed and not self.required:
            return None
        amount = rules.amount_typed(typed)
        if amount is None or not Money() < amount <= rules.MOST:
            raise forms.ValidationError(_("Type an amount such as 25.00."))
        return amount
