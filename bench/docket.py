"""A docket sheet against PostgreSQL's COPY of the same rows to the same client."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import httpx
import psycopg

from bench.stand import imported_case, resident, stand
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
COPY = "COPY (SELECT row FROM entry WHERE case_id = {case} ORDER BY position) TO STDOUT"


def fetch(http: httpx.Client, case: int) -> tuple[float, float, int]:
    """Seconds to the first byte and to the last, and bytes."""
    files = {name: (None, value) for name, value in (SELECTION | {"all_case_ids": str(case)}).items()}
    started = perf_counter()
    first = size = 0.0
    with http.stream("POST", "/cgi-bin/DktRpt.pl?1-L_1_0-1", files=files) as answer:
        assert answer.status_code == 200, answer.status_code
        for chunk in answer.iter_raw():
            first = first or perf_counter() - started
            size += len(chunk)
    return first, perf_counter() - started, int(size)


def copy(database: psycopg.Connection, case: int) -> tuple[float, int]:
    """Seconds to the last byte of the rows, and bytes."""
    started = perf_counter()
    size = 0
    with database.cursor() as cursor, cursor.copy(COPY.format(case=case)) as rows:
        for chunk in rows:
            size += len(chunk)
    return perf_counter() - started, size


def medians(act: Callable[[], tuple], times: int) -> tuple:
    """The median of each figure over ``times`` warm runs."""
    act()
    return tuple(median(column) for column in zip(*(act() for _ in range(times)), strict=True))


def measure(*, quick: bool) -> list[Row]:
    rows = []
    here = stand()
    sizes = (107, 1_000, 10_000) if quick else (107, 1_000, 10_000, 100_000)
    for serial, entries in enumerate(sizes, 101):
        case, _ = imported_case(serial, entries)
        with here.program("flsd") as http, here.database("flsd") as database:
            pid = here.server_pid("flsd")
            fetch(http, case)
            before = resident(pid)
            first, last, size = medians(lambda: fetch(http, case), 5)  # noqa: B023  (used at once)
            grown = resident(pid) - before
            theirs, copied = medians(lambda: copy(database, case), 5)  # noqa: B023
        rows.append(
            Row(
                f"docket sheet, {entries:,} entries, last byte",
                f"{last * 1000:.1f} ms ({size / 1e6:.1f} MB)",
                "COPY of the same rows",
                f"{theirs * 1000:.1f} ms ({copied / 1e6:.1f} MB)",
                last / theirs,
                3 if entries >= 10_000 else None,
                note=f"first byte {first * 1000:.1f} ms; server memory {grown / 2**20:+.1f} MiB",
            )
        )
    return rows
