"""The ledger of what people looked at and what it costs; the bills made of it, and what was paid.

The ledgers and the statements are append-only: the database refuses to change or delete a line. Amounts are cents.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from openecf.central.billing.check_models import Check as Check
from openecf.central.billing.check_models import CheckShare as CheckShare
from openecf.platform.payments import findings


class UsageLine(models.Model):
    """One billable (or exempt) access. Append-only; ``message`` makes a delivery count once."""

    message = models.UUIDField(unique=True)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="usage", db_index=False)
    court = models.CharField(max_length=8)
    at = models.DateTimeField()
    client_code = models.CharField(max_length=32, blank=True)
    description = models.CharField(max_length=120)
    criteria = models.TextField(blank=True)
    pages = models.PositiveIntegerField()
    cents = models.PositiveIntegerField()
    exempt = models.BooleanField(default=False)
    exempt_for = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="the purpose, if exempt"
    )

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


class PostedBill(models.Model):
    """A statement whose payer wants it by post, too: printed and mailed at the desk."""

    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, primary_key=True, related_name="+")
    asked_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    posted_by = models.UUIDField(null=True)

    class Meta:
        db_table = "posted_bill"
        constraints = [
            models.CheckConstraint(
                condition=Q(posted_at=None, posted_by=None) | Q(posted_at__isnull=False, posted_by__isnull=False),
                name="posted_bill_whole",
            )
        ]
        indexes = [models.Index(fields=["asked_at"], name="posted_bill_waits", condition=Q(posted_at=None))]

    def __str__(self) -> str:
        return f"statement {self.statement_id} by post"


class LedgerLine(models.Model):
    """A change of a payer's balance: positive is owed, negative is in the payer's favour. ``reference`` names what
    caused it, and makes it count once."""

    class Kind(models.TextChoices):
        CHARGE = "charge", gettext_lazy("Fees of a quarter")
        PAYMENT = "payment", gettext_lazy("Payment")
        CREDIT = "credit", gettext_lazy("Credit")
        REFUND = "refund", gettext_lazy("Refund")
        MOVED = "moved", gettext_lazy("Balance moved")
        RETURNED = "returned", gettext_lazy("Check taken back")
        FEE = "fee", gettext_lazy("Fee for a returned check")

    payer = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
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
                condition=Q(kind__in=["charge", "refund", "returned", "fee"], cents__gt=0)
                | Q(kind__in=["payment", "credit"], cents__lt=0)
                | Q(kind="moved") & ~Q(cents=0),
                name="ledger_sign",
            )
        ]
        indexes = [models.Index(fields=["payer", "at"], name="ledger_payer")]

    def __str__(self) -> str:
        return self.reference


class CreditRequest(models.Model):
    """PACER's Credit Request: somebody says that charges of theirs were wrong. Decided once, by the Service Center.

    Above a limit two people decide: until the second agrees, ``granted_cents`` and ``remark`` are the first one's word.
    ``payer`` is who was billed for the lines, and gets the credit: a firm for a member's.
    """

    class Reason(models.TextChoices):
        TWICE = "twice", gettext_lazy("I was charged twice for the same thing")
        FAULT = "fault", gettext_lazy("The document or page did not open, or was the wrong one")
        EXEMPT = "exempt", gettext_lazy("I was exempt, or it should have been free")
        AMOUNT = "amount", gettext_lazy("The amount is wrong")
        OTHER = "other", gettext_lazy("Something else")

    class Outcome(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting for the Service Center")
        SECOND = "second", gettext_lazy("Waiting for a second person")
        GRANTED = "granted", gettext_lazy("Granted")
        IN_PART = "in-part", gettext_lazy("Granted in part")
        REFUSED = "refused", gettext_lazy("Refused")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    payer = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=10, choices=Reason.choices)
    case = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=2000)
    cents = models.BigIntegerField(help_text="what its lines cost together")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    granted_cents = models.BigIntegerField(default=0)
    remark = models.CharField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    first_by = models.UUIDField(null=True, help_text="the first of two people, where two must agree")
    second_by = models.UUIDField(null=True)

    class Meta:
        db_table = "credit_request"
        constraints = [
            models.CheckConstraint(
                condition=Q(granted_cents__gte=0, granted_cents__lte=F("cents"), cents__gt=0),
                name="credit_request_amount",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["waiting", "second"], decided_at=None)
                | ~Q(outcome__in=["waiting", "second"]) & Q(decided_at__isnull=False),
                name="credit_request_decided",
            ),
            models.CheckConstraint(
                condition=Q(second_by=None) | Q(first_by__isnull=False) & ~Q(second_by=F("first_by")),
                name="credit_request_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "asked_at"], name="credit_request_account"),
            models.Index(
                fields=["asked_at"], name="credit_request_open", condition=Q(outcome__in=["waiting", "second"])
            ),
            models.Index(fields=["decided_at"], name="credit_request_decided_at"),
        ]

    def __str__(self) -> str:
        return f"credit request {self.pk}"


class CreditLine(models.Model):
    """A line of the usage ledger that a Credit Request is about. ``live`` until the request is refused or withdrawn:
    a line is credited at most once."""

    request = models.ForeignKey(CreditRequest, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(UsageLine, on_delete=models.PROTECT, related_name="+")
    live = models.BooleanField(default=True)

    class Meta:
        db_table = "credit_line"
        constraints = [models.UniqueConstraint(fields=["line"], condition=Q(live=True), name="credit_line_once")]

    def __str__(self) -> str:
        return f"line of {self.request_id}"


class DeskCredit(models.Model):
    """A credit that the desk gives of its own accord. Above a limit two people agree: ``first_by`` is who wrote it."""

    class Outcome(models.TextChoices):
        SECOND = "second", gettext_lazy("Waiting for a second person")
        GIVEN = "given", gettext_lazy("Given")
        SET_ASIDE = "set-aside", gettext_lazy("Set aside")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    payer = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    cents = models.BigIntegerField()
    reason = models.CharField(max_length=200, help_text="what the payer reads")
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    first_by = models.UUIDField()
    second_by = models.UUIDField(null=True)
    remark = models.CharField(max_length=300, blank=True, help_text="why it was set aside")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "desk_credit"
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="desk_credit_amount"),
            models.CheckConstraint(
                condition=Q(second_by=None) | ~Q(second_by=F("first_by")) | Q(outcome="set-aside"),
                name="desk_credit_two_people",
            ),
            models.CheckConstraint(
                condition=Q(outcome="second", decided_at=None) | ~Q(outcome="second") & Q(decided_at__isnull=False),
                name="desk_credit_decided",
            ),
            models.UniqueConstraint(fields=["payer"], condition=Q(outcome="second"), name="desk_credit_one_open"),
        ]
        indexes = [models.Index(fields=["first_by", "decided_at"], name="desk_credit_by")]

    def __str__(self) -> str:
        return f"desk credit {self.pk}"


class Refund(models.Model):
    """Giving back what was paid too much. Above a limit two people of the Service Center agree to it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting for the Service Center")
        SECOND = "second", gettext_lazy("Waiting for a second person")
        MADE = "made", gettext_lazy("Made")
        REFUSED = "refused", gettext_lazy("Refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    payer = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    cents = models.BigIntegerField()
    reason = models.CharField(max_length=1000)
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    first_by = models.UUIDField(null=True)
    second_by = models.UUIDField(null=True)
    tracking = models.CharField(max_length=64, blank=True, help_text="Pay.gov's number of the refund")
    remark = models.CharField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "refund"
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="refund_amount"),
            models.CheckConstraint(condition=Q(second_by=None) | ~Q(second_by=F("first_by")), name="refund_two_people"),
            models.UniqueConstraint(
                fields=["payer"], condition=Q(outcome__in=["waiting", "second"]), name="refund_one_open"
            ),
        ]
        indexes = [models.Index(fields=["first_by", "decided_at"], name="refund_by")]

    def __str__(self) -> str:
        return f"refund {self.pk}"


