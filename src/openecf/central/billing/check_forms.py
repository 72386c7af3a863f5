"""What the desk types about a check that came by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openecf.central.accounts import queries as accounts
from openecf.central.billing import rules
from openecf.central.billing.checks import Mailed, Open
from openecf.central.billing.fields import AmountField, day_field, plain_input, reason_field
from openecf.central.billing.models import Check
from openecf.kernel.money import Money

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account


class AccountField(forms.CharField):
    """The number of an account; the account itself when it is clean."""

    def __init__(self, **more: object) -> None:
        super().__init__(max_length=20, widget=plain_input(inputmode="numeric"), **more)

    def clean(self, value: str) -> Account | None:
        typed = super().clean(value)
        if not typed:
            return None
        account = accounts.numbered(typed.strip())
        if account is None:
            raise forms.ValidationError(_("No account has this number."))
        if account.merged_into_id:
            said = gettext("This account was closed as a duplicate. The person goes on with account {number}.")
            raise forms.ValidationError(said.format(number=account.merged_into.number))
        return account


class EnterCheckForm(forms.Form):
    """A check as it reads, and for which account it is, if that is known. ``compares``: one that reads alike is there, and
    it is asked whether this is another."""

    sheet = forms.UUIDField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}), initial=uuid4)
    number = forms.CharField(
        label=_("Check number"), max_length=30, widget=plain_input(inputmode="numeric"),
        error_messages={"required": _("Type the number that is printed on the check.")},
    )  # fmt: skip
    amount = AmountField(label=_("Amount, in dollars"))
    dated = day_field(_("Date on the check"))
    received_on = day_field(_("Received on"))
    drawer = forms.CharField(
        label=_("Name printed on the check"), max_length=100, widget=plain_input(),
        error_messages={"required": _("Type the name that is printed on the check.")},
    )  # fmt: skip
    account = AccountField(
        label=_("Account number"), required=False,
        help_text=_("Leave it empty if nobody can tell whose it is: the check then waits until that is known."),
    )  # fmt: skip
    is_another = forms.BooleanField(
        label=_("I compared both: this is another check of the same number, amount and date"), required=False
    )

    def __init__(self, typed: dict | None, *, today: date, compares: UUID | None) -> None:
        """``compares``: the check of the same number, amount and date that the page shows beside."""
        super().__init__(typed, initial={"received_on": today})
        self.today, self.compares = today, compares
        if not compares:
            del self.fields["is_another"]

    def clean_number(self) -> str:
        number = rules.check_number(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError(_("A check's number has figures only, at most 15."))
        return number

    def clean(self) -> dict:
        typed = super().clean()
        dated, received = typed.get("dated"), typed.get("received_on")
        if received and received > self.today:
            self.add_error("received_on", _("That day has not come yet."))
        elif dated and received and dated > received:
            self.add_error(
                "dated", _("A check that is dated later than the day it came is sent back: no bank pays it.")
            )
        elif dated and received and received - dated > rules.BANKS_PAY_FOR:
            self.add_error("dated", _("A check older than six months is sent back: a bank need not pay it."))
        return typed

    def check(self) -> dict[str, object]:
        """What ``services.enter_check`` takes. Only of a valid form."""
        typed = dict(self.cleaned_data)
        account, is_another = typed.pop("account"), typed.pop("is_another", False)
        return typed | {"payer": account.id if account else None, "another_than": self.compares if is_another else None}


class FindCheckForm(forms.Form):
    """Find checks by their number."""

    number = forms.CharField(
        label=_("Check number"), max_length=30, widget=plain_input(inputmode="numeric"),
        error_messages={"required": _("Type a number.")},
    )  # fmt: skip


class WhoseForm(forms.Form):
    """For which account a check is."""

    account = AccountField(label=_("Account number"), error_messages={"required": _("Type an account number.")})


class _ShareField(AmountField):
    """An amount that may be nothing."""

    def clean(self, value: str) -> Money:
        return Money() if rules.amount_typed(value or "") == Money() else super().clean(value) or Money()


class ShareForm(forms.Form):
    """What of a check goes where: to each bill that is not wholly paid, and to the account as a whole."""

    left = forms.CharField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def __init__(self, typed: dict | None, *, check: Mailed, bills: Sequence[Open], prefix: str) -> None:
        super().__init__(typed, prefix=prefix, initial={"left": str(check.left)})
        self.bills = bills
        proposed = rules.shared_out(check.left, [one.left for one in bills])
        for one, amount in zip(bills, proposed, strict=True):
            said = gettext("Invoice {number}: ${left} to pay").format(number=one.number, left=one.left)
            field = _ShareField(label=said, required=False, initial=str(amount) if amount else "")
            field.one_of_several = True
            self.fields[f"bill-{one.statement}"] = field
        self.fields["account"] = _ShareField(
            label=_("To the account as a whole"), required=False,
            help_text=_("For what no invoice names, or as a credit that the next invoice takes."),
        )  # fmt: skip
        self.fields["account"].one_of_several = True

    def clean_left(self) -> Money:
        return rules.amount_typed(self.cleaned_data["left"]) or Money()

    def shares(self) -> dict[int | None, Money]:
        """By statement; None is the account. Only of a valid form."""
        typed = self.cleaned_data
        return {one.statement: typed[f"bill-{one.statement}"] for one in self.bills} | {None: typed["account"]}


class TakeBackForm(forms.Form):
    """Why a check is taken back."""

    why = forms.ChoiceField(
        label=_("Why"),
        choices=Check.Why.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why.")},
    )
    remark = reason_field(
        _("In words, for the payer"), _("Give the reason: the payer reads it."), most=300,
        help_text=_("What the bank's notice says, or what happened."),
    )  # fmt: skip
