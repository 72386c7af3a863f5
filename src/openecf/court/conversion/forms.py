"""What the clerk's office decides of a finding."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from openecf.court.conversion import rules

WORDS = {
    rules.SAME: _("The same person: one account stays, the others are closed, appearances go to the one that stays"),
    rules.DIFFERENT: _("Different persons: everything stays as it is"),
    rules.SPLIT: _(
        "Several people on one login: one of them keeps it with a new password, each of the others gets a login of their own"
    ),
}


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(label=_("What is true"), widget=forms.RadioSelect)
    kept = forms.TypedChoiceField(
        label=_("Whose account stays (not asked where they are different persons)"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("How you know"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For the record: whom you asked, what you compared."),
    )

    def __init__(self, *args: object, kind: str, known: Sequence[rules.Known], **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["outcome"].choices = [(outcome, WORDS[outcome]) for outcome in rules.choices(kind)]
        self.fields["kept"].choices = [(one.row, f"{one.name} ({one.login})") for one in known if one.user is not None]
        if not self.fields["kept"].choices:
            del self.fields["kept"]

    def clean(self) -> dict:
        typed = super().clean()
        if typed.get("outcome") in (rules.SAME, rules.SPLIT) and not typed.get("kept"):
            field = "kept" if "kept" in self.fields else "outcome"
            self.add_error(field, _("Choose whose account stays; somebody with an account here."))
        return typed
