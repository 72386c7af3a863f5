"""Credit Requests: charges that somebody says were wrong, and what the Service Center decides about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.services import in_words_of
from openecf.central.billing import contacts, queries, rules
from openecf.central.billing.models import CreditLine, CreditRequest, Statement, StatementRun, UsageLine
from openecf.central.billing.services.ledger import give_credit
from openecf.central.billing.services.two_people import NotWaiting, OwnRequest, is_first_of_two
from openecf.central.firms import queries as firms
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail

Outcome = CreditRequest.Outcome
OPEN = (Outcome.WAITING, Outcome.SECOND)
MOST_LINES = 100


class CannotAsk(Refusal):
    """These lines cannot be asked about so."""


class NoLines(CannotAsk):
    said = gettext_lazy("Choose at least one charge, and at most 100.")
    code = "no-lines"


class NotBilledYet(CannotAsk):
    said = gettext_lazy("A charge can be disputed once the statement of its quarter is made, and for 24 months.")
    code = "not-billed"


class WasWaived(CannotAsk):
    said = gettext_lazy("The fees of that quarter were waived: nothing was billed that could be credited.")
    code = "waived"


class OthersPaid(CannotAsk):
    said = gettext_lazy("Different payers were billed for these charges. Send a request for each of them.")
    code = "two-payers"


class AskedBefore(CannotAsk):
    said = gettext_lazy("One of these charges is in a Credit Request already.")
    code = "asked-before"


def disputable_from(at: datetime) -> datetime:
    """The first moment whose charges can still be disputed."""
    today = legal_day(at, rules.ZONE)
    return queries.midnight(rules.quarters_before(today, count=rules.KEPT_MONTHS // 3 + 1)[-1][0])


def ask_credit(
    *, account: UUID, lines: Sequence[int], reason: str, case: str, text: str, at: datetime
) -> CreditRequest:
    """File a Credit Request for lines of the account's own usage. CannotAsk, with why."""
    wanted = sorted(set(lines))
    if not 0 < len(wanted) <= MOST_LINES:
        raise NoLines
    rows = list(UsageLine.objects.filter(pk__in=wanted, account_id=account, cents__gt=0))
    if len(rows) != len(wanted):
        raise NoLines
    payer = _payer(account, rows, at)
    try:
        with transaction.atomic():
            made = CreditRequest.objects.create(
                account_id=account, payer_id=payer, asked_at=at, reason=reason, case=case, text=text,
                cents=sum(row.cents for row in rows),
            )  # fmt: skip
            CreditLine.objects.bulk_create([CreditLine(request=made, line=row) for row in rows])
            audit.record(act="credit.asked", by=str(account), at=at, subject=str(payer), request=str(made.pk),
                         cents=made.cents)  # fmt: skip
    except IntegrityError as problem:
        if "credit_line_once" not in str(problem):
            raise
        raise AskedBefore from None
    return made


def _payer(account: UUID, rows: Sequence[UsageLine], at: datetime) -> UUID:
    """Who was billed for these lines. NotBilledYet, WasWaived, OthersPaid."""
    run = StatementRun.objects.exclude(computed_at=None).order_by("-since").first()
    if run is None:
        raise NotBilledYet
    ends, first = queries.midnight(run.until + timedelta(days=1)), disputable_from(at)
    if any(row.at >= ends or row.pk > run.lines_to or row.at < first for row in rows):
        raise NotBilledYet
    spans = firms.spans_for(account=account, until=ends)

    def paid(row: UsageLine) -> UUID:
        return next((span.firm for span in spans if span.since <= row.at < span.until), account)

    payers = {paid(row) for row in rows}
    if len(payers) > 1:
        raise OthersPaid
    payer = payers.pop()
    if any(not _was_billed(payer, row) for row in rows):
        raise WasWaived
    return payer


def _was_billed(payer: UUID, row: UsageLine) -> bool:
    """Whether the statement that counted the line billed it: that of its quarter, or the one that it was late for."""
    day = legal_day(row.at, rules.ZONE)
    runs = StatementRun.objects.exclude(computed_at=None).filter(lines_to__gte=row.pk, until__gte=day)
    counted = runs.order_by("since").first()
    bill = Statement.objects.filter(run=counted, payer_id=payer).first() if counted else None
    return bill is not None and bill.billed_cents > 0


def withdraw_credit(*, account: UUID, request: UUID, at: datetime) -> None:
    """The one who asked takes it back. NotWaiting."""
    with transaction.atomic():
        row = _waiting(request, *OPEN, account=account)
        _close(row, Outcome.WITHDRAWN, Money(), "", str(account), at)
        audit.record(act="credit.withdrawn", by=str(account), at=at, subject=str(row.payer_id), request=str(row.pk))


