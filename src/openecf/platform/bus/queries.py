"""Reads of the bus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from openecf.platform.bus.models import InboxMessage, OutboxMessage, Peer
from openecf.platform.config import this_site


@dataclass(frozen=True)
class Stuck:
    """A message that waits for a person."""

    id: UUID
    way: str
    site: str
    type: str
    since: datetime
    attempts: int
    why: str


def peer(site_id: str) -> Peer:
    """A site that this one talks to; Peer.DoesNotExist if it is a stranger.

    A court knows the central site by its configuration, so that it needs no row to begin with.
    """
    central = this_site().config.central
    if site_id == "central" and central is not None:
        return Peer(id="central", base_url=central.base_url, public_key=central.public_key)
    return Peer.objects.get(id=site_id)


def stuck() -> list[Stuck]:
    """Dead messages, oldest first, both ways."""
    out = [
        Stuck(row.id, "out", row.to, row.type, row.dead_at, row.attempts, row.last_error)
        for row in OutboxMessage.objects.filter(dead_at__isnull=False, delivered_at=None).order_by("dead_at")[:200]
        if row.dead_at
    ]
    into = [
        Stuck(row.id, "in", row.sender, row.type, row.dead_at, 1, row.last_error)
        for row in InboxMessage.objects.filter(dead_at__isnull=False, applied_at=None).order_by("dead_at")[:200]
        if row.dead_at
    ]
    return sorted(out + into, key=lambda one: one.since)


def due_peers(*, now: datetime) -> list[str]:
    """Sites for which something is due."""
    due = OutboxMessage.objects.filter(delivered_at=None, dead_at=None, next_at__lte=now)
    return sorted(set(due.values_list("to", flat=True)))
