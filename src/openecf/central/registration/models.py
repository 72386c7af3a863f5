"""Requests of people to file at a court, what was uploaded with them, and what became of them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy


class Status(models.TextChoices):
    """Where a request stands."""

    DRAFT = "draft", gettext_lazy("Not sent yet")
    SUBMITTED = "submitted", gettext_lazy("Sent to the court")
    RECEIVED = "received", gettext_lazy("Received by the court")
    MORE = "more", gettext_lazy("The court asks for more")
    FEE_DUE = "fee-due", gettext_lazy("Approved, fee due")
    APPROVED = "approved", gettext_lazy("Approved")
    REJECTED = "rejected", gettext_lazy("Rejected")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")


class EfileRequest(models.Model):
    """One person's request to one court. ``answers`` are the cleaned answers of each step, as they were typed.

    ``version`` counts how often it was sent; ``step`` is the court's last answer that counted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="efile_requests")
    court = models.CharField(max_length=8)
    kind = models.CharField(max_length=12, help_text="attorney or non-attorney")
    role = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveSmallIntegerField(default=0)
    step = models.PositiveSmallIntegerField(default=0)
    answers = models.JSONField(default=dict)
    language = models.CharField(max_length=5, default="en")
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    login = models.CharField(max_length=60, blank=True, help_text="the court's account that came of it")
    group = models.CharField(max_length=16, blank=True)
    fee_cents = models.PositiveIntegerField(default=0)
    fee_paid = models.BooleanField(default=False)
    fee_waived = models.BooleanField(default=False, db_default=False)
    fee_page = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="where the court takes the fee on line"
    )

    class Meta:
        db_table = "efile_request"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "court"],
                condition=Q(status__in=("draft", "submitted", "received", "more", "fee-due")),
                name="efile_request_one_open",
            )
        ]
        indexes = [models.Index(fields=["account", "-begun_at"], name="efile_request_account")]

    def __str__(self) -> str:
        return str(self.id)


class RequestPaper(models.Model):
    """A PDF uploaded with a request, under the name that the court's profile gives it. The last one counts."""

    request = models.ForeignKey(EfileRequest, on_delete=models.CASCADE, related_name="papers")
    name = models.CharField(max_length=40)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveIntegerField()
    pages = models.PositiveIntegerField()
    sent = models.BooleanField(default=False)

    class Meta:
        db_table = "efile_paper"
        indexes = [models.Index(fields=["sha256"], name="efile_paper_bytes")]
        constraints = [models.UniqueConstraint(fields=["request", "name"], name="efile_paper_once")]

    def __str__(self) -> str:
        return self.name


class RequestNews(models.Model):
    """One line of a request's history. ``step`` is 0 for what the applicant did, else the court's count."""

    request = models.ForeignKey(EfileRequest, on_delete=models.CASCADE, related_name="news")
    version = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    what = models.CharField(max_length=12, help_text="a Status, or what became of the fee")
    said = models.TextField(blank=True)

    class Meta:
        db_table = "efile_news"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "step"], condition=Q(step__gt=0), name="efile_news_once")
        ]

    def __str__(self) -> str:
        return self.what


class FilerContact(models.Model):
    """Where a person's notices go, in what form and how often, as last told to every court where the person files."""

    account = models.OneToOneField("accounts.Account", on_delete=models.PROTECT, primary_key=True, related_name="+")
    email = models.EmailField()
    wants_text = models.BooleanField(default=False)
    summary = models.BooleanField(default=False, db_default=False, help_text="once a day instead of for each filing")
    tells_silence = models.BooleanField(
        default=False, db_default=False, help_text="a summary also of a day without filings"
    )
    changed_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True, help_text="when somebody who reads mail at the address said so")

    class Meta:
        db_table = "filer_contact"

    def __str__(self) -> str:
        return f"contact of {self.account_id}"


class ContactSaid(models.Model):
    """Each word of a person about where notices go, as courts were told: lines are added, and go along in a merger.

    Kept so that what a thief said can be taken back: what held before is known.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    email = models.EmailField()
    wants_text = models.BooleanField()
    summary = models.BooleanField()
    tells_silence = models.BooleanField()
    at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "filer_contact_said"
        indexes = [models.Index(fields=["account", "at"], name="filer_contact_said_when")]

    def __str__(self) -> str:
        return f"contact said by {self.account_id}"


class ContactAsked(models.Model):
    """A person wants notices at an address that nobody proved yet: what will hold once the mailed link was opened.

    One for each account: who asks again has the last word. ``digest`` is of the link's secret.
    """

    account = models.OneToOneField("accounts.Account", on_delete=models.PROTECT, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField()
    wants_text = models.BooleanField()
    summary = models.BooleanField()
    tells_silence = models.BooleanField()
    language = models.CharField(max_length=5, blank=True, help_text="that the person reads; courts are told")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "filer_contact_asked"

    def __str__(self) -> str:
        return f"contact asked for by {self.account_id}"


class ChangeStatus(models.TextChoices):
    """Where a change stands that a person sent to a court."""

    SENT = "sent", gettext_lazy("Sent to the court")
    RECEIVED = "received", gettext_lazy("Received by the court")
    ACCEPTED = "accepted", gettext_lazy("Accepted")
    REJECTED = "rejected", gettext_lazy("Rejected")
    REFUSED = "refused", gettext_lazy("Not taken by the court")
    REPLACED = "replaced", gettext_lazy("Replaced by a newer one")


class ChangeRequest(models.Model):
    """A change of name or address, or the end of filing, that a person asked one court for; ``said`` as
    ``platform.registering.particulars`` has it for the kind. One of each kind waits at a court: the newest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    court = models.CharField(max_length=8)
    kind = models.CharField(max_length=12)
    said = models.JSONField()
    status = models.CharField(max_length=10, choices=ChangeStatus.choices, default=ChangeStatus.SENT)
    sent_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    words = models.TextField(blank=True, help_text="the clerk's")
    why = models.CharField(max_length=12, blank=True, help_text="of one that the court's software refused")

    class Meta:
        db_table = "efile_change"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "court", "kind"],
                condition=Q(status__in=("sent", "received")),
                name="efile_change_one_open",
            )
        ]
        indexes = [models.Index(fields=["account", "-sent_at"], name="efile_change_account")]

    def __str__(self) -> str:
        return str(self.id)
