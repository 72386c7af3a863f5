"""Checks that came by mail: entered once, shared out to bills, taken back when the bank returns them.

A check is entered as it reads. What of it goes to which bill, a person of the desk says; the rest of an odd sum, and all
of a check of which nobody knows whose it is, is in nobody's ledger until that is settled. The ledger's lines stay when
a check is taken back: others go against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.services import in_words_of
from openecf.central.billing import checks, contacts, queries, receipts, rules
from openecf.central.billing.models import Check, CheckShare
from openecf.central.billing.services.ledger import charge_fee, one_at_a_time, record_payment, take_payment_back
from openecf.central.billing.services.two_people import OwnRequest
from openecf.kernel.billing import schedule_on
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

Shares = Mapping[int | None, Money]
"""By statement; None is the account as a whole."""


class EnteredAlready(Refusal):
    """A check of that number, sum and date is there; ``facts["check"]`` is its id, None if it is being entered now."""

    said = gettext_lazy("A check of this number, amount and date is entered already.")
    code = "entered-already"


class CheckTakenBack(Refusal):
    said = gettext_lazy("This check was taken back.")
    code = "check-taken-back"


class WhoseCheck(Refusal):
    said = gettext_lazy("Say first for which account the check is.")
    code = "whose-check"


class LeftChanged(Refusal):
    """The page showed another rest than there is now: somebody was quicker, or a button was pressed twice."""

    said = gettext_lazy("Something of this check was entered meanwhile. Look again at what is left of it.")
    code = "left-changed"


class MoreThanTheCheck(Refusal):
    said = gettext_lazy("That is more than is left of the check.")
    code = "more-than-the-check"


class MoreThanTheBill(Refusal):
    said = gettext_lazy("That is more than is left to pay of an invoice. The rest can stay, or go to the account.")
    code = "more-than-the-bill"


class NothingShared(Refusal):
    said = gettext_lazy("Type an amount for an invoice or for the account.")
    code = "nothing-shared"


def enter_check(
    *, number: str, amount: Money, dated: date, drawer: str, received_on: date, payer: UUID | None,
    another_than: UUID | None = None, sheet: UUID, by: UUID, at: datetime,
) -> UUID:  # fmt: skip
    """Enter a check as it reads; its id. The same on the same ``sheet`` once more is a button that was pressed twice.

    ``another_than``: the last check of its number, sum and date, with which it was compared: it is another. EnteredAlready
    when the last one is not that; of two who enter it at once, one has it. OwnRequest.
    """
    if payer == by:
        raise OwnRequest
    written = {"number": number, "cents": amount.cents, "dated": dated}
    before = Check.objects.filter(pk=sheet).first()
    if before is not None and all(getattr(before, name) == said for name, said in written.items()):
        return before.pk
    alike = Check.objects.filter(**written).order_by("-copy")
    if (last := alike.first()) is not None and last.pk != another_than:
        raise EnteredAlready(check=last.pk)
    try:
        with transaction.atomic():
            Check.objects.create(
                pk=sheet, **written, copy=last.copy + 1 if last else 0, drawer=drawer, received_on=received_on,
                payer_id=payer, left_cents=amount.cents, entered_at=at, entered_by=by,
            )  # fmt: skip
            _record("check.entered", sheet, payer, by, at, number=number, cents=amount.cents)
    except IntegrityError as problem:
        if "check_once" not in str(problem) and "mailed_check_pkey" not in str(problem):
            raise
        raise EnteredAlready(check=alike.values_list("pk", flat=True).first()) from None
    return sheet


def say_whose_check(*, check: UUID, payer: UUID, by: UUID, at: datetime) -> None:
    """For which account a check is of which something is left. OwnRequest, CheckTakenBack, LeftChanged."""
    if payer == by:
        raise OwnRequest
    with transaction.atomic():
        row = _live(check)
        if not row.left_cents:
            raise LeftChanged
        Check.objects.filter(pk=row.pk).update(payer_id=payer)
        _record("check.named", row.pk, payer, by, at, before=str(row.payer_id or ""))


def share_out_check(*, check: UUID, shares: Shares, left: Money, by: UUID, at: datetime) -> None:
    """Put a check, or a part of it, on bills of its account and on the account; the payer is told.

    ``left`` is what the page said is left of it. WhoseCheck, OwnRequest, CheckTakenBack, LeftChanged, MoreThanTheCheck,
    MoreThanTheBill, NothingShared.
    """
    wanted = {statement: amount for statement, amount in shares.items() if amount}
    total = sum(wanted.values(), Money())
    with transaction.atomic():
        row = _live(check)
        if row.payer_id is None:
            raise WhoseCheck
        row.payer_id = _goes_on(row.payer_id)
        if row.payer_id == by:
            raise OwnRequest
        if row.left_cents != left.cents:
            raise LeftChanged
        if not wanted:
            raise NothingShared
        if total > left:
            raise MoreThanTheCheck
        one_at_a_time(row.payer_id)
        open_now = {one.statement: one for one in checks.open_bills(accounts.account(row.payer_id))}
        for statement, amount in wanted.items():
            if statement is not None and (statement not in open_now or amount > open_now[statement].left):
                raise MoreThanTheBill
        for statement, amount in wanted.items():
            _enter(row, statement, amount, by, at)
        Check.objects.filter(pk=row.pk).update(payer=row.payer_id, left_cents=row.left_cents - total.cents)
        _record("check.shared-out", row.pk, row.payer_id, by, at, cents=total.cents)
        said = [(open_now[one].number if one else "", amount) for one, amount in wanted.items()]
        _tell_shared(row, said, left - total, at)


def _enter(row: Check, statement: int | None, amount: Money, by: UUID, at: datetime) -> None:
    share = CheckShare.objects.create(
        check_of=row, payer_id=row.payer_id, statement_id=statement, cents=amount.cents, at=at, by=by
    )
    record_payment(
        payer=row.payer_id, amount=amount, reference=f"check:{share.pk}", by=str(by), at=at, note=_note(row),
        statement=statement,
    )  # fmt: skip


def take_check_back(*, check: UUID, why: str, remark: str, by: UUID, at: datetime) -> None:
    """The bank returned a check, or it was not one: what of it was entered is owed again, and whoever it was entered for
    is told why; with the fee of the schedule where the writer is the cause. CheckTakenBack, OwnRequest."""
    with transaction.atomic():
        row = _live(check)
        row.payer_id = _goes_on(row.payer_id) if row.payer_id else None
        shares = list(row.shares.order_by("id"))
        owes = {share.pk: _goes_on(share.payer_id) for share in shares}
        payers = {*owes.values(), *([row.payer_id] if row.payer_id else [])}
        if by in payers:
            raise OwnRequest
        for payer in sorted(payers):
            one_at_a_time(payer)
        for share in shares:
            take_payment_back(
                payer=owes[share.pk], amount=Money(share.cents), reference=f"check:{share.pk}", by=str(by), at=at,
                note=_note(row), statement=share.statement_id,
            )  # fmt: skip
        fee = schedule_on(legal_day(at, rules.ZONE)).returned_payment if why in rules.CHECKS_WITH_FEE else Money()
        fee = fee if row.payer_id else Money()
        if fee:
            charge_fee(payer=row.payer_id, amount=fee, reference=f"check:{row.pk}", by=str(by), at=at, note=_note(row))
        row.returned_at, row.returned_by, row.why, row.remark = at, by, why, remark
        row.left_cents, row.fee_cents = 0, fee.cents
        row.save(update_fields=["payer", "returned_at", "returned_by", "why", "remark", "left_cents", "fee_cents"])
        _record("check.taken-back", row.pk, row.payer_id, by, at, why=why, cents=row.cents, fee=fee.cents)
        for payer in sorted(payers):
            entered = sum((Money(one.cents) for one in shares if owes[one.pk] == payer), Money())
            _tell_back(row, payer, entered, fee if payer == row.payer_id else Money(), at)


def _live(check: UUID) -> Check:
    row = Check.objects.select_for_update().get(pk=check)
    if row.returned_at is not None:
        raise CheckTakenBack
    return row


def _goes_on(payer: UUID) -> UUID:
    """The account that pays for this one, if it was closed as a duplicate meanwhile: its balance went there, too."""
    while (account := accounts.account(payer)).merged_into_id:
        payer = account.merged_into_id
    return payer


def _note(row: Check) -> str:
    """What the ledger says of it, to every reader: a number and a sum need no words."""
    return f"#{row.number}, ${Money(row.cents)}, {row.dated:%m/%d/%Y}"


def _record(act: str, check: UUID, payer: UUID | None, by: UUID, at: datetime, **more: object) -> None:
    audit.record(act=act, by=str(by), at=at, subject=str(payer or f"check:{check}"), check=str(check), **more)


def _tell_shared(row: Check, shares: list[tuple[str, Money]], left: Money, at: datetime) -> None:
    payer = accounts.account(row.payer_id)
    with in_words_of(payer):
        told = gettext("Your check {number} of ${amount} was entered for PACER account {account}:")
        lines = [f"{invoice or gettext('to the account')}: ${amount}" for invoice, amount in shares]
        after = receipts.after(queries.balance_now(payer=payer.id))
        rest = gettext("${left} of the check is not entered yet: the Service Center looks into it.") if left else ""
        text = told.format(number=row.number, amount=Money(row.cents), account=payer.number)
        _mail(payer, row, gettext("Your check for PACER fees was entered"),
              [text, "\n".join(lines), rest.format(left=left), after], at)  # fmt: skip


def _tell_back(row: Check, payer_id: UUID, entered: Money, fee: Money, at: datetime) -> None:
    payer = accounts.account(payer_id)
    with in_words_of(payer):
        told = gettext("The check {number} of ${amount} for PACER account {account} was taken back. The reason: {why}.")
        text = told.format(number=row.number, amount=Money(row.cents), account=payer.number, why=row.get_why_display())
        owed = gettext("${entered} that was entered for it is owed again.").format(entered=entered) if entered else ""
        charged = gettext("For a returned check ${fee} is charged.").format(fee=fee) if fee else ""
        after = receipts.after(queries.balance_now(payer=payer.id))
        _mail(payer, row, gettext("Your check for PACER fees was taken back"),
              [text, row.remark, owed, charged, after], at)  # fmt: skip


def _mail(payer: Account, row: Check, subject: str, parts: list[str], at: datetime) -> None:
    mail.send(
        to=contacts.addresses(payer), subject=subject, text="\n\n".join(part for part in parts if part), at=at,
        reference=f"check:{row.pk}",
    )  # fmt: skip
