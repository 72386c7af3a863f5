"""The court's own settings: what it is called, when it went live, what it accepts."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class CourtProfile(models.Model):
    """One row. ``live_at`` null or in the future: the court is still CurrentGen and people cannot link."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    court = models.CharField(max_length=8)
    live_at = models.DateTimeField(null=True)
    offices = models.JSONField(default=dict, help_text='{"1": "Miami"}')
    help_email = models.EmailField(blank=True)
    help_phone = models.CharField(max_length=40, blank=True)
    pdf_megabytes = models.PositiveIntegerField(default=35)
    pdf_external_links = models.BooleanField(default=True)
    pdf_forms = models.BooleanField(default=False, help_text="accept fillable forms that were not flattened")
    free_look_days = models.PositiveSmallIntegerField(default=15)
    from_address = models.EmailField()
    pool_address = models.EmailField(blank=True)
    languages = ArrayField(models.CharField(max_length=5), default=list)
    doc_prefix = models.CharField(max_length=3)
    next_doc_serial = models.PositiveBigIntegerField(default=20_000_001)
    closed_days = ArrayField(models.DateField(), default=list, blank=True)

    class Meta:
        db_table = "court_profile"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="court_profile_one")]

    def __str__(self) -> str:
        return self.court
