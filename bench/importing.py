"""Taking over dockets against PostgreSQL's COPY of the same rows into tables of the same shape."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from time import perf_counter

import psycopg
from psycopg import sql

from bench.stand import docket, stand
from bench.table import Row

TABLES = ("case", "party", "entry", "document")
"""Where an invented docket's rows are."""
OURS = {
    "case": 'SELECT * FROM "case" WHERE imported_from LIKE %(files)s',
    "party": 'SELECT p.* FROM party p JOIN "case" c ON c.id = p.case_id WHERE c.imported_from LIKE %(files)s',
    "entry": 'SELECT e.* FROM entry e JOIN "case" c ON c.id = e.case_id WHERE c.imported_from LIKE %(files)s',
    "document": "SELECT d.* FROM document d JOIN entry e ON e.id = d.entry_id "
    'JOIN "case" c ON c.id = e.case_id WHERE c.imported_from LIKE %(files)s',
}
TOLD = re.compile(r"([\d,]+) rows in ([\d.]+) s")


def imported(folder: Path) -> tuple[int, float]:
    """Import a folder with the operator's command: rows written and seconds, as the command tells them."""
    told = stand().run("import", "dockets", str(folder), "--court", "flsd").stderr
    rows, seconds = TOLD.search(" ".join(told.split())).groups()
    return int(rows.replace(",", "")), float(seconds)


def copied(database: psycopg.Connection, files: str) -> tuple[int, float]:
    """COPY the rows that an import wrote into tables of the same shape, in one transaction: rows and seconds."""
    kept = {table: _out(database, OURS[table], files) for table in TABLES}
    for table in TABLES:
        twin, like = sql.Identifier(f"bench_{table}"), sql.Identifier(table)
        database.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(twin))
        database.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(twin, like))
    started, rows = perf_counter(), 0
    with database.transaction(), database.cursor() as cursor:
        for table, data in kept.items():
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(f"bench_{table}"))) as sink:
                sink.write(data)
            rows += cursor.rowcount
    taken = perf_counter() - started
    for table in TABLES:
        database.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(f"bench_{table}")))
    return rows, taken


def _out(database: psycopg.Connection, query: str, files: str) -> bytes:
    out = io.BytesIO()
    written = query.replace("%(files)s", psycopg.sql.quote(files, database))
    with database.cursor() as cursor, cursor.copy(f"COPY ({written}) TO STDOUT") as rows:
        for piece in rows:
            out.write(piece)
    return out.getvalue()


def measure(*, quick: bool) -> list[Row]:
    here, rows = stand(), []
    loads = [("dockets of 107 entries", 50 if quick else 500, 107), ("docket of 10,000 entries", 1, 10_000)]
    if not quick:
        loads.append(("docket of 100,000 entries", 1, 100_000))
    for number, (what, files, entries) in enumerate(loads):
        folder = here.var / f"bench-import-{number}"
        folder.mkdir(exist_ok=True)
        for n in range(files):
            one = docket(50_000 + number * 1_000 + n, entries)
            # Document numbers of each docket its own.
            for place, entry in enumerate(one["docket_entries"]):
                entry["pacer_doc_id"] = f"0510{(number + 1) * 1_000_000_000 + n * 200_000 + place}"
            (folder / f"bench-import-{number}-{n:04d}.json").write_text(json.dumps(one))
        written, seconds = imported(folder)
        with here.database("flsd") as database:
            theirs, taken = copied(database, f"bench-import-{number}-%")
        ours, copy = written / seconds, theirs / taken
        rows.append(
            Row(
                f"import, {files if files > 1 else 'a'} {what}",
                f"{ours:,.0f} rows/s ({written:,} rows)",
                "COPY of the same rows",
                f"{copy:,.0f} rows/s",
                copy / ours,
                note="each file a transaction; text rendered, chained and checked" if not rows else "",
            )
        )
    return rows
