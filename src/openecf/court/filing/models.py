"""Drafts: filings on their way. Nothing of a draft is on the docket until it is submitted."""

from __future__ import annotations

import uuid

from django.db import models


class Draft(models.Model):
    """One filing in preparation. ``answers`` holds what was entered at each step.

    What a filing agent began belongs to the two of them: the principal (``filer``) and that agent, no other.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    filer = models.ForeignKey("people.CourtUser", on_delete=models.CASCADE, related_name="drafts")
    agent = models.ForeignKey(
        "people.CourtUser",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="who began it for the filer",
    )
    event = models.CharField(max_length=80)
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True)
    entry = models.ForeignKey("docket.Entry", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "draft"
        indexes = [models.Index(fields=["filer", "-changed_at"], name="draft_filer")]

    def __str__(self) -> str:
        return f"{self.event} {self.id}"


class DraftDocument(models.Model):
    """A checked PDF waiting in a draft; its bytes are already in the store."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="documents")
    part = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=60, blank=True)
    description = models.CharField(max_length=200, blank=True)
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField()

    class Meta:
        db_table = "draft_document"
        ordering = ["part"]
        constraints = [models.UniqueConstraint(fields=["draft", "part"], name="draft_document_part")]

    def __str__(self) -> str:
        return self.filename
