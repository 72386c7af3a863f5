"""Comparing what was converted with the export it came from, opening it to its readers, joining people.

A file and the rows made of it stand in the same order: both are read as streams, side by side, and each pair compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from django.db import connection

from openecf.court.agents.models import Agency
from openecf.court.conversion.cases import Cases
from openecf.court.conversion.layout import (
    AGENTS,
    ATTORNEYS,
    CASES,
    COUNTS,
    DEADLINES,
    ENTRIES,
    HEARINGS,
    MOTIONS,
    PAPERS,
    PARTIES,
    PEOPLE,
    USERS,
    FileLayout,
)
from openecf.court.conversion.models import Conversion, ConvertedAgency
from openecf.court.conversion.reading import Problem, Table, Tell, Told
from openecf.court.conversion.rules import Known
from openecf.court.docket.rules import entry_link
from openecf.court.documents.rules import SEALED_FROM
from openecf.court.importing import bulk
from openecf.platform.store import services as store

Line = tuple[int, tuple[Any, ...]]
Progress = Callable[[str, int, int], None]
READERS = 4
CHUNK = 2_000

_PEOPLE = """
SELECT person, prefix, first_name, middle_name, last_name, generation, initials, bar_id, firm, address_lines, phone, fax,
  email, secondary_emails FROM converted_person WHERE conversion_id = %s ORDER BY id
"""
# A login that was here before stays as it was, and is not compared.
_USERS = """
SELECT u.login, u."group", u.wants_text, c.active, c.others, u.password <> '' OR u.spent_password <> ''
FROM converted_user c JOIN court_user u ON u.id = c.user_id WHERE c.conversion_id = %s ORDER BY lower(u.login) COLLATE "C"
"""
_AGENTS = """
SELECT p.person, a.person, k.sees_restricted, k.gets_notices FROM converted_agency k
JOIN converted_person p ON p.id = k.principal_id JOIN converted_person a ON a.id = k.agent_id
WHERE k.conversion_id = %s ORDER BY k.id
"""
_CASES = """
SELECT {columns}, a.name, r.name, c.header_lines::text, k.lead, k.restriction FROM converted_case k
JOIN "case" c ON c.id = k.case_id LEFT JOIN judge a ON a.id = c.assigned_to_id LEFT JOIN judge r ON r.id = c.referred_to_id
WHERE k.conversion_id = %s ORDER BY c.id
"""
_PARTIES = """
SELECT p.case_id, p.name, p.type, p.lines, p.terminated, p.offense_opening, p.offense_terminated
FROM converted_case k JOIN party p ON p.case_id = k.case_id WHERE k.conversion_id = %s ORDER BY p.case_id, p.position
"""
_COUNTS = """
SELECT p.case_id, p.position, c.kind, c.name, c.disposition FROM converted_case k JOIN party p ON p.case_id = k.case_id
JOIN criminal_count c ON c.party_id = p.id WHERE k.conversion_id = %s ORDER BY p.case_id, c.position, c.id
"""
_COUNSEL = """
SELECT p.case_id, p.position, coalesce(w.person, ''), r.name, r.contact, r.email, r.roles, r.appeared_at, r.terminated
FROM converted_case k JOIN party p ON p.case_id = k.case_id JOIN representation r ON r.party_id = p.id
LEFT JOIN converted_appearance a ON a.representation_id = r.id LEFT JOIN converted_person w ON w.id = a.person_id
WHERE k.conversion_id = %s ORDER BY p.case_id, r.position, r.id
"""
_ENTRIES = """
SELECT e.case_id, e.seq, e.number, e.filed, e.entered, e.first_date, e.title, e.text, e.entered_note, e.restriction,
  e.previous, e.chain
