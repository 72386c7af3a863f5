"""Taking a whole court out again: everything that a conversion wrote, and nothing else. Inside its transactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection

from openecf.court.calendar.rules import DEADLINES_MOVED
from openecf.court.importing.bulk import BY
from openecf.platform.store import services as store

# In this order nothing is left that points at what goes.
_OF_CASES = (
    "DELETE FROM converted_appearance a USING representation r, party p "
    "WHERE a.representation_id = r.id AND r.party_id = p.id AND p.case_id = ANY(%(cases)s)",
    "DELETE FROM motion m USING entry e WHERE m.entry_id = e.id AND e.case_id = ANY(%(cases)s)",
    "DELETE FROM deadline WHERE case_id = ANY(%(cases)s)",
    "DELETE FROM hearing WHERE case_id = ANY(%(cases)s)",
    # Who opened what was sealed stays in the audit lines, and what was paid for reading is paid, case or no case.
    "DELETE FROM document_opening o USING document d, entry e "
    "WHERE o.document_id = d.id AND d.entry_id = e.id AND e.case_id = ANY(%(cases)s)",
    "UPDATE meter_line SET case_id = NULL WHERE case_id = ANY(%(cases)s)",
    "DELETE FROM document d USING entry e WHERE d.entry_id = e.id AND e.case_id = ANY(%(cases)s) RETURNING sha256, sealed",
    "DELETE FROM free_line WHERE case_id = ANY(%(cases)s)",
    "DELETE FROM entry WHERE case_id = ANY(%(cases)s)",
    "DELETE FROM criminal_count c USING party p WHERE c.party_id = p.id AND p.case_id = ANY(%(cases)s)",
    "DELETE FROM representation r USING party p WHERE r.party_id = p.id AND p.case_id = ANY(%(cases)s)",
    "DELETE FROM party WHERE case_id = ANY(%(cases)s)",
    "DELETE FROM notice_case_way WHERE case_id = ANY(%(cases)s)",
    "DELETE FROM converted_case WHERE case_id = ANY(%(cases)s)",
    'DELETE FROM "case" WHERE id = ANY(%(cases)s)',
)
_WORKED_ON = """
SELECT (SELECT count(*) FROM converted_case c WHERE c.conversion_id = %(conversion)s AND (
          EXISTS (SELECT 1 FROM draft d WHERE d.case_id = c.case_id)
          OR EXISTS (SELECT 1 FROM case_change h WHERE h.case_id = c.case_id)
          OR EXISTS (SELECT 1 FROM free_line f WHERE f.case_id = c.case_id)
          OR EXISTS (SELECT 1 FROM entry e WHERE e.case_id = c.case_id AND (
            (e.entered_by <> %(by)s AND e.event <> %(moved)s)
            OR EXISTS (SELECT 1 FROM entry_revision r WHERE r.entry_id = e.id)
            OR EXISTS (SELECT 1 FROM document_reader r JOIN document d ON d.id = r.document_id WHERE d.entry_id = e.id))))),
       (SELECT count(*) FROM converted_user c JOIN court_user u ON u.id = c.user_id
        WHERE c.conversion_id = %(conversion)s AND (u.account IS NOT NULL
          OR EXISTS (SELECT 1 FROM entry e WHERE e.filer_id = u.id AND e.entered_by <> %(by)s)
          OR EXISTS (SELECT 1 FROM draft d WHERE d.filer_id = u.id)
          OR EXISTS (SELECT 1 FROM draft d WHERE d.agent_id = u.id)
          OR EXISTS (SELECT 1 FROM agency a WHERE u.id IN (a.principal_id, a.agent_id) AND (a.ended_at IS NOT NULL
            OR NOT EXISTS (SELECT 1 FROM converted_agency k WHERE k.agency_id = a.id)))
          OR EXISTS (SELECT 1 FROM document_reader r WHERE r.user_id = u.id)
          OR EXISTS (SELECT 1 FROM filing_request_held h WHERE h.user_id = u.id)
          OR EXISTS (SELECT 1 FROM judge j WHERE j.user_id = u.id)
          OR EXISTS (SELECT 1 FROM notice_recipient r WHERE r.user_id = u.id)
          OR EXISTS (SELECT 1 FROM representation r JOIN party p ON p.id = r.party_id WHERE r.user_id = u.id
            AND NOT EXISTS (SELECT 1 FROM converted_case k WHERE k.case_id = p.case_id))))
