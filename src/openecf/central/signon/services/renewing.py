"""Telling courts that what they were told of a person is true no more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from openecf.central.signon.services.logout import DELIVER
from openecf.platform.audit import services as audit
from openecf.platform.jobs import services as jobs

_FORGET = """
WITH untold AS (
  UPDATE signon_session SET told_at = NULL, reads_as = '' WHERE account_id = ANY(%(accounts)s) AND ended_at IS NULL AND kind = 'browser'
), forgotten AS (
  DELETE FROM signon_court_session c USING signon_session s
  WHERE s.id = c.sso_id AND s.account_id = ANY(%(accounts)s) AND s.ended_at IS NULL
  RETURNING c.court_id, c.rp_sid, s.account_id
), revoked AS (
  INSERT INTO signon_revocation (court_id, rp_sid) SELECT court_id, rp_sid FROM forgotten
), queued AS (
  INSERT INTO signon_logout_delivery (court_id, rp_sid, subject, attempts, next_at)
  SELECT court_id, rp_sid, account_id, 0, %(now)s FROM forgotten
)
SELECT account_id, count(*) FROM forgotten GROUP BY account_id ORDER BY account_id
"""


def let_courts_ask_again(*, account: UUID, why: str, by: str, at: datetime) -> int:
    """End the courts' own sessions under an account's sign-ons, and leave the sign-ons alive; how many there were.

    A court keeps what it was told when the person came. At its next page it sends the browser here and, without a
    question to the person, hears how the account stands now. What the person must read before a court is read anew:
    a legacy account is told of its upgrade, a filer's of redaction.
    """
    return let_courts_ask_again_of_all(accounts=[account], why=why, by=by, at=at)


def let_courts_ask_again_of_all(*, accounts: Sequence[UUID], why: str, by: str, at: datetime) -> int:
    """The same of many accounts, to which the same happened: one statement, and one for their lines in the record."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, {"accounts": list(accounts), "now": at})
            forgotten = cursor.fetchall()
        if forgotten:
            jobs.defer(DELIVER)
            audit.record_many(
                act="signon.courts-ask-again", by=by, at=at,
                lines=[(str(account), {"why": why, "courts": courts}) for account, courts in forgotten],
            )  # fmt: skip
    return sum(courts for _account, courts in forgotten)