class Finding(findings.Finding):
    """What somebody at the desk read in Pay.gov's reports about a payment that the gateway tells nothing of any more."""

    payer = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    first_by = models.UUIDField()
    second_by = models.UUIDField(null=True)

    class Meta(findings.Finding.Meta):
        db_table = "payment_finding"


class Exemption(models.Model):
    """Somebody may read at a court without paying, for a purpose; in one case only if ``case`` names it.

    ``order`` is what it rests on: an order, an appointment, a letter.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    court = models.CharField(max_length=8)
    purpose = models.CharField(max_length=20)
    case = models.CharField(max_length=40, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    order = models.CharField(max_length=300)
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)
    agreed_by = models.CharField(
        max_length=80, blank=True, default="", db_default="", help_text="the second of two people"
    )

    class Meta:
        db_table = "exemption"
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by="") | ~Q(agreed_by=F("granted_by")), name="exemption_two_people"
            ),
            models.UniqueConstraint(
                fields=["account", "court", "purpose", "case"], condition=Q(ended_at=None), name="exemption_once"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="exemption_days"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} at {self.court}"


class ExemptionRequest(models.Model):
    """An exemption that one person of the desk would grant, or would let go on (``extends``), and a second agrees to.

    ``case``, ``since`` and the purpose of one that goes on are those that it has.
    """

    class Outcome(models.TextChoices):
        SECOND = "second", gettext_lazy("Waiting for a second person")
        GRANTED = "granted", gettext_lazy("Granted")
        SET_ASIDE = "set-aside", gettext_lazy("Set aside")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    extends = models.ForeignKey(Exemption, on_delete=models.PROTECT, related_name="+", null=True)
    courts = models.JSONField(help_text="court ids, in order")
    purpose = models.CharField(max_length=20)
    case = models.CharField(max_length=40, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    order = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.SECOND)
    first_by = models.UUIDField()
    second_by = models.UUIDField(null=True)
    remark = models.CharField(max_length=300, blank=True, help_text="why it was set aside")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exemption_request"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="second", second_by=None, decided_at=None)
                | Q(outcome="granted", second_by__isnull=False, decided_at__isnull=False) & ~Q(second_by=F("first_by"))
                | Q(outcome="set-aside", second_by__isnull=False, decided_at__isnull=False),
                name="exemption_request_two_people",
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(outcome="second"), name="exemption_request_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"exemption request {self.pk}"


class MailPreference(models.Model):
    """To whom else a payer's bills are mailed, and whether only those that ask for money."""

    payer = models.OneToOneField("accounts.Account", on_delete=models.PROTECT, primary_key=True, related_name="+")
    extra = models.JSONField(default=list, help_text="e-mail addresses besides the account's own")
    only_invoices = models.BooleanField(default=False)
    by_post = models.BooleanField(default=False, db_default=False, help_text="on paper, too")

    class Meta:
        db_table = "billing_mail_preference"

    def __str__(self) -> str:
        return f"billing e-mail of {self.payer_id}"
