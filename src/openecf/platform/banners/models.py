"""What every page of a site says above all else for a while: maintenance, trouble, a closing."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy


class Severity(models.TextChoices):
    """How loud it is. An emergency is read out at once by screen readers."""

    INFO = "info", gettext_lazy("Information")
    WARNING = "warning", gettext_lazy("Warning")
    EMERGENCY = "emergency", gettext_lazy("Emergency")


class Banner(models.Model):
    """One banner, the same at every site that shows it. ``changed_at`` orders what is heard of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    en = models.CharField(max_length=400)
    es = models.CharField(max_length=400, blank=True)
    ht = models.CharField(max_length=400, blank=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    courts = models.JSONField(default=list, help_text="ids of the courts that show it; none: all of them")
    withdrawn_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "banner"
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("begins_at")), name="banner_ends_later")
        ]
        indexes = [models.Index(fields=["ends_at"], name="banner_live", condition=models.Q(withdrawn_at=None))]

    def __str__(self) -> str:
        return self.en
