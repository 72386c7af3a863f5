"""What can only be said of an export as a whole: keys that are there twice, names that lead nowhere, what is taken here.

Keys of each file go into temporary tables, which vanish with the connection: a check writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from openecf.court.conversion.reading import Problem
from openecf.court.importing.bulk import cell

_TABLES = """
CREATE TEMP TABLE x_person (line bigint, id bigint, person text, first_name text, last_name text, generation text,
  bar_id text, firm text, phone text, email text);
CREATE TEMP TABLE x_user (line bigint, login text, person text, others text[], "group" text);
CREATE TEMP TABLE x_agent (line bigint, principal text, agent text);
CREATE TEMP TABLE x_case (line bigint, id bigint, number text, defendant text, lead bigint);
CREATE TEMP TABLE x_paper (line bigint, doc_id text);
CREATE TEMP TABLE x_named (file text, line bigint, person text)
"""
NAMES = ("x_person", "x_user", "x_agent", "x_case", "x_paper", "x_named")

_WRONG = (
    (
        "people.csv",
        "person {0} is there twice",
        "SELECT line, person FROM (SELECT line, person, row_number() OVER (PARTITION BY person ORDER BY line) AS nth "
        "FROM x_person) t WHERE nth > 1",
    ),
    (
        "users.csv",
        "login {0} is there twice (capital letters make no difference)",
        "SELECT line, login FROM (SELECT line, login, row_number() OVER (PARTITION BY lower(login) ORDER BY line) AS nth "
        "FROM x_user) t WHERE nth > 1",
    ),
    (
        "users.csv",
        "person: people.csv has nobody called {0}",
        "SELECT u.line, n.person FROM x_user u, LATERAL unnest(u.others || u.person) AS n (person) "
        "WHERE NOT EXISTS (SELECT 1 FROM x_person p WHERE p.person = n.person)",
    ),
    (
        "agents.csv",
        "agent: {0} is there for this principal already",
        "SELECT line, agent FROM (SELECT line, agent, row_number() OVER (PARTITION BY principal, agent ORDER BY line) AS nth "
        "FROM x_agent) t WHERE nth > 1",
    ),
    (
        "agents.csv",
        "agent: users.csv has no login of the group filing-agent for {0}",
        "SELECT x.line, x.agent FROM x_agent x WHERE NOT EXISTS (SELECT 1 FROM x_user u WHERE u.person = x.agent "
        "AND u.\"group\" = 'filing-agent')",
    ),
    (
        "agents.csv",
        "principal: users.csv has no login of an attorney or a trustee for {0}",
        "SELECT x.line, x.principal FROM x_agent x WHERE NOT EXISTS (SELECT 1 FROM x_user u WHERE u.person = x.principal "
        "AND u.\"group\" IN ('attorney', 'pro-hac-vice', 'trustee', 'us-trustee'))",
    ),
    (
        "cases.csv",
        "number {0} is there twice",
        "SELECT line, number FROM (SELECT line, number, row_number() OVER (PARTITION BY number, defendant ORDER BY line) "
        "AS nth FROM x_case) t WHERE nth > 1",
    ),
    (
        "cases.csv",
        "case_id {0} is taken by another case here",
        'SELECT x.line, x.id FROM x_case x JOIN "case" c ON c.id = x.id',
    ),
    (
        "cases.csv",
        "number {0}: this court has a case of that number",
        'SELECT x.line, x.number FROM x_case x JOIN "case" c ON c.number = x.number AND c.defendant_number = x.defendant '
        "AND c.id <> x.id",
    ),
    (
        "cases.csv",
        "lead: there is no case {0} in the file",
        "SELECT x.line, x.lead FROM x_case x WHERE x.lead IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM x_case o WHERE o.id = x.lead)",
    ),
    (
        "documents.csv",
        "doc_id {0} is there twice",
        "SELECT line, doc_id FROM (SELECT line, doc_id, row_number() OVER (PARTITION BY doc_id ORDER BY line) AS nth "
        "FROM x_paper) t WHERE nth > 1",
    ),
    (
        "documents.csv",
        "doc_id {0} is taken by another document here",
        "SELECT x.line, x.doc_id FROM x_paper x JOIN document d ON d.doc_id = x.doc_id",
    ),
)
_NOBODY = """
SELECT n.file, n.line, n.person FROM x_named n WHERE NOT EXISTS (SELECT 1 FROM x_person p WHERE p.person = n.person)
ORDER BY n.file, n.line
"""
_HERE = """
SELECT x.line, x.login FROM x_user x JOIN court_user u ON lower(u.login) = lower(x.login)
WHERE NOT EXISTS (SELECT 1 FROM converted_user c WHERE c.user_id = u.id) ORDER BY x.line
"""
# What the conversion itself wrote is not taken by somebody else.
_OWN = """
DELETE FROM x_case x USING converted_case c WHERE c.case_id = x.id;
DELETE FROM x_paper x USING document d JOIN entry e ON e.id = d.entry_id JOIN converted_case c ON c.case_id = e.case_id
  WHERE d.doc_id = x.doc_id
"""


def make() -> None:
    """Empty tables, of this connection only."""
    with connection.cursor() as cursor:
        drop()
        cursor.execute(_TABLES)


def drop() -> None:
    """Take the tables away again; nothing if there are none."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{name}' for name in NAMES)}")


class Keys:
    """Rows for one of the tables, written some thousand at a time."""

    def __init__(self, table: str) -> None:
        self.table = table
        self._lines: list[str] = []

    def add(self, *values: Any) -> None:
        self._lines.append("\t".join(map(cell, values)) + "\n")
        if len(self._lines) >= 5_000:
            self.write()

    def write(self) -> None:
        if self._lines:
            with connection.cursor() as cursor, cursor.copy(f"COPY {self.table} FROM STDIN") as out:
                out.write("".join(self._lines))
            self._lines.clear()


