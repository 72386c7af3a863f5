"""Which part of the usage somebody wants to see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openecf.central.billing import rules
from openecf.central.billing.queries import Selection
from openecf.platform.shell.forms import DateInput

ALL, NO_CODE, CODE = "all", "none", "="
"""Values of the lists; a client code carries CODE before it, so that none is taken for another."""
_LONGEST = timedelta(days=3 * 366)


class UsageForm(forms.Form):
    """Days, court, client code and order. Every field may be left out: then it is the running quarter, everything."""

    since = forms.DateField(
        label=_("From"), widget=DateInput, error_messages={"invalid": _("Type the day as 2026-01-31.")}
    )
    until = forms.DateField(
        label=_("To"), widget=DateInput, error_messages={"invalid": _("Type the day as 2026-01-31.")}
    )
    court = forms.ChoiceField(label=_("Court"))
    client_code = forms.ChoiceField(label=_("Client code"))
    sort = forms.ChoiceField(
        label=_("In order of"),
        choices=[("date", _("date")), ("court", _("court")), ("client_code", _("client code"))],
    )  # fmt: skip

    def __init__(
        self, typed: dict, *, today: date, courts: Sequence[tuple[str, str]], client_codes: Sequence[str]
    ) -> None:
        quarter = rules.quarter_of(today)
        usual = {"since": quarter[0].isoformat(), "until": today.isoformat(), "court": ALL, "client_code": ALL,
                 "sort": "date"}  # fmt: skip
        super().__init__({name: typed.get(name) or value for name, value in usual.items()})
        self.fields["court"].choices = [(ALL, gettext("All courts")), *courts]
        self.fields["client_code"].choices = [
            (ALL, gettext("All")),
            (NO_CODE, gettext("Without a client code")),
            *((f"{CODE}{code}", code) for code in client_codes),
        ]

    def clean(self) -> dict:
        typed = super().clean()
        since, until = typed.get("since"), typed.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day is before the first."))
        elif since and until and until - since > _LONGEST:
            self.add_error("since", _("Ask for at most three years at once."))
        return typed

    def selection(self) -> Selection:
        """What was asked for. Only of a valid form."""
        typed = self.cleaned_data
        code = typed["client_code"]
        return Selection(
            since=typed["since"],
            until=typed["until"],
            court="" if typed["court"] == ALL else typed["court"],
            client_code={ALL: None, NO_CODE: ""}.get(code, code.removeprefix(CODE)),
            sort=typed["sort"],
        )
