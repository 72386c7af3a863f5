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
    exempt_for = models.CharField(max_length=20, blank=True, default="", help_text="the purpose, if exempt")

    class Meta:
        db_table = "meter_line"
        indexes = [models.Index(fields=["account", "at"], name="meter_account_at")]

    def __str__(self) -> str:
        return self.description


class Exemption(models.Model):
    """Somebody may read here without paying, as the Service Center said last (``told_at``). Copied from there."""

    id = models.UUIDField(primary_key=True)
    account = models.UUIDField()
    purpose = models.CharField(max_length=20)
    case = models.CharField(max_length=40, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    ended = models.BooleanField()
    told_at = models.DateTimeField()

    class Meta:
        db_table = "exemption"
        indexes = [models.Index(fields=["account"], name="exemption_account", condition=models.Q(ended=False))]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.account}"
