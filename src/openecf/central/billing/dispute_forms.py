"""What people type about charges that were wrong and money to give back, and what the desk answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from openecf.central.billing.disputes import Charge
from openecf.central.billing.exemptions import Exempt
from openecf.central.billing.fields import AmountField, day_field, plain_input, reason_field
from openecf.central.billing.models import CreditRequest, Finding
from openecf.central.billing.queries import Line
from openecf.kernel.exemptions import PURPOSES
from openecf.kernel.money import Money
from openecf.platform.shell.exemptions import PURPOSE_WORDS


class ChargesForm(forms.Form):
    """Which days' charges to show."""

    since = day_field(_("From"))
    until = day_field(_("To"))

    def __init__(self, typed: dict, *, since: date, until: date) -> None:
        super().__init__({"since": typed.get("since") or since.isoformat(),
                          "until": typed.get("until") or until.isoformat()})  # fmt: skip


def _words(line: Line) -> str:
    """A charge in one line."""
    code = f" [{line.client_code}]" if line.client_code else ""
    return f"{line.printed_at} {line.court.upper()}: {line.description}, {line.criteria}{code}: ${line.cost}"


class CreditForm(forms.Form):
    """A Credit Request: the charges, what was wrong with them."""

    lines = forms.TypedMultipleChoiceField(
        label=_("Charges"), coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose the charges that were wrong."),
            "invalid_choice": _("One of these charges cannot be disputed any more."),
        },
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=_("What was wrong"), choices=CreditRequest.Reason.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what was wrong.")},
    )  # fmt: skip
    case = forms.CharField(label=_("Case number"), max_length=60, required=False)
    text = reason_field(_("What happened"), _("Say what happened."), most=2000)

    def __init__(self, typed: dict | None, *, charges: Sequence[Charge]) -> None:
        super().__init__(typed)
        self.fields["lines"].choices = [(one.id, _words(one.line)) for one in charges if not one.taken]


class RefundForm(forms.Form):
    """Ask for credit to be paid out."""

    amount = AmountField(label=_("Amount, in dollars"))
    reason = reason_field(_("Why"), _("Say why it was paid too much."))


class DecideForm(forms.Form):
    """The desk's answer to a Credit Request."""

    ALL, PART, NOTHING = "all", "part", "nothing"

    answer = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=[(ALL, _("Grant all of it")), (PART, _("Grant a part")), (NOTHING, _("Refuse"))],
        error_messages={"required": _("Choose a decision.")},
    )  # fmt: skip
    amount = AmountField(label=_("Amount of a part, in dollars"), required=False)
    remark = reason_field(_("Reason, for the person who asked"), _("Give the reason: the person who asked reads it."))

    def __init__(self, typed: dict | None, *, asked: Money) -> None:
        super().__init__(typed)
        self.asked = asked

    def clean(self) -> dict:
        typed = super().clean()
        amount = typed.get("amount")
        if typed.get("answer") == self.PART and "amount" not in self.errors and not (amount and amount < self.asked):
            self.add_error("amount", _("A part is more than nothing and less than all of it."))
        return typed

    def granted(self) -> Money:
        """Only of a valid form."""
        answers = {self.ALL: self.asked, self.NOTHING: Money(), self.PART: self.cleaned_data["amount"]}
        return answers[self.cleaned_data["answer"]]


class GiveCreditForm(forms.Form):
    """A credit that nobody asked for by request. ``sheet`` tells this form from another one of the same words."""

    sheet = forms.UUIDField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}), initial=uuid4)
    amount = AmountField(label=_("Credit, in dollars"))
    reason = reason_field(_("Reason, for the payer"), _("Give the reason: the payer reads it."), most=200)


class AgreeForm(forms.Form):
    """The desk made a refund at Pay.gov, or agrees that it be made."""

    tracking = forms.CharField(
        label=_("Pay.gov's number of the refund"), max_length=64,
        error_messages={"required": _("Make the refund at Pay.gov first, and type its number.")},
        widget=plain_input(),
    )  # fmt: skip

    def __init__(self, typed: dict | None, *, last_word: bool) -> None:
        super().__init__(typed)
        if not last_word:
            del self.fields["tracking"]

    @property
    def number(self) -> str:
        """Pay.gov's number; empty while another person has the last word. Only of a valid form."""
        return self.cleaned_data.get("tracking", "")