FROM converted_case k JOIN entry e ON e.case_id = k.case_id
WHERE k.conversion_id = %s AND e.entered_by = %s ORDER BY e.case_id, e.position
"""
_PAPERS = """
SELECT e.case_id, e.seq, d.part, d.doc_id, d.description, d.sha256, d.bytes, d.pages, d.size_text, d.restriction,
  d.transcript, d.opinion
FROM converted_case k JOIN entry e ON e.case_id = k.case_id JOIN document d ON d.entry_id = e.id
WHERE k.conversion_id = %s AND e.entered_by = %s ORDER BY e.case_id, e.position, d.id
"""

_MOTIONS = """
SELECT e.case_id, e.seq, m.relief, m.outcome, d.seq
FROM converted_case k JOIN entry e ON e.case_id = k.case_id JOIN motion m ON m.entry_id = e.id
LEFT JOIN entry d ON d.id = m.decided_by_id
WHERE k.conversion_id = %s AND e.entered_by = %s ORDER BY e.case_id, m.id
"""
_DEADLINES = """
SELECT d.case_id, d.kind, d.due, s.seq, y.seq, t.seq
FROM converted_case k JOIN deadline d ON d.case_id = k.case_id JOIN entry s ON s.id = d.set_by_id
LEFT JOIN entry y ON y.id = d.satisfied_by_id LEFT JOIN entry t ON t.id = d.terminated_by_id
WHERE k.conversion_id = %s AND s.entered_by = %s ORDER BY d.case_id, d.id
"""
_HEARINGS = """
SELECT h.case_id, h.kind, h.at, h.place, s.seq, t.seq
FROM converted_case k JOIN hearing h ON h.case_id = k.case_id JOIN entry s ON s.id = h.set_by_id
LEFT JOIN entry t ON t.id = h.ended_by_id
WHERE k.conversion_id = %s AND s.entered_by = %s ORDER BY h.case_id, h.id
"""


def compare(conversion: Conversion, folder: Path, *, progress: Progress, told: Told) -> dict[str, str]:
    """Tell each difference between the export and what is here, by file and line; SHA-256 of the rows, by file."""
    columns = sorted(name for name in bulk_columns() if name not in ("assigned_to", "referred_to"))
    of_cases = _CASES.format(columns=", ".join(f'c."{name}"' for name in columns))
    by = (conversion.id, bulk.BY)
    pairs: list[tuple[FileLayout, Iterable[Line], str, tuple[Any, ...]]] = [
        (PEOPLE, _plain(folder, PEOPLE, told), _PEOPLE, (conversion.id,)),
        (USERS, _users(folder, told), _USERS, (conversion.id,)),
        (AGENTS, _plain(folder, AGENTS, told), _AGENTS, (conversion.id,)),
        (CASES, _cases(folder, columns, told), of_cases, (conversion.id,)),
        (PARTIES, _parties(folder, told), _PARTIES, (conversion.id,)),
        (COUNTS, _of_parties(folder, COUNTS, told), _COUNTS, (conversion.id,)),
        (ATTORNEYS, _of_parties(folder, ATTORNEYS, told), _COUNSEL, (conversion.id,)),
        (ENTRIES, _entries(folder, told), _ENTRIES, by),
        (PAPERS, _papers(folder, told), _PAPERS, by),
        (MOTIONS, _plain(folder, MOTIONS, told), _MOTIONS, by),
        (DEADLINES, _plain(folder, DEADLINES, told), _DEADLINES, by),
        (HEARINGS, _hearings(folder, told), _HEARINGS, by),
    ]
    digests = {}
    for layout, said, query, values in pairs:
        total = conversion.counts.get(layout.name, 0)
        here = _here(f"verify_{layout.name.partition('.')[0]}", query, values)
        digests[layout.name] = _side_by_side(layout.name, said, here, total, progress, told)
    _bytes(folder, conversion, progress, told)
    return digests


def bulk_columns() -> list[str]:
    """The columns of a case that an export fills."""
    given = {column.name for column in CASES.columns} - {"case_id", "lead", "restriction"}
    return sorted(given | {"year", "serial"})


def _here(name: str, query: str, values: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Rows of a query, by a cursor of the server, so that none of them waits in memory."""
    with connection.chunked_cursor() as cursor:
        cursor.itersize = CHUNK
        cursor.execute(query, list(values))
        for row in cursor:
            yield tuple(row)