def decide_credit(*, request: UUID, granted: Money, remark: str, by: UUID, at: datetime) -> str:
    """Grant a part or all of what was asked (nothing: refuse), with a remark that the asker reads; the outcome.

    Up to the limit, counted over a month, one person is enough; what is above it waits for a second's word.
    NotWaiting, OwnRequest.
    """
    with transaction.atomic():
        row = _waiting(request, Outcome.WAITING)
        if by in (row.account_id, row.payer_id):
            raise OwnRequest
        row.granted_cents, row.remark = min(granted, Money(row.cents)).cents, remark
        if granted and is_first_of_two(
            payer=row.payer_id, amount=Money(row.granted_cents), first_by=None, by=by, at=at
        ):  # fmt: skip
            CreditRequest.objects.filter(pk=row.pk).update(
                outcome=Outcome.SECOND, granted_cents=row.granted_cents, remark=remark, first_by=by
            )
            _record("credit.agreed", row, by, at)
            return Outcome.SECOND
        return _decide(row, by, at)


def agree_to_credit(*, request: UUID, granted: Money, by: UUID, at: datetime) -> str:
    """The second of two people agrees to what the first one would grant; the outcome.

    ``granted`` is what the second one read: if it is another sum by now, it does not wait for that word. NotWaiting,
    OwnRequest, SamePerson.
    """
    with transaction.atomic():
        row = _waiting(request, Outcome.SECOND)
        if row.granted_cents != granted.cents:
            raise NotWaiting
        if by == row.account_id:
            raise OwnRequest
        is_first_of_two(payer=row.payer_id, amount=Money(row.granted_cents), first_by=row.first_by, by=by, at=at)
        CreditRequest.objects.filter(pk=row.pk).update(second_by=by)
        return _decide(row, by, at)


def set_credit_aside(*, request: UUID, remark: str, by: UUID, at: datetime) -> None:
    """A second person does not agree, or the first takes it back: the request waits to be decided, as before.

    Why stands in the record of acts, for the desk. NotWaiting, OwnRequest.
    """
    with transaction.atomic():
        row = _waiting(request, Outcome.SECOND)
        if by in (row.account_id, row.payer_id):
            raise OwnRequest
        CreditRequest.objects.filter(pk=row.pk).update(
            outcome=Outcome.WAITING, granted_cents=0, remark="", first_by=None
        )  # fmt: skip
        _record("credit.set-aside", row, by, at, remark=remark)


def _decide(row: CreditRequest, by: UUID, at: datetime) -> str:
    """Close a request with what it says is granted. The ledger's line, the decision and its mail are one."""
    granted = Money(row.granted_cents)
    outcome = Outcome.REFUSED if not granted else Outcome.GRANTED if granted.cents == row.cents else Outcome.IN_PART
    _close(row, outcome, granted, row.remark, str(by), at)
    if granted:
        give_credit(
            payer=row.payer_id, amount=granted, reference=f"request:{row.pk}", by=str(by), at=at, note=row.remark
        )
    _record(f"credit.{outcome}", row, by, at)
    _tell(row, granted, row.remark, at)
    return outcome


def _record(act: str, row: CreditRequest, by: UUID, at: datetime, **more: str) -> None:
    audit.record(act=act, by=str(by), at=at, subject=str(row.payer_id), request=str(row.pk), cents=row.granted_cents,
                 **more)  # fmt: skip


def _waiting(request: UUID, *outcomes: Outcome, **also: UUID) -> CreditRequest:
    found = CreditRequest.objects.select_for_update().filter(
        pk=request, outcome__in=outcomes, **{f"{name}_id": value for name, value in also.items()}
    )
    row = found.first()
    if row is None:
        raise NotWaiting
    return row


def _close(row: CreditRequest, outcome: Outcome, granted: Money, remark: str, by: str, at: datetime) -> None:
    CreditRequest.objects.filter(pk=row.pk).update(
        outcome=outcome, granted_cents=granted.cents, remark=remark, decided_at=at, decided_by=by
    )
    if not granted:
        row.lines.update(live=False)


def _tell(row: CreditRequest, granted: Money, remark: str, at: datetime) -> None:
    """Mail whoever asked, and whoever pays where something is credited, each in the own language."""
    asker, payer = accounts.account(row.account_id), accounts.account(row.payer_id)
    told = {asker.email: asker}
    if granted:
        told |= dict.fromkeys((each for each in contacts.addresses(payer) if each not in told), payer)
    for reader in dict.fromkeys(told.values()):
        with in_words_of(reader):
            mail.send(
                to=sorted(address for address, whose in told.items() if whose == reader),
                subject=gettext("Your Credit Request to PACER"),
                text=f"{_decision(row, granted)}\n\n{remark}".strip(),
                at=at,
                reference=f"credit:{row.pk}",
            )


def _decision(row: CreditRequest, granted: Money) -> str:
    if granted:
        text = gettext(
            "Your Credit Request of {day} about ${asked} was decided: ${granted} are credited. The next statement shows "
            "it, and the balance shows it now."
        )
    else:
        text = gettext("Your Credit Request of {day} about ${asked} was decided: it was refused.")
    return text.format(day=f"{row.asked_at:%m/%d/%Y}", asked=Money(row.cents), granted=granted)
