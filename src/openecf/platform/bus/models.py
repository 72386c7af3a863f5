"""Messages between sites: what this site will send (outbox), what it has applied (inbox)."""

from __future__ import annotations

import uuid

from django.db import models


class OutboxMessage(models.Model):
    """A fact on its way to another site, written in the transaction that made it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    to = models.CharField(max_length=40)
    type = models.CharField(max_length=80)
    body = models.JSONField()
    at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        db_table = "bus_outbox"
        indexes = [
            models.Index(
                fields=["next_at"], name="bus_outbox_due", condition=models.Q(delivered_at=None, dead_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} to {self.to}"


class InboxMessage(models.Model):
    """A message from another site; its id makes applying it happen once."""

    id = models.UUIDField(primary_key=True)
    sender = models.CharField(max_length=40)
    type = models.CharField(max_length=80)
    body = models.JSONField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        db_table = "bus_inbox"

    def __str__(self) -> str:
        return f"{self.type} from {self.sender}"


class Peer(models.Model):
    """A site that this one exchanges messages with. ``public_key`` is PEM."""

    id = models.CharField(primary_key=True, max_length=40)
    base_url = models.URLField()
    public_key = models.TextField()

    class Meta:
        db_table = "bus_peer"

    def __str__(self) -> str:
        return self.id
