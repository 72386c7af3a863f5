"""Paying filing fees at Pay.gov's hosted page: all that is due at once, to the court's own agency application there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from openecf.court.fees import charging, owing
from openecf.court.fees.models import FilingFee
from openecf.court.fees.owing import FEE_PURPOSE
from openecf.court.people import queries as people
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail
from openecf.platform.payments import queries as payments
from openecf.platform.payments import services as collecting
from openecf.platform.payments.gateway import gateway
from openecf.platform.payments.queries import Paying
from openecf.platform.payments.rules import State
from openecf.platform.payments.services import Decided


class NotYours(Refusal):
    said = _("There is no such payment.")
    code = "not-yours"


class NothingDue(Refusal):
    said = _("No filing fee is due.")
    code = "nothing-due"


class SomebodyElsePays(Refusal):
    """The principal, or an agent, began a payment of the same fees."""

    said = _(
        "Somebody else who may pay these fees began a payment of them: the filer, or a filing agent. Look again in an hour: "
        "a bank takes up to three business days. Please do not pay it again."
    )
    code = "somebody-else-pays"


class Outdated(Refusal):
    """A fee of the payment was settled otherwise since it was begun."""

    said = _("While you were at the payment service the court settled a fee of this payment. Nothing was charged.")
    code = "outdated"


class NotLetToPay(Refusal):
    """A filing agent whom the principal lets file, and not pay."""

    said = _("The person you act for has not let you pay filing fees. Ask them to pay, or to change what you may do.")
    code = "not-let-to-pay"


OUTDATED = gettext_noop(
    "A payment of ${amount} was begun, and not finished at the payment service. The court settled one of its fees meanwhile, "
    "so that nothing was charged. Pay what is still due."
)


@dataclass(frozen=True)
class Payer:
    """Who pays for whose filings (``user``: a court user, of an agent the principal), and by which address of this site.

    ``behalf``: the principal, as the record names people, while an agent pays: what the agent begins for one principal
    is in nobody's way who pays for another.
    """

    account: UUID
    user: int
    origin: str
    behalf: str = ""

    @property
    def ref(self) -> str:
        """As the record of acts names the payer."""
        return f"account:{self.account}"


def pay_all(*, payer: Payer, at: datetime) -> str:
    """Begin a payment of everything that is due and on no other payment: the gateway's page. NothingDue, UnderWay,
    SomebodyElsePays, NoGateway, GatewayTrouble.

    One that the payer began, of which a fee was settled since, is given up for it.
    """
    if gateway() is None:
        raise collecting.NoGateway
    begun = mine(payer)
    if begun is not None and begun.state == State.AT_GATEWAY and is_outdated(begun):
        with suppress(collecting.NotWaiting):  # then its money is asked for by now, which is looked at next
            collecting.give_up(number=begun.number, by=payer.ref, at=at)
    with transaction.atomic():
        rows = list(
            FilingFee.objects.select_for_update().filter(user=payer.user, paid_at=None, waived_at=None).order_by("id")
        )
        if not rows:
            raise NothingDue
        # Also one that somebody else began, an agent or the principal: nobody pays twice.
        made = [one for each in owing.payments_of(rows).values() for one in each]
        if going_on := [one for one in made if one.is_under_way or one.status in ("pending", "paid")]:
            raise collecting.UnderWay if any(one.payer == payer.account for one in going_on) else SomebodyElsePays
        bill = uuid4()
        amount = sum((Money(row.cents) for row in rows), Money())
        payment = collecting.ask(
            payer=payer.account, purpose=FEE_PURPOSE, behalf=payer.behalf, reference=str(bill), amount=amount, by=payer.ref,
            at=at,
        )  # fmt: skip
        for row in rows:
            # Kept: if money comes for one that was begun before, it is of these fees all the same.
            row.earlier_bills = [*row.earlier_bills, *([row.bill] if row.bill else [])]
            row.bill = bill
        FilingFee.objects.bulk_update(rows, ["bill", "earlier_bills"])
    return collecting.begin(
        payment=payment,
        gateway=gateway(),
        url_success=lambda number: f"{payer.origin}/utilities/fees/back/{number}",
        url_cancel=lambda number: f"{payer.origin}/utilities/fees/cancelled/{number}",
        by=payer.ref,
        at=at,
    )


def mine(payer: Payer) -> Paying | None:
    """The payer's own payment of these filings' fees that was begun and not decided."""
    return payments.open_payment(payer=payer.account, purpose=FEE_PURPOSE, behalf=payer.behalf)


def came_of(payer: Payer, number: str) -> Paying | None:
    """What came of an own payment that the payer finished, or not, at the gateway's page; None where there is none such."""
    return payments.of_attempt(number, payer=payer.account, purpose=FEE_PURPOSE) if number else None


