"""Writing the record of acts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from openecf.platform.postgres import prepared

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
    prepared.send(_WRITE, [at, act, by, subject, on_behalf_of, address, json.dumps(facts)])


_WRITE_MANY = """
INSERT INTO audit_line (at, act, "by", subject, on_behalf_of, facts)
SELECT %s, %s, %s, subject, '', facts::jsonb FROM unnest(%s::text[], %s::text[]) AS line (subject, facts)
"""


def record_many(*, act: str, by: str, at: datetime, lines: Iterable[tuple[str, dict[str, object]]]) -> None:
    """Write an audit line for each subject (with its facts) to which the same was done at once, as ``record`` does."""
    subjects, facts = zip(*lines, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_MANY, [at, act, by, list(subjects), [json.dumps(one) for one in facts]])
