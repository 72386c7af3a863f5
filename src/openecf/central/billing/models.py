"""The ledger of what people looked at and what it costs."""

from __future__ import annotations

from django.db import models


class UsageLine(models.Model):
    """One billable (or exempt) access. Append-only; ``message`` makes a delivery count once."""

    message = models.UUIDField(unique=True)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="usage")
    court = models.CharField(max_length=8)
    at = models.DateTimeField()
    client_code = models.CharField(max_length=32, blank=True)
    description = models.CharField(max_length=120)
    criteria = models.TextField(blank=True)
    pages = models.PositiveIntegerField()
    cents = models.PositiveIntegerField()
    exempt = models.BooleanField(default=False)

    class Meta:
        db_table = "usage_line"
        indexes = [models.Index(fields=["account", "at"], name="usage_account_at")]

    def __str__(self) -> str:
        return f"{self.court} {self.description}"