def is_outdated(paying: Paying) -> bool:
    """Whether a fee of a payment was settled since it was begun, so that its sum is not what is due: it is never asked for."""
    return not all(row.is_open for row in owing.of_bill(UUID(paying.reference)))


def go_on(*, payer: Payer) -> str:
    """Back to the gateway's page of a payment that is not finished. NotYours, Outdated, NotWaiting, NoGateway."""
    found = _mine(payer)
    if is_outdated(found):
        raise Outdated
    return collecting.back_to_page(number=found.number, gateway=gateway())


def give_up(*, payer: Payer, at: datetime) -> None:
    """Give up a payment that is not finished. NotYours, NotWaiting."""
    collecting.give_up(number=_mine(payer).number, by=payer.ref, at=at)


def came_back(*, payer: Payer, number: str, at: datetime) -> None:
    """The payer came back from the gateway, which proves nothing: ask it for the money. NotYours.

    Outdated, and nothing is asked for, where a fee of it is not owed any more: it was waived, or paid otherwise meanwhile.
    """
    found = payments.of_attempt(number, payer=payer.account, purpose=FEE_PURPOSE)
    if found is None:
        raise NotYours
    try:
        if not is_outdated(found):
            collecting.complete(number=number, gateway=gateway(), settle=settle, by=payer.ref, at=at)
            return
        collecting.give_up(number=number, by=payer.ref, at=at)
    except (collecting.NotWaiting, collecting.NoGateway):
        return  # another tab, or the job, was faster: the page says how it stands
    raise Outdated


def turned_back(*, payer: Payer, number: str, at: datetime) -> None:
    """The payer pressed Cancel at the gateway's page. NotYours."""
    if payments.of_attempt(number, payer=payer.account, purpose=FEE_PURPOSE) is None:
        raise NotYours
    try:
        collecting.give_up(number=number, by=payer.ref, at=at)
    except collecting.NotWaiting:
        return


def follow(*, now: Callable[[], datetime]) -> int:
    """Look after payments that are not decided; how many were looked at.

    Nothing is asked for if a fee that a payer went away with was waived, or paid otherwise, meanwhile; of what is due still
    the filer is told.
    """
    at, over = now(), 0
    for one in payments.left_at_gateway(purpose=FEE_PURPOSE, at=at):
        if not is_outdated(one):
            continue
        try:
            with transaction.atomic():
                collecting.give_up(number=one.number, by="system", at=at)
                tell_unpaid([row for row in owing.of_bill(UUID(one.reference)) if row.is_open], OUTDATED, one.amount,
                            one.number, at)  # fmt: skip
            over += 1
        except collecting.NotWaiting:
            continue  # its payer came back this moment
    return over + collecting.follow(purpose=FEE_PURPOSE, gateway=gateway(), settle=settle, now=now)


def settle(decided: Decided) -> None:
    """A payment is decided: its fees are paid, and filing is open again, in the deciding transaction."""
    rows = list(
        FilingFee.objects.select_for_update(of=("self",))
        .select_related("entry")
        .filter(owing.is_of(UUID(decided.reference)))
        .order_by("id")
    )
    if not decided.is_paid:
        words = gettext_noop("Your payment of ${amount} was turned down by your bank. Nothing was paid.")
        tell_unpaid(rows, words, decided.amount, decided.number, decided.at)
        return
    receipt = decided.tracking or decided.number
    charging.pay([row for row in rows if row.is_open], receipt=receipt, by=decided.by, at=decided.at)
    # Marked by hand or waived while the payer was at the hosted page: the clerk gives it back.
    for row in rows:
        if row.waived_at is not None or (row.paid_at is not None and row.paid_at != decided.at):
            FilingFee.objects.filter(id=row.id).update(refund_due=True)
            record(act="fee.paid-twice", by=decided.by, at=decided.at, subject=f"fee:{row.id}", payment=decided.number)


def tell_unpaid(rows: list[FilingFee], words: str, amount: Money, number: str, at: datetime) -> None:
    """Mail the filer, in the filer's language; ``words`` is marked for translation, with a place for the amount."""
    if not rows:
        return
    user = people.user(rows[0].user_id)
    with people.in_words_of(user):
        text = gettext(words)
        text += "\n\n" + gettext("What is due, and how to pay it:\n\n{link}")
        subject = gettext("Filing fees are not paid")
    if user.email:
        link = f"{this_site().config.base_url}/utilities/fees"
        mail.send(
            to=[user.email], subject=subject, text=text.format(amount=amount, link=link) + "\n", at=at,
            reference=f"payment:{number}",
        )  # fmt: skip


def _mine(payer: Payer) -> Paying:
    found = mine(payer)
    if found is None:
        raise NotYours
    return found