def _side_by_side(
    name: str, said: Iterable[Line], here: Iterable[tuple[Any, ...]], total: int, progress: Progress, tell: Tell
) -> str:
    """Compare row with row: SHA-256 of what is here."""
    digest = hashlib.sha256()
    for done, (given, mine) in enumerate(zip_longest(said, here), start=1):
        if done % 2000 == 0:
            progress(f"verify {name}", done, total)
        if mine is not None:
            digest.update(repr(mine).encode())
        if given is None:
            tell(Problem(name, 0, f"this court has a row more than the export: {_words(mine)}"))
        elif mine is None:
            tell(Problem(name, given[0], "is not here"))
        elif given[1] != mine:
            tell(Problem(name, given[0], f"here it is otherwise: {_difference(given[1], mine)}"))
    progress(f"verify {name}", total, total)
    return digest.hexdigest()


def _words(row: Any) -> str:
    return ", ".join(str(value)[:30] for value in row[:4])


def _difference(said: tuple[Any, ...], mine: tuple[Any, ...]) -> str:
    one, other = next((a, b) for a, b in zip(said, mine, strict=True) if a != b)
    return f"{str(other)[:80]!r} instead of {str(one)[:80]!r}"


def _plain(folder: Path, layout: FileLayout, told: Tell) -> Iterator[Line]:
    table = Table(folder, layout, _silent(told))
    for row in table:
        yield table.line, row
    table.close()


def _silent(told: Tell) -> Tell:
    """What does not fit is told once more; what was only noted was noted when it was checked."""
    return lambda problem: told(problem) if problem.grave else None


def _users(folder: Path, told: Tell) -> Iterator[Line]:
    """Logins in the order of the alphabet, as the table gives them: a court has some ten thousand."""
    here = _logins_before()
    rows = sorted(
        ((row[0].lower(), line, row) for line, row in _plain(folder, USERS, told)), key=lambda one: one[0].encode()
    )
    for _key, line, (login, _person, others, group, _scheme, password, wants_text, active) in rows:
        if login.lower() not in here:
            yield line, (login, group, wants_text, active, others, bool(password))


def _logins_before() -> set[str]:
    """Logins that were issued here otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lower(login) FROM court_user u WHERE NOT EXISTS (SELECT 1 FROM converted_user c WHERE c.user_id = u.id)"
        )
        return {row[0] for row in cursor.fetchall()}


def _cases(folder: Path, columns: Sequence[str], told: Tell) -> Iterator[Line]:
    with Cases(folder, _silent(told)) as source:
        for case in source:
            kept, lines = bulk.case_columns(case)
            for _entry in case.entries:
                pass
            said = kept | {"number": case.row[CASES.place("number")]}
            row = tuple(said.get(name, "") for name in columns)
            judges = tuple(case.row[place] or None for place in bulk.JUDGES)
            yield (
                case.line,
                (*row, *judges, json.dumps(lines, ensure_ascii=False), case.row[bulk.LEAD], case.row[bulk.LEVEL]),
            )


def _with_extras(folder: Path, layout: FileLayout, told: Tell) -> Iterator[tuple[int, Any, list[tuple[str, str]]]]:
    table = Table(folder, layout, _silent(told))
    for row in table:
        yield table.line, row, table.extras
    table.close()


def _parties(folder: Path, told: Tell) -> Iterator[Line]:
    for line, row, extras in _with_extras(folder, PARTIES, told):
        case_id, _party, name, kind, lines, terminated, opening, ended = row
        yield line, (case_id, name, kind, bulk.with_extras(lines, extras), terminated, opening, ended)


def _of_parties(folder: Path, layout: FileLayout, told: Tell) -> Iterator[Line]:
    """Rows that belong to parties, with the party's place in the case instead of its number."""
    with Cases(folder, _silent(told)) as source:
        for case in source:
            places = {row[1]: place for place, (_line, row, _extras) in enumerate(case.parties)}
            for line, row, extras in case.counts if layout is COUNTS else case.attorneys:
                if layout is COUNTS:
                    yield line, (case.id, places[row[1]], *row[2:])
                    continue
                _case, party, person, name, contact, email, roles, appeared, terminated = row
                contact = bulk.with_extras(contact, extras)
                said = (
                    case.id,
                    places[party],
                    person,
                    name,
                    contact,
                    email,
                    roles,
                    bulk.in_court(appeared),
                    terminated,
                )
                yield line, said
            for _entry in case.entries:
                pass


