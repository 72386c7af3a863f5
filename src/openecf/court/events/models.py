"""A court's own changes to its bench's event dictionary."""

from __future__ import annotations

from django.db import models


class EventChange(models.Model):
    """One event hidden, reworded or added here. Entries already filed keep the wording they were filed with."""

    code = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=8, choices=[(k, k) for k in ("hide", "reword", "add")])
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        db_table = "event_change"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"
