"""Payments, and each attempt to make one. What was decided is never changed; amounts are cents."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from openecf.platform.payments.rules import OPEN, State

_OPEN = [state.value for state in OPEN]
_ONE_OF = [*_OPEN, State.SUCCEEDED.value]


class Payment(models.Model):
    """Somebody means to pay something. ``payer`` is an account; ``reference`` what it is for, as the room knows it; ``behalf``
    for whom. Of each purpose a payer has one open payment for each of those people."""

    class Status(models.TextChoices):
        OPEN = "open"
        PENDING = "pending"
        PAID = "paid"
        GIVEN_UP = "given-up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    payer = models.UUIDField()
    purpose = models.CharField(max_length=20)
    reference = models.CharField(max_length=80, blank=True)
    behalf = models.CharField(
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="for whom, as the room knows it; empty: the payer",
    )
    cents = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    asked_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payment"
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="payment_amount"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "pending"], decided_at=None)
                | Q(status__in=["paid", "given-up"], decided_at__isnull=False),
                name="payment_decided",
            ),
            models.UniqueConstraint(
                fields=["payer", "purpose", "behalf"], condition=Q(status="open"), name="payment_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["payer", "purpose", "asked_at"], name="payment_payer"),
            models.Index(fields=["reference"], name="payment_reference"),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk}"


class Attempt(models.Model):
    """One go at a payment. ``number`` is our name for it at the gateway, ``tracking`` the gateway's own.

    ``completions`` counts how often its money was asked for: a token that is used up says something else after the
    first time. ``next_look_at`` is when the job looks at it; null: only people can say how it stands, or it is over.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    number = models.CharField(max_length=21, unique=True)
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in State])
    token = models.CharField(max_length=64, blank=True)
    tracking = models.CharField(max_length=64, blank=True)
    method = models.CharField(max_length=20, blank=True)
    said = models.CharField(max_length=200, blank=True, help_text="the gateway's last word: a status, or code and text")
    begun_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    completions = models.PositiveSmallIntegerField(default=0)
    looks = models.PositiveSmallIntegerField(default=0)
    next_look_at = models.DateTimeField(null=True)
    paid_on = models.DateField(null=True)
    over_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payment_attempt"
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state__in=_ONE_OF), name="payment_attempt_one_open"
            ),
            models.UniqueConstraint(fields=["tracking"], condition=~Q(tracking=""), name="payment_attempt_tracking"),
            models.CheckConstraint(
                condition=Q(state__in=_OPEN, over_at=None) | (~Q(state__in=_OPEN) & Q(over_at__isnull=False)),
                name="payment_attempt_over",
            ),
        ]
        indexes = [
            models.Index(fields=["next_look_at"], name="payment_attempt_due", condition=Q(next_look_at__isnull=False))
        ]

    def __str__(self) -> str:
        return self.number