def _entries(folder: Path, told: Tell) -> Iterator[Line]:
    """Entries, each with the links of its case's chain as they follow from what the export says."""
    with Cases(folder, _silent(told)) as source:
        for case in source:
            chain = ""
            for given in case.entries:
                one, previous = bulk.entry_facts(case.id, given), chain
                chain = entry_link(previous, one)
                said = (one.case_id, one.seq, one.number, one.filed, one.entered, one.first_date, one.title, one.text)
                yield given.line, (*said, one.entered_note, one.restriction, previous, chain)


def _hearings(folder: Path, told: Tell) -> Iterator[Line]:
    for line, (case_id, kind, at, place, by, ended) in _plain(folder, HEARINGS, told):
        yield line, (case_id, kind, bulk.in_court(at), place, by, ended)


def _papers(folder: Path, told: Tell) -> Iterator[Line]:
    for line, row in _plain(folder, PAPERS, told):
        case_id, seq, part, doc_id, words, file, sha256, size, pages, size_text, level, transcript, opinion = row
        held = sha256 if file else ""
        yield line, (case_id, seq, part, doc_id, words, held, size, pages, size_text, level, transcript, opinion)


def _bytes(folder: Path, conversion: Conversion, progress: Progress, told: Told) -> None:
    """Read every stored document and compare it with its hash."""
    waiting: list[tuple[int, Future[str]]] = []
    done, total = 0, conversion.counts.get(PAPERS.name, 0)

    def settle(most: int) -> None:
        while len(waiting) > most:
            line, answer = waiting.pop(0)
            if wrong := answer.result():
                told(Problem(PAPERS.name, line, wrong))

    with ThreadPoolExecutor(READERS) as pool:
        for line, row in _plain(folder, PAPERS, told):
            done += 1
            if row[5]:
                waiting.append((line, pool.submit(_stored_fault, row[6], sealed=row[10] >= SEALED_FROM)))
                settle(32)
            if done % 500 == 0:
                progress("verify documents", done, total)
        settle(0)
    progress("verify documents", total, total)


def _stored_fault(sha256: str, *, sealed: bool) -> str:
    if not store.has(sha256, sealed=sealed):
        return "the document is not in the store"
    digest = hashlib.sha256()
    try:
        with store.open(sha256, sealed=sealed) as file:
            for piece in store.pieces(file):
                digest.update(piece)
    except OSError as error:
        return f"the stored document cannot be read: {error}"
    return "" if digest.hexdigest() == sha256 else "the stored document is not the one of the export"


_OPEN_UP = (
    'UPDATE "case" c SET restriction = k.restriction FROM converted_case k '
    "WHERE k.case_id = c.id AND k.conversion_id = %s AND c.restriction <> k.restriction",
    "UPDATE court_user u SET active = c.active AND NOT c.closed FROM converted_user c "
    "WHERE c.user_id = u.id AND c.conversion_id = %s",
)