class RemarkForm(forms.Form):
    """Refusing, or giving up, with the reason."""

    remark = reason_field(_("Reason"), _("Give the reason."))


class SetAsideForm(forms.Form):
    """Why a finding about a payment, or a credit or an exemption that a first person agreed to, is not right."""

    remark = reason_field(_("Reason"), _("Give the reason."), most=300)


def _rests_on() -> forms.CharField:
    return forms.CharField(
        label=_("Rests on"), max_length=300, help_text=_("The order, appointment or letter, with its date."),
        error_messages={"required": _("Say on what it rests.")},
    )  # fmt: skip


class ExemptForm(forms.Form):
    """An exemption: where, for what, on what it rests."""

    courts = forms.MultipleChoiceField(
        label=_("Courts"), widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Choose a court.")}
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=[(key, PURPOSE_WORDS[key]) for key in PURPOSES])
    case = forms.CharField(
        label=_("In one case only: its number"), max_length=40, required=False,
        widget=plain_input(),
        help_text=_("As the court writes it, for example 26-10001 or 1:26-cv-20001."),
    )  # fmt: skip
    since = day_field(_("From"))
    until = day_field(_("Until (the last day)"), required=False)
    order = _rests_on()

    def __init__(self, typed: dict | None, *, courts: Sequence[tuple[str, str]], today: date, prefix: str) -> None:
        super().__init__(typed, prefix=prefix, initial={"since": today})
        self.fields["courts"].choices = courts

    def clean(self) -> dict:
        typed = super().clean()
        if typed.get("until") and typed.get("since") and typed["until"] < typed["since"]:
            self.add_error("until", _("The last day is before the first."))
        return typed


class ExtendForm(forms.Form):
    """Let an exemption that has an end go on."""

    exemption = forms.ChoiceField(
        label=_("Which exemption"), error_messages={"required": _("Choose an exemption."),
                                                   "invalid_choice": _("There is no such exemption any more.")},
    )  # fmt: skip
    until = day_field(_("Until (the new last day)"), required=False, help_text=_("Without a day it has no end."))
    order = _rests_on()

    def __init__(self, typed: dict | None, *, exemptions: Sequence[Exempt], prefix: str) -> None:
        super().__init__(typed, prefix=prefix)
        self.fields["exemption"].choices = [(str(one.id), _said(one)) for one in exemptions]

    def chosen(self) -> UUID:
        """Only of a valid form."""
        return UUID(self.cleaned_data["exemption"])


def _said(one: Exempt) -> str:
    case = f" ({one.case})" if one.case else ""
    return f"{one.court}: {one.what}{case}, {one.until:%m/%d/%Y}"


class FindPaymentForm(forms.Form):
    """Any number of a payment: Pay.gov's, or our reference."""

    number = forms.CharField(
        label=_("Pay.gov's number, or our reference"), max_length=64,
        widget=plain_input(),
        error_messages={"required": _("Type a number.")},
    )  # fmt: skip


class FindingForm(forms.Form):
    """What Pay.gov's report says of a payment, where Pay.gov does not tell us."""

    verdict = forms.ChoiceField(
        label=_("What does Pay.gov's report say?"), choices=Finding.Verdict.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the report says.")},
    )  # fmt: skip
    tracking = forms.CharField(
        label=_("Pay.gov's tracking number, if it took the money"), max_length=64, required=False,
        widget=plain_input(),
    )  # fmt: skip
    paid_on = day_field(_("Day of the payment, if it took the money"), required=False)
    reason = forms.CharField(
        label=_("Which report, and what it says"), max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("For example: Transaction report of 01/31/2026, searched by our reference. No card numbers."),
        error_messages={"required": _("Say which report you looked in.")},
    )  # fmt: skip

    def __init__(self, typed: dict | None, *, begun: date, today: date, prefix: str) -> None:
        super().__init__(typed, prefix=prefix)
        self.begun, self.today = begun, today

    def clean(self) -> dict:
        typed = super().clean()
        if typed.get("verdict") != Finding.Verdict.TAKEN:
            return typed
        if not typed.get("tracking"):
            self.add_error("tracking", _("Type the number that Pay.gov's own reports give to this payment."))
        day = typed.get("paid_on")
        if day is None and "paid_on" not in self.errors:
            self.add_error("paid_on", _("Choose the day."))
        elif day is not None and not self.begun <= day <= self.today:
            self.add_error("paid_on", _("That day is before the payment was begun, or has not come yet."))
        return typed
