"""Documents: what was filed, byte for byte. Bytes live in the store under their SHA-256; here is what is known of them."""

from __future__ import annotations

from django.db import models


class Document(models.Model):
    """The main document (``part`` 0) or an attachment (1, 2, …) of an entry."""

    entry = models.ForeignKey("docket.Entry", on_delete=models.PROTECT, related_name="documents", db_index=False)
    part = models.PositiveSmallIntegerField(default=0)
    doc_id = models.CharField(max_length=20, unique=True, help_text="PACER document number, flag digit 0")
    description = models.TextField(blank=True)
    filename = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="empty: the bytes are not held here (imported)")
    bytes = models.PositiveBigIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    size_text = models.CharField(max_length=20, blank=True, help_text="size as the source printed it")
    restriction = models.PositiveSmallIntegerField(default=0)
    sealed = models.BooleanField(default=False, help_text="the stored bytes are encrypted")
    fresh = models.BooleanField(
        default=False, db_default=False, help_text="filed just now: a job stores the bytes as the level asks"
    )
    transcript = models.BooleanField(default=False, help_text="billed without a cap")
    opinion = models.BooleanField(default=False, help_text="a written opinion: free to everyone")
    stamp = models.CharField(max_length=128, blank=True)
    stamped_facts = models.JSONField(null=True)

    class Meta:
        db_table = "document"
        constraints = [models.UniqueConstraint(fields=["entry", "part"], name="document_part")]
        indexes = [
            models.Index(
                fields=["entry"], condition=models.Q(transcript=True, restriction__gt=0), name="document_withheld"
            ),
            models.Index(fields=["id"], condition=models.Q(fresh=True), name="document_fresh"),
            models.Index(fields=["sha256"], name="document_bytes"),
        ]

    def __str__(self) -> str:
        return self.doc_id


class DocumentReader(models.Model):
    """A court user who may read a document restricted to selected people."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="readers")
    user = models.ForeignKey("people.CourtUser", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "document_reader"
        constraints = [models.UniqueConstraint(fields=["document", "user"], name="document_reader_once")]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.user_id}"


class Opening(models.Model):
    """A sealed document was opened: by whom, when."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="openings")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        db_table = "document_opening"

    def __str__(self) -> str:
        return f"{self.document_id} by {self.by}"