def wrong() -> Iterator[Problem]:
    """What is wrong with the keys that were written."""
    with connection.cursor() as cursor:
        for name in NAMES:
            cursor.execute(f"ANALYZE {name}")
        for file, reason, query in _WRONG:
            if "here" in reason or "this court" in reason:
                continue
            cursor.execute(f"{query} ORDER BY 1")
            yield from _told(cursor.fetchall(), file, reason)
        cursor.execute(_NOBODY)
        for file, line, person in cursor.fetchall():
            yield Problem(file, line, f"people.csv has nobody called {person}")
        cursor.execute(_OWN)
        for file, reason, query in _WRONG:
            if "here" in reason or "this court" in reason:
                cursor.execute(f"{query} ORDER BY 1")
                yield from _told(cursor.fetchall(), file, reason)
        cursor.execute(_HERE)
        for line, login in cursor.fetchall():
            reason = f"the login {login} was issued here already: it stays as it is here, with its password"
            yield Problem("users.csv", line, reason, grave=False)


def _told(rows: Iterable[tuple[int, Any]], file: str, reason: str) -> list[Problem]:
    return [Problem(file, line, reason.format(value)) for line, value in rows]


_SOURCES = {
    # Of a check: the export's own rows.
    False: (
        "SELECT person AS id, person, first_name, last_name, generation, bar_id, firm, phone, email FROM x_person",
        "SELECT u.login, array_append(u.others, u.person) AS people FROM x_user u WHERE cardinality(u.others) > 0",
        "SELECT person FROM x_user",
    ),
    # Of a load: what was taken over.
    True: (
        "SELECT id, person, first_name, last_name, generation, bar_id, firm, phone, email FROM converted_person "
        "WHERE conversion_id = %(conversion)s",
        "SELECT u.login, array_append(c.others, p.person) AS people FROM converted_user c "
        "JOIN court_user u ON u.id = c.user_id "
        "JOIN converted_person p ON p.user_id = c.user_id AND p.conversion_id = c.conversion_id "
        "WHERE c.conversion_id = %(conversion)s AND cardinality(c.others) > 0",
        "SELECT person FROM converted_person WHERE user_id IS NOT NULL AND conversion_id = %(conversion)s",
    ),
}
# Only people with a login count where they share a thing: a switchboard or a docketing address is no finding by itself.
_FINDINGS = """
WITH person AS ({people}), shared AS ({logins}), filer AS ({filers}),
known AS (
  SELECT p.*, lower(concat_ws(' ', nullif(p.first_name, ''), p.last_name, nullif(p.generation, ''))) AS name,
    lower(p.email) AS mail, regexp_replace(p.phone, '[^0-9]', '', 'g') AS digits,
    upper(regexp_replace(p.bar_id, '[^0-9A-Za-z]', '', 'g')) AS bar,
    coalesce(nullif(lower(p.email), ''),
      CASE WHEN p.phone ~ '[0-9].*[0-9].*[0-9].*[0-9].*[0-9].*[0-9].*[0-9]' THEN p.phone ELSE '' END) AS contact,
    p.person IN (SELECT f.person FROM filer f) AS files
  FROM person p
),
found AS (
  SELECT 'twice' AS kind, 'bar-id' AS why, bar AS what, array_agg(id ORDER BY id) AS people FROM known
  WHERE bar <> '' GROUP BY bar HAVING count(*) > 1 AND count(DISTINCT lower(last_name)) = 1
  UNION ALL
  SELECT 'shared', 'bar-id', bar, array_agg(id ORDER BY id) FROM known
  WHERE bar <> '' GROUP BY bar HAVING count(*) > 1 AND count(DISTINCT lower(last_name)) > 1
  UNION ALL
  SELECT 'twice', 'name', left(name || ' ' || contact, 254), array_agg(id ORDER BY id)
  FROM known WHERE contact <> '' GROUP BY name, contact
  HAVING count(*) > 1 AND count(DISTINCT nullif(bar, '')) + count(*) FILTER (WHERE bar = '') > 1
  UNION ALL
  SELECT 'shared', 'email', mail, array_agg(id ORDER BY id) FROM known WHERE mail <> '' AND files
  GROUP BY mail HAVING count(*) > 1 AND count(DISTINCT name) > 1
  UNION ALL
  SELECT 'shared', 'phone', digits, array_agg(id ORDER BY id) FROM known WHERE length(digits) >= 7 AND files
  GROUP BY digits HAVING count(*) > 1 AND count(DISTINCT name) > 1 AND count(DISTINCT lower(firm)) > 1
  UNION ALL
  SELECT 'shared-login', 'login', s.login, array_agg(k.id ORDER BY k.id) FROM shared s
  JOIN known k ON k.person = ANY(s.people) GROUP BY s.login
)
SELECT kind, why, what, people FROM found ORDER BY kind, why, what
"""


def findings(*, conversion: int | None = None) -> list[tuple[str, str, str, list[Any]]]:
    """People who seem to be one, and logins that seem to be several people's: kind, why, what, and who.

    Who is told by the old system's ids, or, of a ``conversion`` that is loaded, by rows of its people.
    """
    people, logins, filers = _SOURCES[conversion is not None]
    query = _FINDINGS.format(people=people, logins=logins, filers=filers)
    with connection.cursor() as cursor:
        cursor.execute(query.replace("%", "%%") if conversion is None else query, {"conversion": conversion})
        return cursor.fetchall()
