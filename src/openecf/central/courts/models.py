"""The courts that run this software: how people, programs and messages reach them."""

from __future__ import annotations

from django.db import models


class CourtSite(models.Model):
    """A court's site as the central site knows it. ``id`` is the court's id in the national directory."""

    id = models.CharField(primary_key=True, max_length=8)
    base_url = models.URLField()
    hosts = models.JSONField(default=list)
    public_key = models.TextField(help_text="PEM; verifies the court's messages and client assertions")
    admitted_at = models.DateTimeField()
    era = models.CharField(max_length=20, default="nextgen")
    live_on = models.DateField(null=True)
    cases = models.PositiveIntegerField(default=0)
    software = models.CharField(max_length=40, blank=True)
    seen_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True, help_text="its programs asked for what ended; to the minute")
    filing_needs_mfa = models.DateField(null=True, help_text="from this day on, filing there asks for a second factor")

    registration = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text="who may register to file there: RegistrationProfile",
    )
    help_email = models.CharField(max_length=254, blank=True, default="", db_default="")
    help_phone = models.CharField(max_length=40, blank=True, default="", db_default="")
    filing_closes_at = models.DateTimeField(null=True, help_text="the weekend of the move to NextGen begins")
    live_at = models.DateTimeField(null=True, help_text="and ends")
    resets_end_at = models.DateTimeField(null=True, help_text="the court's own passwords are reset by mail until then")

    class Meta:
        db_table = "court_site"

    def __str__(self) -> str:
        return self.id


class RegisteredCourt(models.Model):
    """A court at which an account is linked to a court-issued one."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="registered_courts")
    court = models.CharField(max_length=8)
    role = models.CharField(max_length=16)
    linked_at = models.DateTimeField()
    stood_at = models.DateTimeField(null=True, help_text="of the court's latest word on how the account stands there")
    ended = models.BooleanField(default=False, db_default=False, help_text="the court ended the link")
    suspended = models.BooleanField(default=False, db_default=False)
    said = models.CharField(max_length=500, blank=True, default="", db_default="", help_text="the court's reason")

    class Meta:
        db_table = "registered_court"
        constraints = [models.UniqueConstraint(fields=["account", "court"], name="registered_court_once")]

    def __str__(self) -> str:
        return self.court
