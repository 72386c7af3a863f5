"""Reading the record of acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from openecf.platform.audit.models import AuditLine


def acts_by(*, refs: Sequence[str], since: datetime, until: datetime, limit: int = 200) -> list[AuditLine]:
    """What those did, newest first, from ``since`` up to but not including ``until``; at most ``limit`` lines."""
    lines = AuditLine.objects.filter(by__in=refs, at__gte=since, at__lt=until)
    return list(lines.order_by("-at", "-id")[:limit])
