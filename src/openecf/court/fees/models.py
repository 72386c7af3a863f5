"""The meter: what readers looked at here, on its way to the central ledger; and what filings cost, which goes to the court."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from openecf.kernel.money import Money
from openecf.platform.payments import findings


class MeterLine(models.Model):
    """One access that PACER bills by the page (or exempts)."""

    account = models.UUIDField()
    login = models.CharField(max_length=60)
    at = models.DateTimeField()
    client_code = models.CharField(max_length=32, blank=True)
    description = models.CharField(max_length=120)
    criteria = models.TextField(blank=True)
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="+")
    pages = models.PositiveIntegerField()
    cents = models.PositiveIntegerField()
    exempt = models.BooleanField(default=False)
    exempt_for = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="the purpose, if exempt"
    )

    class Meta:
        db_table = "meter_line"
        indexes = [models.Index(fields=["account", "at"], name="meter_account_at")]

    def __str__(self) -> str:
        return self.description


class Exemption(models.Model):
    """Somebody may read here without paying, as the Service Center said last (``told_at``). Copied from there."""

    id = models.UUIDField(primary_key=True)
    account = models.UUIDField()
    purpose = models.CharField(max_length=20)
    case = models.CharField(max_length=40, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    ended = models.BooleanField()
    told_at = models.DateTimeField()

    class Meta:
        db_table = "exemption"
        indexes = [models.Index(fields=["account"], name="exemption_account", condition=models.Q(ended=False))]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.account}"


class FilingFee(models.Model):
    """What a filing costs its filer. Settled once: paid or waived; it stays.

    ``due_at``: from then on it keeps the filer from filing (null: it does not). ``bill``: what the payment service knows the
    last payment of it by, which may be of several fees.
    """

    user = models.ForeignKey("people.CourtUser", on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField("docket.Entry", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=200)
    cents = models.PositiveIntegerField()
    charged_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    bill = models.UUIDField(null=True)
    earlier_bills = ArrayField(
        models.UUIDField(),
        default=list,
        db_default=[],
        help_text="payments that were begun before and given up: money may come",
    )
    paid_at = models.DateTimeField(null=True)
    receipt = models.CharField(
        max_length=200, blank=True, help_text="the payment service's number, or what a clerk wrote"
    )
    waived_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=500, blank=True, help_text="why it was waived, or may be paid later")
    settled_by = models.CharField(max_length=80, blank=True)
    refund_due = models.BooleanField(default=False, help_text="money came that the court does not keep")

    class Meta:
        db_table = "filing_fee"
        constraints = [
            models.CheckConstraint(condition=models.Q(cents__gt=0), name="filing_fee_amount"),
            models.CheckConstraint(
                condition=models.Q(paid_at=None) | models.Q(waived_at=None), name="filing_fee_settled_once"
            ),
        ]
        indexes = [
            models.Index(fields=["user"], name="filing_fee_open", condition=models.Q(paid_at=None, waived_at=None)),
            models.Index(fields=["bill"], name="filing_fee_bill", condition=models.Q(bill__isnull=False)),
            GinIndex(fields=["earlier_bills"], name="filing_fee_earlier_bills"),
            models.Index(fields=["id"], name="filing_fee_refund", condition=models.Q(refund_due=True)),
        ]

    def __str__(self) -> str:
        return f"{self.what} of entry {self.entry_id}"

    @property
    def cents_as_money(self) -> Money:
        """The amount, as pages print it."""
        return Money(self.cents)

    @property
    def is_open(self) -> bool:
        return self.paid_at is None and self.waived_at is None


class FilingFeeFinding(findings.Finding):
    """What a clerk read in Pay.gov's reports about a payment that the gateway tells nothing of. ``user:7`` names people."""

    first_by = models.CharField(max_length=60)
    second_by = models.CharField(max_length=60, null=True)  # noqa: DJ001 - nobody yet, as the constraints say

    class Meta(findings.Finding.Meta):
        db_table = "filing_fee_finding"
        constraints = findings.constraints("filing_fee_")
