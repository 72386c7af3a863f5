"""The record of acts: one line for each act of a service, never changed."""

from __future__ import annotations

from django.db import models


class AuditLine(models.Model):
    """Who did what to what, when. Append-only: the database refuses updates and deletes."""

    at = models.DateTimeField()
    act = models.CharField(max_length=80)
    by = models.CharField(max_length=80, help_text="account or court user reference; 'system' for jobs")
    on_behalf_of = models.CharField(max_length=80, blank=True)
    subject = models.CharField(max_length=120, blank=True)
    facts = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        db_table = "audit_line"
        indexes = [
            models.Index(fields=["subject", "at"], name="audit_subject"),
            models.Index(fields=["by", "at"], name="audit_by"),
            models.Index(fields=["on_behalf_of", "at"], name="audit_for", condition=~models.Q(on_behalf_of="")),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"
