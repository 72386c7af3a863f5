"""What a filing costs: charged with the filing, in its transaction; settled once, by a payment or by the clerk's office."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openecf.court.cases import services as cases
from openecf.court.docket import services as docket
from openecf.court.fees.models import FilingFee
from openecf.court.fees.owing import payments_of, rules_here
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record

if TYPE_CHECKING:
    from openecf.court.docket.models import Entry
    from openecf.court.people.models import CourtUser

LONGEST = 500


class Settled(Refusal):
    """The fee is paid or waived already, or a bank was asked for it."""

    said = _("This fee was settled before, or a payment of it is on its way. Nothing was changed.")
    code = "fee-settled"


class WordsMissing(Refusal):
    said = _("Write how it was paid, or why it is not to be.")
    code = "words-missing"


def charge_filing(*, entry: Entry, user: CourtUser, group: str, what: str, at: datetime) -> FilingFee | None:
    """Charge what the court's profile says for the event; None: nothing. In the transaction of the filing, whose audit line
    covers it."""
    rules, zone = rules_here(), settings.COURT.zone
    cents = rules.cents_for(entry.event, group=group, on=legal_day(at, zone))
    if not cents:
        return None
    return FilingFee.objects.create(
        entry=entry, user=user, what=(what or entry.title)[:200], cents=cents, charged_at=at,
        due_at=rules.due_at(at, zone=zone),
    )  # fmt: skip


def mark_paid(*, fee_id: int, said: str, by: str, at: datetime) -> None:
    """The clerk's office has the money; ``said``: the receipt's number. The docket tells it. Settled, WordsMissing."""
    with _open(fee_id, said) as (row, words):
        pay([row], receipt=words, by=by, at=at)


def waive(*, fee_id: int, said: str, by: str, at: datetime) -> None:
    """The court does without it, for a reason that the filer reads. Settled, WordsMissing."""
    with _open(fee_id, said) as (row, words):
        row.waived_at, row.said, row.settled_by = at, words, by
        row.save(update_fields=["waived_at", "said", "settled_by"])
        record(act="fee.waived", by=by, at=at, subject=f"fee:{row.id}", entry=row.entry_id, why=words)


def give_time(*, fee_id: int, until: datetime | None, said: str, by: str, at: datetime) -> None:
    """The filer files on until then in spite of the fee (None: whenever it is paid). Settled, WordsMissing."""
    with _open(fee_id, said) as (row, words):
        row.due_at, row.said = until, words
        row.save(update_fields=["due_at", "said"])
        record(act="fee.time-given", by=by, at=at, subject=f"fee:{row.id}", entry=row.entry_id, why=words,
               until=until.isoformat() if until else "")  # fmt: skip


def note_refund(*, fee_id: int, said: str, by: str, at: datetime) -> None:
    """Money that came twice was given back; how. Settled if none is to be."""
    words = said.strip()[:LONGEST]
    if not words:
        raise WordsMissing
    with transaction.atomic():
        row = FilingFee.objects.select_for_update().filter(id=fee_id, refund_due=True).first()
        if row is None:
            raise Settled
        FilingFee.objects.filter(id=row.id).update(refund_due=False)
        record(act="fee.refunded", by=by, at=at, subject=f"fee:{row.id}", entry=row.entry_id, how=words)


@contextmanager
def _open(fee_id: int, said: str) -> Iterator[tuple[FilingFee, str]]:
    """The locked fee with the clerk's words, while nothing settled it and no bank was asked for it."""
    words = said.strip()[:LONGEST]
    if not words:
        raise WordsMissing
    with transaction.atomic():
        row = FilingFee.objects.select_for_update(of=("self",)).select_related("entry").filter(id=fee_id).first()
        if row is None or not row.is_open:
            raise Settled
        if any(made.status in ("pending", "paid") for made in payments_of([row])[row.pk]):
            raise Settled
        yield row, words


def pay(rows: Sequence[FilingFee], *, receipt: str, by: str, at: datetime) -> None:
    """These locked fees are paid: the docket of each case says so. In the caller's transaction.

    Cases are held in the order of their ids: two payments of fees in the same two cases do not wait in a circle.
    """
    for row in sorted(rows, key=lambda one: (one.entry.case_id, one.id)):
        row.paid_at, row.receipt, row.settled_by = at, receipt[:200], by
        row.save(update_fields=["paid_at", "receipt", "settled_by"])
        case = cases.locked(row.entry.case_id)
        # Read under the case's lock: an entry that is being sealed has a sealed receipt. Its filer may read both.
        row.entry.refresh_from_db(fields=["restriction"])
        number = f" (re: Doc # {row.entry.number})" if row.entry.number else ""
        entry = docket.enter(
            case_id=row.entry.case_id, event=docket.RECEIPT, title="Receipt of Filing Fee", at=at, entered_by="system",
            text=f"Receipt of {row.what}{number}. Receipt number {receipt}, amount ${Money(row.cents)}.",
            relates_to=[row.entry_id], restriction=row.entry.restriction, numbered=False, case=case, filer=row.user,
        )  # fmt: skip
        docket.finish(entry)
        record(act="fee.paid", by=by, at=at, subject=f"fee:{row.id}", entry=row.entry_id, receipt=receipt)