"""
_CASES = "SELECT case_id FROM converted_case WHERE conversion_id = %s ORDER BY case_id LIMIT %s"
# Leads first: a case may be the lead of one that is taken out later.
_LEADS = """
UPDATE "case" SET lead_id = NULL WHERE lead_id IN (SELECT case_id FROM converted_case WHERE conversion_id = %s)
"""
_HELD = "SELECT DISTINCT sha256, sealed FROM document WHERE sha256 = ANY(%s)"
_USERS = """
WITH gone AS (
  DELETE FROM converted_user WHERE user_id IN (SELECT user_id FROM converted_user WHERE conversion_id = %s LIMIT 2000)
  RETURNING user_id
) DELETE FROM court_user u USING gone g WHERE u.id = g.user_id
"""
_LOOSE = (
    "DELETE FROM acting_choice c USING converted_agency k WHERE c.agency_id = k.agency_id AND k.conversion_id = %s",
    "WITH gone AS (DELETE FROM converted_agency WHERE conversion_id = %s RETURNING agency_id) "
    "DELETE FROM agency a USING gone g WHERE a.id = g.agency_id",
    "UPDATE converted_person SET user_id = NULL WHERE conversion_id = %s AND user_id IS NOT NULL",
    "DELETE FROM own_session s USING converted_user c WHERE s.user_id = c.user_id AND c.conversion_id = %s",
    "DELETE FROM own_reset_link s USING converted_user c WHERE s.user_id = c.user_id AND c.conversion_id = %s",
    "DELETE FROM notice_case_way w USING notice_way n, converted_user c "
    "WHERE w.way_id = n.id AND n.user_id = c.user_id AND c.conversion_id = %s",
    "DELETE FROM notice_way n USING converted_user c WHERE n.user_id = c.user_id AND c.conversion_id = %s",
    "DELETE FROM notice_summary s USING converted_user c WHERE s.user_id = c.user_id AND c.conversion_id = %s",
)


def worked_on(conversion: int) -> tuple[int, int]:
    """What taking out would lose: how many of its cases were worked on since, and of its accounts used or linked.

    Reading is no work. That the weekend's deadlines moved is nobody's: it is done again for whatever is converted then.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WORKED_ON, {"conversion": conversion, "by": BY, "moved": DEADLINES_MOVED})
        return cursor.fetchone()


def loosen_leads(conversion: int) -> None:
    """No case is led by one that is about to go."""
    with connection.cursor() as cursor:
        cursor.execute(_LEADS, [conversion])


def remove_cases(conversion: int, *, most: int = 500) -> tuple[int, Sequence[tuple[str, bool]]]:
    """Take some cases out with everything that is theirs: how many, and the stored bytes that nobody names any more."""
    with connection.cursor() as cursor:
        cursor.execute(_CASES, [conversion, most])
        cases = [row[0] for row in cursor.fetchall()]
        files: set[tuple[str, bool]] = set()
        for statement in _OF_CASES if cases else ():
            cursor.execute(statement, {"cases": cases})
            if "RETURNING" in statement:
                files = {(sha256, sealed) for sha256, sealed in cursor.fetchall() if sha256}
        if files:
            cursor.execute(_HELD, [[sha256 for sha256, _sealed in files]])
            files -= set(cursor.fetchall())
    return len(cases), sorted(files)


def drop_bytes(files: Sequence[tuple[str, bool]]) -> None:
    """Forget bytes, once the transaction that took their last name away has ended."""
    for sha256, sealed in files:
        store.drop(sha256, sealed=sealed)


def remove_users(conversion: int) -> Iterator[int]:
    """Take the logins out, some at a time (each step in the caller's transaction): how many."""
    with connection.cursor() as cursor:
        for statement in _LOOSE:
            cursor.execute(statement, [conversion])
        while True:
            cursor.execute(_USERS, [conversion])
            yield cursor.rowcount
            if not cursor.rowcount:
                return
