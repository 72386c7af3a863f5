"""Taking over a whole court against PostgreSQL's COPY of the same rows into tables of the same shape."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
import time
from pathlib import Path
from time import perf_counter

import psycopg
from psycopg import sql

from bench.stand import OPENECF, resident, say, stand
from bench.table import Row
from openecf.court.conversion.inventing import Export

COURT = "nysb"
TABLES = {
    "converted_person": "SELECT * FROM converted_person",
    "court_user": "SELECT u.* FROM court_user u JOIN converted_user c ON c.user_id = u.id",
    "converted_user": "SELECT * FROM converted_user",
    "case": 'SELECT c.* FROM "case" c JOIN converted_case k ON k.case_id = c.id',
    "converted_case": "SELECT * FROM converted_case",
    "party": "SELECT p.* FROM party p JOIN converted_case k ON k.case_id = p.case_id",
    "representation": "SELECT r.* FROM representation r JOIN converted_appearance a ON a.representation_id = r.id",
    "converted_appearance": "SELECT * FROM converted_appearance",
    "entry": "SELECT e.* FROM entry e JOIN converted_case k ON k.case_id = e.case_id",
    "motion": "SELECT m.* FROM motion m JOIN entry e ON e.id = m.entry_id JOIN converted_case k ON k.case_id = e.case_id",
    "deadline": "SELECT d.* FROM deadline d JOIN converted_case k ON k.case_id = d.case_id",
    "hearing": "SELECT h.* FROM hearing h JOIN converted_case k ON k.case_id = h.case_id",
    "document": "SELECT d.* FROM document d JOIN entry e ON e.id = d.entry_id JOIN converted_case k ON k.case_id = e.case_id",
}
TOLD = re.compile(r"Loaded: ([\d,]+) rows in ([\d.]+) s .*?; ([\d,]+) passwords in ([\d.]+) s")


class Memory(threading.Thread):
    """The most that a process held, looked at five times a second; and what it held when it had begun."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.seen = pid, []

    def run(self) -> None:
        while True:
            try:
                self.seen.append(resident(self.pid))
            except (OSError, IndexError):
                return
            time.sleep(0.2)


def converted(folder: Path, act: str) -> tuple[str, float, list[int]]:
    """One act of the operator's command: what it told, seconds, and its memory as it went on."""
    here, began = stand(), perf_counter()
    words = [OPENECF, "court", "convert", str(folder), "--court", COURT, f"--{act}", "--var", str(here.var)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    memory = Memory(process.pid)
    memory.start()
    out, told = process.communicate()
    if process.returncode:
        raise RuntimeError(f"openecf court convert --{act}: {out[-1000:]}{told[-3000:]}")
    return " ".join(told.split()), perf_counter() - began, memory.seen


_KEYS = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass"


def copied(database: psycopg.Connection, *, keys: bool) -> tuple[int, float]:
    """COPY the rows that were converted into tables of the same shape, one transaction a table: rows and seconds.

    ``keys``: with the tables' own foreign keys, which a row of a record has to satisfy wherever it comes from. Rows go
    through files, so that neither side of the measurement keeps them in memory.
    """
    rows, taken = 0, 0.0
    for table, query in TABLES.items():
        twin, like = sql.Identifier(f"bench_{table}"), sql.Identifier(table)
        database.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(twin))
        database.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(twin, like))
        for (constraint,) in database.execute(_KEYS, [f'"{table}"']).fetchall() if keys else ():
            database.execute(sql.SQL("ALTER TABLE {} ADD {}").format(twin, sql.SQL(constraint)))
        kept = stand().var / f"bench-{table}.copy"
        with database.cursor() as cursor, kept.open("wb") as out, cursor.copy(f"COPY ({query}) TO STDOUT") as source:
            for piece in source:
                out.write(piece)
        began = perf_counter()
        with database.cursor() as cursor, kept.open("rb") as data:
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(twin)) as sink:
                while piece := data.read(65_536):
                    sink.write(piece)
            taken += perf_counter() - began
            rows += cursor.rowcount
        kept.unlink()
        database.execute(sql.SQL("DROP TABLE {}").format(twin))
    return rows, taken


def _open_court() -> None:
    """A court that has not moved yet."""
    stand().run("court", "profile", COURT, "announced_at=", "resets_end_at=", "filing_closes_at=", "live_at=")


def measure(*, quick: bool) -> list[Row]:
    _open_court()
    cases, users, passwords = (3_000, 2_000, 100) if quick else (100_000, 50_000, 2_000)
    folder = stand().var / "bench-export"
    began = perf_counter()
    export = Export(folder, court=COURT, cases=cases, users=users, files=997, passwords=passwords)
    export.write()
    say(f"an export of {cases:,} cases and {users:,} users in {perf_counter() - began:.0f} s")
    _told, checked, _memory = converted(folder, "check")
    told, loaded, memory = converted(folder, "load")
    rows, seconds, hashes, hashing = (float(one.replace(",", "")) for one in TOLD.search(told).groups())
    _told, verified, _memory = converted(folder, "verify")
    with stand().database(COURT) as database:
        (theirs, taken), (_rows, bare) = copied(database, keys=True), copied(database, keys=False)
    _told, back, _memory = converted(folder, "roll-back")
    shutil.rmtree(folder, ignore_errors=True)
    ours, copy = rows / seconds, theirs / taken
    half = len(memory) // 2
    grown = (max(memory[half:]) - max(memory[:half])) / 2**20
    return [
        Row(
            f"conversion of {cases:,} cases, {users:,} users",
            f"{ours:,.0f} rows/s ({rows:,.0f} rows)",
            "COPY of the same rows, same indexes and foreign keys",
            f"{copy:,.0f} rows/s",
            ours / copy,
            bar=0.3,
            better="above",
            note=f"loaded in {loaded:.0f} s, {hashing:.0f} s of them {hashes:,.0f} passwords; checked in {checked:.0f} s, "
            f"verified in {verified:.0f} s, rolled back in {back:.0f} s",
        ),
        Row(
            "the same",
            f"{ours:,.0f} rows/s",
            "COPY without foreign keys",
            f"{theirs / bare:,.0f} rows/s",
            ours / (theirs / bare),
        ),
        Row(
            "memory of the load, its second half against its first",
            f"{grown:+.0f} MiB ({max(memory) / 2**20:.0f} MiB at most)",
            "constant",
            "32 MiB",
            max(grown, 0) / 32,
            bar=1,
        ),
    ]
