"""The Service Center: who works there, and what is done there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy


class Role(models.TextChoices):
    """What somebody does at the desk. A supervisor does all that an agent does, and approves what needs two people."""

    AGENT = "agent", gettext_lazy("Agent")
    SUPERVISOR = "supervisor", gettext_lazy("Supervisor")


class Agent(models.Model):
    """Somebody who works at the Service Center, with the own PACER account. Who left keeps the row, with an end."""

    account = models.OneToOneField("accounts.Account", models.PROTECT, primary_key=True, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "service_agent"

    def __str__(self) -> str:
        return f"{self.role} {self.account_id}"
