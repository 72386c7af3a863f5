"""The court's own settings: what it is called, when it went live, what it accepts."""

from __future__ import annotations

from datetime import time, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models


class CourtProfile(models.Model):
    """One row. The four hours of the move are read by ``rules.era``; none is ever acted on by hand."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    court = models.CharField(max_length=8)
    announced_at = models.DateTimeField(null=True)
    resets_end_at = models.DateTimeField(null=True)
    filing_closes_at = models.DateTimeField(null=True)
    live_at = models.DateTimeField(null=True)
    deadlines_rolled_at = models.DateTimeField(null=True, help_text="deadlines of the closed days were moved")
    clock_ahead = models.DurationField(
        default=timedelta(),
        db_default=timedelta(),
        help_text="a demonstration rehearses the move: added to the clock wherever its hours are asked",
    )
    emergency_email = models.EmailField(blank=True, default="", db_default="")
    offices = models.JSONField(default=dict, help_text='{"1": "Miami"}')
    help_email = models.EmailField(blank=True)
    help_phone = models.CharField(max_length=40, blank=True)
    pdf_megabytes = models.PositiveIntegerField(default=35)
    pdf_external_links = models.BooleanField(default=True)
    pdf_forms = models.BooleanField(default=False, help_text="accept fillable forms that were not flattened")
    free_look_days = models.PositiveSmallIntegerField(default=15)
    from_address = models.EmailField()
    pool_address = models.EmailField(blank=True)
    summaries_at = models.TimeField(
        default=time(0, 30),
        db_default=time(0, 30),
        help_text="when the summaries of the day before are mailed, in the court's time",
    )
    languages = ArrayField(models.CharField(max_length=5), default=list)
    doc_prefix = models.CharField(max_length=3)
    filing_needs_mfa = models.DateField(null=True, help_text="from this court day on, filing asks for a second factor")
    registration = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text="who may register to file here: RegistrationProfile",
    )
    nextgen_links = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text="what the court itself wrote about the move: label and url",
    )
    filing_fees = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text="what filings cost, and by when: fees.rules.FilingFees",
    )
    closed_days = ArrayField(models.DateField(), default=list, blank=True)
    terminal_networks = ArrayField(
        models.CharField(max_length=50),
        default=list,
        db_default=[],
        blank=True,
        help_text="of the public terminals at the courthouse",
    )

    class Meta:
        db_table = "court_profile"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="court_profile_one")]

    def __str__(self) -> str:
        return self.court


class CourtNotice(models.Model):
    """A numbered notice of the court to its filers about the move. What was published stays as it was."""

    number = models.PositiveSmallIntegerField(unique=True)
    title = models.CharField(max_length=200)
    text = models.TextField(help_text="paragraphs parted by empty lines")
    translations = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), help_text='{"es": {"title": "…", "text": "…"}}'
    )
    published_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        db_table = "court_notice"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.title}"
