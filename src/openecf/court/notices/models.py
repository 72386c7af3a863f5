"""Notices of electronic filing (at the appellate court: of docket activity)."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """The notice of one entry, kept as it was sent."""

    entry = models.ForeignKey("docket.Entry", on_delete=models.PROTECT, related_name="notices")
    at = models.DateTimeField()
    subject = models.TextField()
    html = models.TextField(help_text="as shown to the filer: links without free looks")
    text = models.TextField()

    class Meta:
        db_table = "notice"

    def __str__(self) -> str:
        return self.subject


class Recipient(models.Model):
    """Someone on the service list, and how the notice reached them (or that it must be served otherwise)."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="recipients")
    user = models.ForeignKey("people.CourtUser", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    addresses = models.JSONField(default=list)
    by_mail = models.BooleanField(default=False, help_text="true: to be served otherwise, at the postal lines")
    postal_lines = models.JSONField(default=list)
    wants_text = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice_recipient"

    def __str__(self) -> str:
        return self.name


class FreeLook(models.Model):
    """One free electronic copy for one address, once, for a limited time. ``digest`` is of the link's secret."""

    digest = models.CharField(max_length=64, unique=True)
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="free_looks")
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    address = models.EmailField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "free_look"

    def __str__(self) -> str:
        return self.address
