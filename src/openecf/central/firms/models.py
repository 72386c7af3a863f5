"""Invitations of a firm to people's accounts, and the memberships that come of them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Invitation(models.Model):
    """A firm asks an account to join. Answered once, by its owner, or over after a while."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "Waiting"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"
        LAPSED = "lapsed", "Not answered in time"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    firm = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "firm_invitation"
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "account"], condition=Q(outcome="waiting"), name="firm_invitation_once"
            )
        ]
        indexes = [models.Index(fields=["account", "outcome"], name="firm_invitation_account")]

    def __str__(self) -> str:
        return f"invitation {self.id}"


class Membership(models.Model):
    """From when to when a firm pays for an account. ``billed_from`` may lie before joining: the balance moves."""

    firm = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
    billed_from = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    left_by = models.CharField(max_length=8, blank=True, help_text="firm or member")
    remark = models.CharField(max_length=300, blank=True)
    cost_centre = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "firm_membership"
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(left_at=None), name="firm_membership_one"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=models.F("joined_at")), name="firm_left_later"
            ),
        ]
        indexes = [models.Index(fields=["firm", "left_at"], name="firm_membership_firm")]

    def __str__(self) -> str:
        return f"membership of {self.account_id}"


class FirmRules(models.Model):
    """What a firm asks of its members' client codes, and whether courts show them transaction receipts."""

    firm = models.OneToOneField("accounts.Account", on_delete=models.PROTECT, primary_key=True, related_name="+")
    code_required = models.BooleanField(default=False)
    code_format = models.CharField(max_length=32, blank=True, help_text="A letter, 9 digit, anything else itself")
    receipts_hidden = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "firm_rules"

    def __str__(self) -> str:
        return f"rules of {self.firm_id}"
