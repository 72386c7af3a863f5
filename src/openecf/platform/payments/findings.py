"""What people read in the gateway's reports about a payment that it tells nothing of any more; two of them decide.

Each site keeps its findings in a table of its own, with its own people and payers; what makes them count is here.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy

from openecf.kernel.refusal import Refusal
from openecf.platform.payments import services
from openecf.platform.payments.services import Settle


class FoundAlready(Refusal):
    """Somebody wrote a finding that waits for a second person."""

    said = gettext_lazy("Somebody found something about this payment already: agree with it, or refuse it.")
    code = "found-already"


class NeedsAnother(Refusal):
    """Two people must read the same in the report, and this one did already."""

    said = gettext_lazy("You wrote this finding. Somebody else must look in the report, too.")
    code = "needs-another"


@dataclass(frozen=True)
class Finder:
    """A clerk who finds out: ``ref`` as the record of acts names her, ``account`` her PACER account, if she has one."""

    ref: str
    account: UUID | None


def constraints(prefix: str = "") -> list[models.BaseConstraint]:
    """What holds of every finding; a site's second table of findings gives them a ``prefix``, for names are the schema's."""
    return [
        models.CheckConstraint(
            condition=Q(second_by=None) | ~Q(second_by=F("first_by")) | Q(outcome="refused"),
            name=f"{prefix}finding_two_people",
        ),
        models.CheckConstraint(
            condition=Q(outcome="waiting", second_by=None, decided_at=None)
            | (~Q(outcome="waiting") & Q(second_by__isnull=False, decided_at__isnull=False)),
            name=f"{prefix}finding_decided",
        ),
        models.CheckConstraint(
            condition=Q(verdict="never", tracking="", paid_on=None)
            | (Q(verdict="taken", paid_on__isnull=False) & ~Q(tracking="")),
            name=f"{prefix}finding_names_what_was_taken",
        ),
        models.UniqueConstraint(fields=["number"], condition=Q(outcome="waiting"), name=f"{prefix}finding_one_open"),
    ]


class Finding(models.Model):
    """What somebody read in the gateway's reports. It counts once a second person read the same.

    ``number`` is our reference of the attempt. Rooms add ``first_by`` and ``second_by``, each in the site's own way of
    naming people, and whose payment it is.
    """

    class Verdict(models.TextChoices):
        TAKEN = "taken", gettext_lazy("Pay.gov took the money")
        NEVER = "never", gettext_lazy("Pay.gov never took the money")

    class Outcome(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting for a second person")
        AGREED = "agreed", gettext_lazy("Two people found it")
        REFUSED = "refused", gettext_lazy("The second person did not find it")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = models.CharField(max_length=21)
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    tracking = models.CharField(max_length=64, blank=True, help_text="Pay.gov's number, if it took the money")
    paid_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, help_text="what the report says")
    found_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    remark = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = constraints()

    def __str__(self) -> str:
        return f"{self.verdict} {self.number}"


Found = TypeVar("Found", bound=Finding)


def write(row: Found) -> Found:
    """Keep what the first person found, in the caller's transaction, which holds the attempt. FoundAlready."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as problem:
        if "finding_one_open" not in str(problem):
            raise
        raise FoundAlready from None
    return row


def waiting(rows: QuerySet[Found]) -> Found:
    """The one finding of these that waits for its second person, locked after its attempt is held. NotWaiting."""
    number = rows.values_list("number", flat=True).first()
    if number is not None:
        services.hold(number=number)
    row = rows.select_for_update().filter(outcome=Finding.Outcome.WAITING).first()
    if row is None:
        raise services.NotWaiting
    return row


def agree(row: Finding, *, by: Any, settle: Settle, at: datetime) -> None:
    """The second person read the same: what both found is written to the payment. NeedsAnother, NotWaiting, NotThatOne."""
    if row.first_by == by:
        raise NeedsAnother
    if row.verdict == Finding.Verdict.TAKEN:
        assert row.paid_on is not None
        services.read_in_the_report(
            number=row.number, tracking=row.tracking, paid_on=row.paid_on, settle=settle, by=str(by), at=at
        )
    else:
        services.never_taken(number=row.number, reason=row.reason[:150], by=str(by), at=at)
    close(row, Finding.Outcome.AGREED, by=by, at=at)


def close(row: Finding, outcome: Finding.Outcome, *, by: Any, at: datetime, remark: str = "") -> None:
    """End a finding that waited."""
    type(row).objects.filter(pk=row.pk).update(outcome=outcome, second_by=by, decided_at=at, remark=remark)


def end_all(rows: QuerySet[Finding], *, by: Any, at: datetime) -> None:
    """The gateway itself told after all: what people found is over. The caller holds the attempt."""
    open_ = rows.filter(outcome=Finding.Outcome.WAITING)
    open_.update(outcome=Finding.Outcome.REFUSED, second_by=by, decided_at=at, remark="Pay.gov told")
