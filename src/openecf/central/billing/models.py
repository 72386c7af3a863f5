"""The ledger of what people looked at and what it costs; the bills made of it, and what was paid.

All of it but ``StatementRun`` is append-only: the database refuses to change or delete a line. Amounts are cents.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy


class UsageLine(models.Model):
    """One billable (or exempt) access. Append-only; ``message`` makes a delivery count once."""

    message = models.UUIDField(unique=True)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="usage")
    court = models.CharField(max_length=8)
    at = models.DateTimeField()
    client_code = models.CharField(max_length=32, blank=True)
    description = models.CharField(max_length=120)
    criteria = models.TextField(blank=True)
    pages = models.PositiveIntegerField()
    cents = models.PositiveIntegerField()
    exempt = models.BooleanField(default=False)

    class Meta:
        db_table = "usage_line"
        indexes = [
            models.Index(fields=["account", "at"], name="usage_account_at"),
            # Lines come nearly in the order of their time: a quarter is found by it, and it costs next to nothing.
            BrinIndex(fields=["at"], name="usage_at"),
        ]

    def __str__(self) -> str:
        return f"{self.court} {self.description}"


class StatementRun(models.Model):
    """The making of one quarter's statements, for all payers.

    ``lines_to`` and ``ledger_to`` are the last usage line and the last ledger line that count: what is written later
    belongs to the next run, whenever it happened. So the statements can be computed again at any time, to the cent.
    """

    since = models.DateField(unique=True)
    until = models.DateField()
    opened_at = models.DateTimeField()
    lines_to = models.BigIntegerField()
    ledger_to = models.BigIntegerField()
    computed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True, help_text="every statement is on its way to its payer")

    class Meta:
        db_table = "statement_run"

    def __str__(self) -> str:
        return f"{self.since} to {self.until}"


class Statement(models.Model):
    """What a payer (a person, or a firm for its members) used in a quarter, and what is due for it.

    ``used_cents`` includes ``late_cents``: use of earlier quarters that was reported after their statements.
    ``brought_forward_cents`` is the balance before: owed if positive, a credit if negative; so is ``due_cents``.
    """

    run = models.ForeignKey(StatementRun, on_delete=models.PROTECT, related_name="statements")
    payer = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    due_on = models.DateField()
    accesses = models.BigIntegerField()
    pages = models.BigIntegerField()
    used_cents = models.BigIntegerField()
    late_accesses = models.BigIntegerField()
    late_cents = models.BigIntegerField()
    waiver_cents = models.BigIntegerField()
    billed_cents = models.BigIntegerField()
    brought_forward_cents = models.BigIntegerField()
    due_cents = models.BigIntegerField()

    class Meta:
        db_table = "statement"
        constraints = [
            models.UniqueConstraint(fields=["run", "payer"], name="statement_once"),
            models.CheckConstraint(
                condition=Q(used_cents__gt=F("waiver_cents"), billed_cents=F("used_cents"))
                | Q(used_cents__lte=F("waiver_cents"), billed_cents=0),
                name="statement_waiver",
            ),
            models.CheckConstraint(
                condition=Q(due_cents=F("brought_forward_cents") + F("billed_cents")), name="statement_adds_up"
            ),
        ]
        indexes = [models.Index(fields=["payer", "run"], name="statement_payer")]

    def __str__(self) -> str:
        return f"statement {self.pk}"


class StatementItem(models.Model):
    """A member's part of a statement, in one cost centre. Never what was looked at."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="items")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    cost_centre = models.CharField(max_length=40, blank=True)
    accesses = models.BigIntegerField()
    pages = models.BigIntegerField()
    cents = models.BigIntegerField()
    late_accesses = models.BigIntegerField()
    late_cents = models.BigIntegerField()

    class Meta:
        db_table = "statement_item"
        constraints = [
            models.UniqueConstraint(fields=["statement", "account", "cost_centre"], name="statement_item_once")
        ]

    def __str__(self) -> str:
        return f"item of statement {self.statement_id}"


class StatementPaper(models.Model):
    """The statement as it was sent, written with the promise of its mail: one, however often the job runs."""

    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, primary_key=True, related_name="paper")
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "statement_paper"

    def __str__(self) -> str:
        return f"paper of statement {self.statement_id}"


class LedgerLine(models.Model):
    """A change of a payer's balance: positive is owed, negative is in the payer's favour. ``reference`` names what
    caused it, and makes it count once."""

    class Kind(models.TextChoices):
        CHARGE = "charge", gettext_lazy("Fees of a quarter")
        PAYMENT = "payment", gettext_lazy("Payment")
        CREDIT = "credit", gettext_lazy("Credit")
        REFUND = "refund", gettext_lazy("Refund")
        MOVED = "moved", gettext_lazy("Balance moved")

    payer = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    cents = models.BigIntegerField()
    reference = models.CharField(max_length=120, unique=True)
    statement = models.ForeignKey(Statement, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=80)

    class Meta:
        db_table = "ledger_line"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["charge", "refund"], cents__gt=0)
                | Q(kind__in=["payment", "credit"], cents__lt=0)
                | Q(kind="moved") & ~Q(cents=0),
                name="ledger_sign",
            )
        ]
        indexes = [models.Index(fields=["payer", "at"], name="ledger_payer")]

    def __str__(self) -> str:
        return self.reference
