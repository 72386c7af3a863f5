"""The meter: what readers looked at here, on its way to the central ledger."""

from __future__ import annotations

from django.db import models


class MeterLine(models.Model):
    """One access that PACER bills by the page (or exempts)."""

    account = models.UUIDField()
    login = models.CharField(max_length=60)
    at = models.DateTimeField()
    client_code = models.CharField(max_length=32, blank=True)
    description = models.CharField(max_length=120)
    criteria = models.TextField(blank=True)
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="+")
    pages = models.PositiveIntegerField()
    cents = models.PositiveIntegerField()
    exempt = models.BooleanField(default=False)

    class Meta:
        db_table = "meter_line"
        indexes = [models.Index(fields=["account", "at"], name="meter_account_at")]

    def __str__(self) -> str:
        return self.description
