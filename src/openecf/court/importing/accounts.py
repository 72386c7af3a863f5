"""Writing the accounts of a whole court: people, their logins, their passwords. Runs inside the conversion's transactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from openecf.court.conversion.models import ConvertedAppearance, ConvertedPerson
from openecf.court.importing.bulk import Sheaf, cell
from openecf.court.people.models import CourtUser

PERSON = (
    "conversion person prefix first_name middle_name last_name generation initials bar_id firm address_lines phone fax "
    "email secondary_emails"
)
_COMING = """
CREATE TEMP TABLE coming_user (place bigint, login text, person text, others varchar(40)[], "group" text,
  wants_text boolean, active boolean) ON COMMIT DROP
"""
# A login that the court issued here already stays as it is here: its holder knows its password.
_ISSUE = """
INSERT INTO court_user ({columns}) SELECT {values}
FROM coming_user c JOIN converted_person p ON p.conversion_id = %(conversion)s AND p.person = c.person
ORDER BY c.place ON CONFLICT (lower(login)) DO NOTHING RETURNING id
"""
_KEEP = """
INSERT INTO converted_user (user_id, conversion_id, active, others, closed)
SELECT u.id, %(conversion)s, c.active, c.others, false FROM coming_user c JOIN court_user u ON lower(u.login) = lower(c.login)
WHERE u.id = ANY(%(issued)s)
"""
# Of several logins of one person the first that is not closed stands for the person.
_HOLDERS = """
UPDATE converted_person p SET user_id = held.id FROM (
  SELECT DISTINCT ON (c.person) c.person, u.id FROM coming_user c JOIN court_user u ON lower(u.login) = lower(c.login)
  ORDER BY c.person, c.active DESC, c.place
) held WHERE p.conversion_id = %(conversion)s AND p.person = held.person AND p.user_id IS NULL
"""


def write_people(conversion: int, rows: Sequence[tuple[Any, ...]]) -> int:
    """Write people of an export; how many rows."""
    sheaf = Sheaf()
    lines = sheaf.lines(ConvertedPerson, PERSON)
    lines += ["\t".join(map(cell, (conversion, *row))) for row in rows]
    return sheaf.write()


def write_users(conversion: int, rows: Sequence[tuple[int, tuple[Any, ...]]]) -> int:
    """Issue logins, which open nothing before the switch, each with its place in the file; how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(_COMING)
        with cursor.copy("COPY coming_user FROM STDIN") as out:
            for place, (login, person, others, group, _scheme, _password, wants_text, active) in rows:
                out.write("\t".join(map(cell, (place, login, person, others, group, wants_text, active))) + "\n")
        statement, defaults = _issue()
        cursor.execute(statement, defaults | {"conversion": conversion})
        issued = [row[0] for row in cursor.fetchall()]
        cursor.execute(_KEEP, {"conversion": conversion, "issued": issued})
        cursor.execute(_HOLDERS, {"conversion": conversion})
        cursor.execute("DROP TABLE coming_user")
    return 2 * len(issued)


def _issue() -> tuple[str, dict[str, Any]]:
    """The statement that issues logins: the person's facts, the login's, and defaults for the rest; not active yet."""
    theirs = {name: f"p.{name}" for name in PERSON.split() if name not in ("conversion", "person")}
    given = theirs | {"login": "c.login", "group": 'c."group"', "wants_text": "c.wants_text", "active": "false"}
    fields = [field for field in CourtUser._meta.concrete_fields if not field.primary_key]
    defaults = {field.name: field.get_default() for field in fields if field.name not in given}
    values = [given.get(field.name, f"%({field.name})s") for field in fields]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    return _ISSUE.format(columns=columns, values=", ".join(values)), defaults


_AGENCIES = """
INSERT INTO converted_agency (conversion_id, principal_id, agent_id, sees_restricted, gets_notices)
SELECT %s, p.id, a.id, given.sees, given.notices
FROM unnest(%s::text[], %s::text[], %s::bool[], %s::bool[]) WITH ORDINALITY AS given (principal, agent, sees, notices, place)
JOIN converted_person p ON p.person = given.principal AND p.conversion_id = %s
JOIN converted_person a ON a.person = given.agent AND a.conversion_id = %s ORDER BY given.place
"""


def write_agencies(conversion: int, rows: Sequence[tuple[Any, ...]]) -> int:
    """Note who files for whom; nobody acts for anybody before the switch. How many rows."""
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*rows, strict=True)]
        cursor.execute(_AGENCIES, [conversion, *columns, conversion, conversion])
        return cursor.rowcount


_PASSWORDS = """
UPDATE court_user u SET password = given.hash FROM unnest(%s::text[], %s::text[]) AS given (login, hash)
WHERE lower(u.login) = lower(given.login) AND u.password = '' AND u.account IS NULL
  AND EXISTS (SELECT 1 FROM converted_user c WHERE c.user_id = u.id AND c.conversion_id = %s)
"""


def write_passwords(conversion: int, given: Sequence[tuple[str, str]]) -> int:
    """Keep wrapped hashes of logins that the conversion issued and that have none; how many."""
    if not given:
        return 0
    logins, hashes = zip(*given, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_PASSWORDS, [list(logins), list(hashes), conversion])
        return cursor.rowcount


def write_appearances(rows: Sequence[tuple[int, int]]) -> int:
    """Which person each appearance (its row's id) is; how many rows."""
    sheaf = Sheaf()
    sheaf.lines(ConvertedAppearance, "representation person").extend(f"{one}\t{person}" for one, person in rows)
    return sheaf.write()


MOST_PEOPLE = 200_000
"""People who are kept in memory; those beyond are looked up."""


class People:
    """The rows and the accounts of an export's people, by the old system's ids."""

    def __init__(self, conversion: int) -> None:
        self.conversion = conversion
        people = ConvertedPerson.objects.filter(conversion=conversion).order_by("id")
        self._known = {
            person: (row, user)
            for person, row, user in people.values_list("person", "id", "user_id")[:MOST_PEOPLE].iterator()
        }

    def __call__(self, person: str) -> tuple[int, int | None]:
        """Row and account (or none). KeyError for somebody whom the export does not name."""
        if person not in self._known:
            found = ConvertedPerson.objects.filter(conversion=self.conversion, person=person)
            row = found.values_list("id", "user_id").first()
            if row is None:
                raise KeyError(person)
            if len(self._known) > MOST_PEOPLE:
                return row
            self._known[person] = row
        return self._known[person]
