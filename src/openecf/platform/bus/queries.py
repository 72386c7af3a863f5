"""Reads of the bus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Value

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


def stuck(*, skip: int = 0, most: int | None = None) -> list[Stuck]:
    """Dead messages, oldest first, both ways; ``most`` of them after the first ``skip``."""
    out = OutboxMessage.objects.filter(dead_at__isnull=False, delivered_at=None)
    into = InboxMessage.objects.filter(dead_at__isnull=False, applied_at=None)
    columns = ("id", "way", "site", "type", "dead_at", "tries", "last_error")
    both = (
        out.annotate(way=Value("out"), site=F("to"), tries=F("attempts"))
        .values_list(*columns)
        .union(into.annotate(way=Value("in"), site=F("sender"), tries=Value(1)).values_list(*columns), all=True)
        .order_by("dead_at", "id")
    )
    return [Stuck(*row) for row in both[skip : None if most is None else skip + most]]


def how_many_stuck() -> int:
    """How many messages wait for a person."""
    out = OutboxMessage.objects.filter(dead_at__isnull=False, delivered_at=None).count()
    return out + InboxMessage.objects.filter(dead_at__isnull=False, applied_at=None).count()


def due_peers(*, now: datetime) -> list[str]:
    """Sites for which something is due."""
    due = OutboxMessage.objects.filter(delivered_at=None, dead_at=None, next_at__lte=now)
    return sorted(set(due.values_list("to", flat=True)))
