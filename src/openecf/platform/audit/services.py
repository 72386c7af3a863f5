"""Writing the record of acts."""

from __future__ import annotations

from datetime import datetime

from openecf.platform.audit.models import AuditLine


def record(
    *,
    act: str,
    by: str,
    at: datetime,
    subject: str = "",
    on_behalf_of: str = "",
    address: str | None = None,
    **facts: object,
) -> None:
    """Write one audit line inside the caller's transaction. ``facts`` carry references, never secrets."""
    AuditLine.objects.create(
        at=at, act=act, by=by, subject=subject, on_behalf_of=on_behalf_of, address=address, facts=facts
    )