# Of people whom the clerk's office joined one agency is left: what is closed it shows only if each of them showed it.
# Whoever has no fitting account now is left out.
_AGENCIES_TO_BE = """
SELECT min(k.id), p.user_id, a.user_id, bool_and(k.sees_restricted), bool_or(k.gets_notices)
FROM converted_agency k JOIN converted_person p ON p.id = k.principal_id JOIN converted_person a ON a.id = k.agent_id
JOIN court_user pu ON pu.id = p.user_id JOIN court_user au ON au.id = a.user_id
WHERE k.conversion_id = %s AND k.agency_id IS NULL AND au."group" = 'filing-agent' AND au.active AND pu.active
  AND pu."group" IN ('attorney', 'pro-hac-vice', 'trustee', 'us-trustee')
  AND NOT EXISTS (SELECT 1 FROM agency g WHERE g.principal_id = p.user_id AND g.agent_id = a.user_id AND g.ended_at IS NULL)
GROUP BY p.user_id, a.user_id ORDER BY 1
"""


def open_up(conversion: int, *, on: date, at: datetime) -> int:
    """Cases are restricted as they were in the old system, logins work and agents act as they did there: how many agents.

    ``on``: the court's day, from which on they act.
    """
    with connection.cursor() as cursor:
        for statement in _OPEN_UP:
            cursor.execute(statement, [conversion])
        cursor.execute(_AGENCIES_TO_BE, [conversion])
        rows = cursor.fetchall()
    made = Agency.objects.bulk_create(
        [
            Agency(
                principal_id=principal,
                agent_id=agent,
                sees_restricted=sees,
                gets_notices=notices,
                starts=on,
                made_at=at,
            )
            for _kept, principal, agent, sees, notices in rows
        ],
        batch_size=1000,
    )
    kept = [ConvertedAgency(id=row[0], agency=agency) for row, agency in zip(rows, made, strict=True)]
    ConvertedAgency.objects.bulk_update(kept, ["agency"], batch_size=1000)
    return len(made)


def _appearances_to(cursor: Any, user: int, people: Sequence[int]) -> None:
    cursor.execute(
        "UPDATE representation r SET user_id = %s FROM converted_appearance a "
        "WHERE a.representation_id = r.id AND a.person_id = ANY(%s) AND r.user_id IS DISTINCT FROM %s",
        [user, list(people), user],
    )


def join(*, known: Sequence[Known], stays: Known) -> None:
    """They are one person: appearances go to the account that stays, the others open nothing any more."""
    others = [one for one in known if one.row != stays.row]
    gone = [one.user for one in others if one.user is not None and one.user != stays.user]
    with connection.cursor() as cursor:
        _appearances_to(cursor, stays.user or 0, [one.row for one in others])
        cursor.execute("UPDATE converted_user SET closed = true WHERE user_id = ANY(%s)", [gone])
        cursor.execute("UPDATE court_user SET active = false WHERE id = ANY(%s) AND account IS NULL", [gone])
        cursor.execute(
            "UPDATE converted_person SET user_id = %s WHERE id = ANY(%s)", [stays.user, [one.row for one in others]]
        )


def give_account(*, person: int, login: str) -> None:
    """A person gets their own account; what the person appears in goes with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE converted_person SET user_id = u.id FROM court_user u WHERE converted_person.id = %s "
            "AND lower(u.login) = lower(%s) RETURNING user_id",
            [person, login],
        )
        _appearances_to(cursor, cursor.fetchone()[0], [person])


def group_of(user: int | None) -> str:
    """What an account may do."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT "group" FROM court_user WHERE id = %s', [user])
        return cursor.fetchone()[0]


def logins_like(first: str, last: str) -> list[str]:
    """Logins that begin like the one that a person would get."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT login FROM court_user WHERE lower(login) LIKE lower(left(%s, 1)) || '%%'", [first or last]
        )
        return [row[0] for row in cursor.fetchall()]
