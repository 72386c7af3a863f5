"""Reading the record of acts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q

from openecf.platform.audit.models import AuditLine


def acts_by(
    *, refs: Sequence[str], since: datetime, until: datetime, on_behalf_of: str = "", limit: int = 200
) -> list[AuditLine]:
    """What those did, newest first, from ``since`` up to but not including ``until``; at most ``limit`` lines.

    With what others did ``on_behalf_of`` somebody, if that is asked.
    """
    whose = Q(by__in=refs) | Q(on_behalf_of=on_behalf_of) if on_behalf_of else Q(by__in=refs)
    lines = AuditLine.objects.filter(whose, at__gte=since, at__lt=until)
    return list(lines.order_by("-at", "-id")[:limit])


def about(
    *, ref: str, acts: Collection[str] | None = None, but: Collection[str] = (), limit: int = 200
) -> list[AuditLine]:
    """What this person did and what was done to its account, newest first; at most ``limit`` lines. ``acts``: only such,
    ``but``: none of these."""
    lines = AuditLine.objects.exclude(act__in=list(but)) if but else AuditLine.objects.all()
    lines = lines if acts is None else lines.filter(act__in=list(acts))
    mine = lines.filter(by=ref).order_by("-at", "-id")[:limit]
    others = lines.filter(subject=ref).exclude(by=ref).order_by("-at", "-id")[:limit]
    return sorted([*mine, *others], key=lambda line: (line.at, line.id), reverse=True)[:limit]
