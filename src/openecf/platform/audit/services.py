"""Writing the record of acts."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import connection

_WRITE = """
INSERT INTO audit_line (at, act, "by", subject, on_behalf_of, address, facts)
VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb)
"""


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
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [at, act, by, subject, on_behalf_of, address, json.dumps(facts)])
