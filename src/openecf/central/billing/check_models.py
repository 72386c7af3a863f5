"""Checks that came by mail, and what each was shared out to."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy


class Check(models.Model):
    """A check that the desk entered. What stands on it is never changed; a check entered wrongly is taken back.

    ``copy`` is 0 unless somebody said that it is another check with the number, sum and date of one that is there: so
    the same check is entered once. ``left_cents`` of it is in nobody's ledger yet; nothing of one that was taken back.
    ``payer`` is whose account it is for, as far as that is known.
    """

    class Why(models.TextChoices):
        FUNDS = "funds", gettext_lazy("Not enough money in the bank account")
        CLOSED = "closed", gettext_lazy("The bank account is closed")
        STOPPED = "stopped", gettext_lazy("Its payment was stopped")
        FORM = "form", gettext_lazy("The bank did not take it: signature, date or amount")
        SENT_BACK = "sent-back", gettext_lazy("It was sent back to the sender, not cashed")
        MISTAKE = "mistake", gettext_lazy("It was entered by mistake")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = models.CharField(max_length=15, help_text="as printed, without zeros before it")
    cents = models.BigIntegerField()
    dated = models.DateField(help_text="the date that is written on it")
    drawer = models.CharField(max_length=100, help_text="the name that is printed on it")
    copy = models.PositiveSmallIntegerField(default=0)
    received_on = models.DateField()
    payer = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+", null=True)
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField()
    left_cents = models.BigIntegerField()
    returned_at = models.DateTimeField(null=True)
    returned_by = models.UUIDField(null=True)
    why = models.CharField(max_length=10, choices=Why.choices, blank=True)
    remark = models.CharField(max_length=300, blank=True)
    fee_cents = models.BigIntegerField(default=0, help_text="charged because it was returned")

    class Meta:
        db_table = "mailed_check"
        constraints = [
            models.UniqueConstraint(fields=["number", "cents", "dated", "copy"], name="check_once"),
            models.CheckConstraint(
                condition=Q(cents__gt=0, left_cents__gte=0, left_cents__lte=F("cents"), fee_cents__gte=0),
                name="check_amounts",
            ),
            models.CheckConstraint(condition=Q(dated__lte=F("received_on")), name="check_days"),
            models.CheckConstraint(
                condition=Q(returned_at=None, returned_by=None, why="", fee_cents=0)
                | Q(returned_at__isnull=False, returned_by__isnull=False, left_cents=0) & ~Q(why=""),
                name="check_returned",
            ),
            models.CheckConstraint(
                condition=Q(payer__isnull=False) | Q(returned_at__isnull=False) | Q(left_cents=F("cents")),
                name="check_payer",
            ),
        ]
        indexes = [
            models.Index(fields=["received_on"], name="check_left", condition=Q(left_cents__gt=0)),
            models.Index(fields=["received_on", "entered_at"], name="check_received"),
        ]

    def __str__(self) -> str:
        return f"check {self.pk}"


class CheckShare(models.Model):
    """What of a check went to a payer's ledger: to a statement, or to the account as a whole. Append-only."""

    check_of = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="shares")
    payer = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    statement = models.ForeignKey("billing.Statement", on_delete=models.PROTECT, related_name="+", null=True)
    cents = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        db_table = "mailed_check_share"
        constraints = [models.CheckConstraint(condition=Q(cents__gt=0), name="check_share_amount")]

    def __str__(self) -> str:
        return f"share of {self.check_of_id}"
