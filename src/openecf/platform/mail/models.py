"""Mail on its way out. A row is the promise to send it; a stopped mail server loses nothing."""

from __future__ import annotations

from django.db import models


class OutgoingMail(models.Model):
    """One message to one list of recipients."""

    created_at = models.DateTimeField()
    sender = models.CharField(max_length=254)
    recipients = models.JSONField()
    bcc = models.JSONField(default=list)
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    attachments = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text="name, type, and the SHA-256 under which the store has it",
    )
    reference = models.CharField(max_length=120, blank=True, db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        db_table = "mail_outgoing"
        indexes = [
            models.Index(fields=["next_at"], name="mail_due", condition=models.Q(sent_at=None, dead_at=None)),
        ]

    def __str__(self) -> str:
        return self.subject
