"""Who may act for whom at this court, and whom a filing agent has chosen for a session."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy


class Role(models.TextChoices):
    """What an agent is to the principal; the permissions are the same for all."""

    FILING_AGENT = "filing-agent", gettext_lazy("Filing agent")
    FIRM_STAFF = "firm-staff", gettext_lazy("Law firm staff")
    TRUSTEE_STAFF = "trustee-staff", gettext_lazy("Trustee office staff")


class Agency(models.Model):
    """A principal lets a filing agent act for them. What has ended stays: the log needs to know who could do what."""

    principal = models.ForeignKey("people.CourtUser", on_delete=models.PROTECT, related_name="agencies_given")
    agent = models.ForeignKey("people.CourtUser", on_delete=models.PROTECT, related_name="agencies_held")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.FILING_AGENT)
    may_file = models.BooleanField(default=True)
    sees_restricted = models.BooleanField(default=False, help_text="what is closed to others and open to the principal")
    may_pay = models.BooleanField(
        default=False, db_default=False, help_text="filing fees, on line, of the principal's filings"
    )
    gets_notices = models.BooleanField(default=False, help_text="copies, at the agent's own address")
    starts = models.DateField(help_text="a day of the court, and the agent acts on it")
    ends = models.DateField(null=True, help_text="the last day on which the agent acts; null: no end is set")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "agency"
        constraints = [
            models.UniqueConstraint(
                fields=["principal", "agent"], condition=models.Q(ended_at=None), name="agency_one_at_a_time"
            ),
            models.CheckConstraint(condition=~models.Q(principal=models.F("agent")), name="agency_of_two"),
            models.CheckConstraint(
                condition=models.Q(ends=None) | models.Q(ends__gte=models.F("starts")), name="agency_days"
            ),
        ]
        indexes = [models.Index(fields=["agent"], name="agency_held", condition=models.Q(ended_at=None))]

    def __str__(self) -> str:
        return f"{self.agent_id} for {self.principal_id}"


class ActingChoice(models.Model):
    """Whom an agent acts for in one session at this court (``sid``: the session's name here)."""

    sid = models.CharField(max_length=80, primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="choices")
    chosen_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "acting_choice"

    def __str__(self) -> str:
        return f"{self.sid}: {self.agency_id}"
