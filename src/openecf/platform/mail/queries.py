"""Reads of outgoing mail."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from openecf.platform.mail.models import OutgoingMail

WITHHELD = "withheld: it may not leave any more"
"""``last_error`` of a mail that was closed to its reader before it left; ``sent_at`` is when that was found."""


def due(*, now: datetime) -> list[int]:
    """Mail whose time has come, oldest first."""
    waiting = OutgoingMail.objects.filter(sent_at=None, dead_at=None, next_at__lte=now)
    return list(waiting.order_by("next_at").values_list("pk", flat=True)[:500])


def stuck(*, skip: int = 0, most: int | None = None) -> list[OutgoingMail]:
    """Mail that waits for a person, oldest first; ``most`` of it after the first ``skip``."""
    dead = OutgoingMail.objects.filter(dead_at__isnull=False, sent_at=None).order_by("dead_at", "pk")
    return list(dead[skip : None if most is None else skip + most])


def how_many_stuck() -> int:
    """How much mail waits for a person."""
    return OutgoingMail.objects.filter(dead_at__isnull=False, sent_at=None).count()


def states(*, references: Collection[str]) -> dict[tuple[str, str], str]:
    """How the mails of some references stand, by reference and blind-copy address: ``mailed``, ``waiting``, ``failed``
    or ``withheld``. Of several to one address the newest counts."""
    found = {}
    rows = OutgoingMail.objects.filter(reference__in=references).order_by("pk")
    for reference, bcc, sent_at, dead_at, error in rows.values_list(
        "reference", "bcc", "sent_at", "dead_at", "last_error"
    ):
        state = "mailed" if sent_at and not dead_at else "failed" if dead_at else "waiting"
        state = "withheld" if error == WITHHELD else state
        found.update({(reference, address): state for address in bcc})
    return found
