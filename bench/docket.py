"""A docket sheet against PostgreSQL's COPY of the same rows to the same client."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import psycopg

from bench.client import BOUNDARY, Client, parts_of
from bench.stand import Stand, imported_case, resident, say, stand
from bench.table import Row

SELECTION = {
    "all_case_ids": "",
    "sort1": "oldest date first",
    "date_range_type": "Filed",
    "output_format": "html",
    "case_num": " ",
    "date_from": "1/1/1960",
    "date_to": "",
    "list_of_parties_and_counsel": "on",
    "terminated_parties": "on",
}
PIECE = 262_144
COPY = "COPY (SELECT row FROM entry WHERE case_id = {case} ORDER BY position) TO STDOUT"


def fetch(http: Client, case: int) -> tuple[float, float, int]:
    """Seconds to the first byte and to the last, and bytes."""
    body = parts_of(SELECTION | {"all_case_ids": case}, {})
    headers = http.headers | {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    started = perf_counter()
    http.connection.request("POST", "/cgi-bin/DktRpt.pl?1-L_1_0-1", body, headers)
    answer = http.connection.getresponse()
    assert answer.status == 200, answer.status
    size = len(answer.read1(PIECE))
    first = perf_counter() - started
    while piece := answer.read1(PIECE):
        size += len(piece)
    answer.close()  # where the length was told, read1 leaves that to us
    return first, perf_counter() - started, size


def copy(database: psycopg.Connection, case: int) -> tuple[float, int]:
    """Seconds to the last byte of the rows, and bytes."""
    started = perf_counter()
    size = 0
    with database.cursor() as cursor, cursor.copy(COPY.format(case=case)) as rows:
        for chunk in rows:
            size += len(chunk)
    return perf_counter() - started, size


def in_turns(ours: Callable[[], tuple], theirs: Callable[[], tuple], times: int) -> list[tuple[tuple, tuple]]:
    """Both sides one after the other, again and again, so that whatever else the machine does meets both."""
    ours(), theirs()
    return [(ours(), theirs()) for _ in range(times)]


def measure(*, quick: bool) -> list[Row]:
    here = stand()
    sizes = (107, 1_000, 10_000) if quick else (107, 1_000, 10_000, 100_000)
    return [_row(here, entries, imported_case(serial, entries)[0]) for serial, entries in enumerate(sizes, 101)]


def _row(here: Stand, entries: int, case: int) -> Row:
    reader = here.reader("flsd")
    with here.database("flsd") as database:
        pid = here.server_pid("flsd")
        fetch(reader, case)
        before = resident(pid)
        rounds = in_turns(lambda: fetch(reader, case), lambda: copy(database, case), 5 if entries > 10_000 else 15)
        grown = resident(pid) - before
    first, last, size = (median(column) for column in zip(*(ours for ours, _ in rounds), strict=True))
    theirs, copied = (median(column) for column in zip(*(other for _, other in rounds), strict=True))
    if size < copied - entries:  # COPY ends each row with a line break
        raise RuntimeError(f"a sheet of {size} bytes cannot hold {copied} bytes of rows")
    say(f"{entries:,} entries: {last * 1000:.1f} ms, COPY {theirs * 1000:.1f} ms")
    return Row(
        f"docket sheet, {entries:,} entries, last byte",
        f"{last * 1000:.1f} ms ({size / 1e6:.1f} MB)",
        "COPY of the same rows",
        f"{theirs * 1000:.1f} ms ({copied / 1e6:.1f} MB)",
        median(ours[1] / other[0] for ours, other in rounds),
        3 if entries >= 10_000 else None,
        note=f"first byte {first * 1000:.1f} ms; server memory {grown / 2**20:+.1f} MiB",
    )
