"""Which part of the usage somebody wants to see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openecf.central.billing import contacts, rules
from openecf.central.billing.fields import day_field
from openecf.central.billing.queries import Selection
from openecf.kernel.money import Money
from openecf.kernel.names import looks_like_address

ALL, NO_CODE, CODE = "all", "none", "="
"""Values of the lists; a client code carries CODE before it, so that none is taken for another."""
_LONGEST = timedelta(days=3 * 366)


class UsageForm(forms.Form):
    """Days, court, client code and order. Every field may be left out: then it is the running quarter, everything."""

    since = day_field(_("From"))
    until = day_field(_("To"))
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


class BillingMailForm(forms.Form):
    """Who else gets the bills, one address a line, and which bills."""

    extra = forms.CharField(
        label=_("Further addresses for bills, one a line"), required=False, max_length=1200,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("At most four. Your own address gets them, too. Each new address is told."),
    )  # fmt: skip
    only_invoices = forms.BooleanField(
        label=_("Mail me invoices only, not statements with nothing to pay"), required=False
    )

    by_post = forms.BooleanField(
        label=_("Send me invoices and statements by post, too"), required=False,
        help_text=_("On paper, to the postal address of your account. The e-mail comes all the same."),
    )  # fmt: skip

    def clean_extra(self) -> list[str]:
        found = [line.strip() for line in self.cleaned_data["extra"].replace(",", "\n").splitlines() if line.strip()]
        if len(found) > contacts.MOST:
            raise forms.ValidationError(_("At most four addresses."))
        for each in found:
            if len(each) > 254 or not looks_like_address(each):
                said = gettext("This is no e-mail address: {text}").format(text=each[:80])
                raise forms.ValidationError(said)
        return found


class PayForm(forms.Form):
    """How much to pay: all that is owed, an invoice, or another amount, which may be more (it stays as a credit)."""

    ALL, INVOICE, OTHER = "all", "invoice", "other"

    what = forms.ChoiceField(
        label=_("How much"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how much you want to pay.")},
    )
    amount = forms.CharField(
        label=_("Another amount, in dollars"), required=False, max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("For example 25.00. What you pay beyond what you owe stays as a credit for the quarters to come."),
    )  # fmt: skip

    def __init__(self, typed: dict | None, *, owed: Money, invoice: tuple[str, Money] | None = None) -> None:
        self.invoice_number, self.invoice_due = invoice or ("", Money())
        self.owed = owed
        choices = []
        if self.invoice_due:
            said = gettext("Invoice {number}: ${due}").format(number=self.invoice_number, due=self.invoice_due)
            choices.append((self.INVOICE, said))
        if owed and owed != self.invoice_due:
            choices.append((self.ALL, gettext("All that is owed: ${owed}").format(owed=owed)))
        choices.append((self.OTHER, gettext("Another amount")))
        super().__init__(typed, initial={"what": choices[0][0]})
        self.fields["what"].choices = choices
        if len(choices) == 1:  # nothing is owed: there is an amount to type, and nothing to choose
            self.fields["what"].widget = forms.HiddenInput()
            self.fields["amount"].label = _("Amount, in dollars")
            self.fields["amount"].one_of_several = True

    def clean(self) -> dict:
        typed = super().clean()
        if typed.get("what") != self.OTHER:
            return typed
        amount = rules.amount_typed(typed.get("amount") or "")
        if amount is None:
            self.add_error("amount", _("Type an amount such as 25.00."))
        elif not Money() < amount <= rules.MOST:
            self.add_error("amount", _("The amount must be at least $0.01 and at most $99,999.99."))
        return typed | {"money": amount}

    def chosen(self) -> tuple[Money, str]:
        """The amount, and the number of the invoice that it pays or "". Only of a valid form."""
        typed = self.cleaned_data
        if typed["what"] == self.OTHER:
            return typed["money"], ""
        if typed["what"] == self.INVOICE:
            return self.invoice_due, self.invoice_number
        return self.owed, ""
