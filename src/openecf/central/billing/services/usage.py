"""Writing the usage ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from openecf.central.accounts.queries import NoSuchAccount, account, existing
from openecf.central.billing.models import UsageLine
from openecf.platform.audit import services as audit
from openecf.platform.bus.messages import UsageRecorded


class ForeignUsage(ValueError):
    """A court sent usage in another court's name."""


def record_usage(*, usage: UsageRecorded, sender: str, message_id: UUID, at: datetime) -> bool:
    """Write one access into the ledger, once however often it is delivered; whether it was new.

    NoSuchAccount if the account is unknown: the message waits at the desk.
    """
    if usage.court != sender:
        raise ForeignUsage(f"{sender} bills for {usage.court}")
    with transaction.atomic():
        _line, made = UsageLine.objects.get_or_create(
            message=message_id,
            defaults={
                "account": account(usage.account),
                "court": usage.court,
                "at": usage.at,
                "client_code": usage.client_code,
                "description": usage.description[:120],
                "criteria": usage.criteria,
                "pages": usage.pages,
                "cents": 0 if usage.exempt else usage.cents,
                "exempt": usage.exempt,
                "exempt_for": usage.exempt_for[:20],
            },
        )
        if made:
            audit.record(
                act="usage.recorded", by=f"court:{sender}", at=at, subject=str(usage.account), message=str(message_id)
            )
    return made


_LINES = """
INSERT INTO usage_line (message, account_id, court, at, client_code, description, criteria, pages, cents, exempt,
  exempt_for)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[],
  %s::int[], %s::int[], %s::bool[], %s::text[])
ON CONFLICT (message) DO NOTHING RETURNING message, account_id
"""


def record_usages(*, usages: Sequence[tuple[UUID, UsageRecorded]], sender: str, at: datetime) -> int:
    """Write many accesses (message id, usage) into the ledger at once, each once; how many were new.

    All or none: ForeignUsage, or NoSuchAccount, when one of them cannot be written.
    """
    if foreign := {usage.court for _message, usage in usages} - {sender}:
        raise ForeignUsage(f"{sender} bills for {min(foreign)}")
    accounts = [usage.account for _message, usage in usages]
    if strangers := set(accounts) - existing(accounts):
        raise NoSuchAccount(str(min(strangers)))
    columns = zip(*(_line(message, usage) for message, usage in usages), strict=True)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LINES, [list(column) for column in columns])
            made = cursor.fetchall()
        if made:
            told = [(str(account_id), {"message": str(message)}) for message, account_id in made]
            audit.record_many(act="usage.recorded", by=f"court:{sender}", at=at, lines=told)
    return len(made)


def _line(message: UUID, usage: UsageRecorded) -> tuple:
    return (
        message,
        usage.account,
        usage.court,
        usage.at,
        usage.client_code,
        usage.description[:120],
        usage.criteria,
        usage.pages,
        0 if usage.exempt else usage.cents,
        usage.exempt,
        usage.exempt_for[:20],
    )
