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

NO_CODE = "-"
_LONGEST = timedelta(days=3 * 366)


class UsageForm(forms.Form):
    """Days, court, client code and order. Every field may be left out: then it is the running quarter, everything."""

    since = forms.DateField(
        label=_("From"), widget=DateInput, error_messages={"invalid": _("Type the day as 2026-01-31.")}
    )
    until = forms.DateField(
        label=_("To"), widget=DateInput, error_messages={"invalid": _("Type the day as 2026-01-31.")}
    )
    court = forms.ChoiceField(label=_("Court"), required=False)
    client_code = forms.ChoiceField(label=_("Client code"), required=False)
    sort = forms.ChoiceField(
        label=_("In order of"), required=False,
        choices=[("date", _("date")), ("court", _("court")), ("client_code", _("client code"))],
    )  # fmt: skip

    def __init__(
        self, typed: dict, *, today: date, courts: Sequence[tuple[str, str]], client_codes: Sequence[str]
    ) -> None:
        quarter = rules.quarter_of(today)
        asked = {name: typed.get(name, "") for name in ("since", "until", "court", "client_code", "sort")}
        asked["since"] = asked["since"] or quarter[0].isoformat()
        asked["until"] = asked["until"] or today.isoformat()
        super().__init__(asked)
        self.fields["court"].choices = [("", gettext("All courts")), *courts]
        self.fields["client_code"].choices = [
            ("", gettext("All")), (NO_CODE, gettext("Without a client code")), *((code, code) for code in client_codes),
        ]  # fmt: skip

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
            court=typed["court"],
            client_code=None if not code else ("" if code == NO_CODE else code),
            sort=typed["sort"] or "date",
        )
