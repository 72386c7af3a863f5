"""Requests that came over the bus, everything that was done with them, and the papers that came along."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy

from openecf.platform.payments import findings


class Status(models.TextChoices):
    """Where a request stands at the desk."""

    PENDING = "pending", gettext_lazy("To be decided")
    MORE = "more", gettext_lazy("Asked for more")
    FEE_DUE = "fee-due", gettext_lazy("Approved, fee due")
    APPROVED = "approved", gettext_lazy("Approved")
    REJECTED = "rejected", gettext_lazy("Rejected")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")


class FilingRequest(models.Model):
    """A request under the id that the central site gave it. ``application`` is what the applicant sent last.

    ``step`` counts what the court did with it; with ``version`` it tells a clerk whether the page that she read is
    still true.
    """

    id = models.UUIDField(primary_key=True)
    account = models.UUIDField()
    account_number = models.CharField(max_length=7)
    username = models.CharField(max_length=45)
    language = models.CharField(max_length=5)
    role = models.CharField(max_length=20)
    name = models.CharField(max_length=200, help_text="as lists show it: Counsel, Ada")
    email = models.EmailField()
    version = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField(default=0)
    application = models.JSONField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    user = models.ForeignKey("people.CourtUser", null=True, on_delete=models.PROTECT, related_name="+")
    fee_cents = models.PositiveIntegerField(default=0)
    fee_paid_at = models.DateTimeField(null=True)
    fee_waived_at = models.DateTimeField(null=True)
    refund_due = models.BooleanField(
        default=False, db_default=False, help_text="money came that the court does not keep"
    )

    class Meta:
        db_table = "filing_request"
        indexes = [
            models.Index(fields=["status", "received_at"], name="filing_request_status"),
            models.Index(fields=["account"], name="filing_request_account"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def fee_is_due(self) -> bool:
        """Whether the court waits for a fee, or will once it approves."""
        over = self.status in (Status.REJECTED, Status.WITHDRAWN)
        return bool(self.fee_cents) and self.fee_paid_at is None and self.fee_waived_at is None and not over

    @property
    def owes_fee(self) -> bool:
        """Whether the fee is to be paid now: the court approved."""
        return self.fee_is_due and self.status in (Status.APPROVED, Status.FEE_DUE)


class HeldApproval(models.Model):
    """What a clerk chose when she approved a request whose fee comes before access; done when the fee is settled."""

    request = models.OneToOneField(FilingRequest, on_delete=models.CASCADE, primary_key=True, related_name="held")
    group = models.CharField(max_length=16)
    user = models.ForeignKey("people.CourtUser", null=True, on_delete=models.PROTECT, related_name="+")
    appearances = models.BooleanField(default=False)
    in_common = models.CharField(
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text="with the account, when the clerk looked at both",
    )
    party = models.BigIntegerField(
        null=True, help_text="of the case in which somebody may file who files in single ones"
    )
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        db_table = "filing_request_held"

    def __str__(self) -> str:
        return f"approval of {self.request_id}"


class FeeFinding(findings.Finding):
    """What a clerk read in Pay.gov's reports about a fee that the gateway tells nothing of. ``user:7`` names people."""

    request = models.ForeignKey(FilingRequest, on_delete=models.PROTECT, related_name="+")
    first_by = models.CharField(max_length=60)
    second_by = models.CharField(max_length=60, null=True)  # noqa: DJ001 - nobody yet, as the constraints say

    class Meta(findings.Finding.Meta):
        db_table = "fee_finding"


class RequestVersion(models.Model):
    """What the applicant sent, each time."""

    request = models.ForeignKey(FilingRequest, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveSmallIntegerField()
    application = models.JSONField()
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "filing_request_version"
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["request", "version"], name="filing_request_version_once")]

    def __str__(self) -> str:
        return f"version {self.version}"


class RequestAct(models.Model):
    """One thing that was done with a request: by the applicant, by the bus or by a clerk."""

    request = models.ForeignKey(FilingRequest, on_delete=models.CASCADE, related_name="acts")
    at = models.DateTimeField()
    by = models.CharField(max_length=60, help_text="user:7, account:…")
    what = models.CharField(max_length=12)
    said = models.TextField(blank=True)

    class Meta:
        db_table = "filing_request_act"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.what


class PaperPiece(models.Model):
    """A piece of a PDF on its way; gone once the whole is in the document store."""

    sha256 = models.CharField(max_length=64)
    part = models.PositiveSmallIntegerField()
    data = models.BinaryField()

    class Meta:
        db_table = "filing_request_piece"
        constraints = [models.UniqueConstraint(fields=["sha256", "part"], name="filing_request_piece_once")]

    def __str__(self) -> str:
        return f"{self.sha256[:8]}…/{self.part}"


class ReceivedPaper(models.Model):
    """A PDF that arrived whole. ``wrong`` is what the inspector found against it; it is not opened then."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    bytes = models.PositiveIntegerField()
    wrong = models.CharField(max_length=20, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "filing_request_paper"

    def __str__(self) -> str:
        return self.sha256


class SaidContact(models.Model):
    """When a person last said at the central site where notices go: an older word that comes late changes nothing."""

    account = models.UUIDField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "filing_said_contact"

    def __str__(self) -> str:
        return str(self.account)


class ChangeStatus(models.TextChoices):
    """Where a change stands at the desk."""

    PENDING = "pending", gettext_lazy("To be decided")
    ACCEPTED = "accepted", gettext_lazy("Accepted")
    REJECTED = "rejected", gettext_lazy("Rejected")
    REFUSED = "refused", gettext_lazy("Refused on arrival")
    REPLACED = "replaced", gettext_lazy("Replaced by a newer one")


class ChangeRequest(models.Model):
    """What somebody who files here asks the court to change, under the id that the central site gave it.

    ``said`` is what is to hold, ``before`` what held until it was accepted.
    """

    id = models.UUIDField(primary_key=True)
    account = models.UUIDField()
    account_number = models.CharField(max_length=7)
    kind = models.CharField(max_length=12)
    said = models.JSONField()
    before = models.JSONField(default=dict)
    user = models.ForeignKey("people.CourtUser", null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=ChangeStatus.choices)
    why = models.CharField(max_length=12, blank=True, help_text="of one that was refused on arrival")
    asked_at = models.DateTimeField()
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True, help_text="user:7")
    words = models.TextField(blank=True, help_text="to the person")
    docketed = models.BooleanField(default=False, db_default=False, help_text="an entry on the docket of each case")

    class Meta:
        db_table = "filing_change"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"], condition=models.Q(status="pending"), name="filing_change_one_pending"
            )
        ]
        indexes = [
            models.Index(fields=["status", "received_at"], name="filing_change_status"),
            models.Index(fields=["account", "kind", "asked_at"], name="filing_change_newest"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ChangeInCase(models.Model):
    """A case on whose docket an accepted change is to be printed. ``entry``: where the docket tells it, if it does."""

    change = models.ForeignKey(ChangeRequest, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    changed = models.BooleanField(default=False, help_text="the docket printed something else before")
    entry = models.ForeignKey("docket.Entry", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "filing_change_case"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["change", "case"], name="filing_change_case_once")]

    def __str__(self) -> str:
        return f"{self.change_id} in {self.case_id}"
