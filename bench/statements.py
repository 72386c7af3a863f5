"""The statements of a quarter, computed and written, against the bare SQL aggregate of the same lines."""

from __future__ import annotations

from datetime import date
from statistics import median
from time import perf_counter

import psycopg

from bench.stand import say, stand
from bench.table import Row

QUARTERS = (date(2015, 1, 1), date(2015, 4, 1), date(2015, 7, 1))
"""Long before anything that a demonstration has, so that each round counts its own lines only."""
LINES_OF_A_PAYER = 50
MEMBERS = 10
"""Every tenth account is a firm's, ten to a firm."""

_PEOPLE = """
CREATE TEMPORARY TABLE bench_person AS SELECT row_number() OVER (ORDER BY number) AS n, id FROM account
WHERE number LIKE 'B%'
"""
_MEMBERS = """
INSERT INTO firm_membership (firm_id, account_id, joined_at, billed_from, left_by, remark, cost_centre)
SELECT f.id, p.id, '2014-01-01', '2014-01-01', '', '', 'centre ' || p.n %% 3
FROM bench_person p JOIN bench_person f ON f.n = p.n - p.n %% (10 * %(members)s) + 1 WHERE p.n %% 10 = 0
"""
_LINES = """
INSERT INTO usage_line (message, account_id, court, at, client_code, description, criteria, pages, cents, exempt)
SELECT gen_random_uuid(), p.id, 'flsb',
    %(since)s::timestamptz + interval '1 day' + l * (interval '85 days' / %(lines)s), '', 'Docket Report',
    '26-10001 Fil or Ent: filed', 1 + l %% 30, 10 * (1 + l %% 30), false
FROM generate_series(1, %(lines)s) l JOIN bench_person p ON p.n = 1 + (l::bigint * 7919) %% %(accounts)s
"""
_BARE = """
SELECT account_id, count(*), sum(pages), sum(cents) FROM usage_line
WHERE at >= %(since)s::timestamptz AND at < %(since)s::timestamptz + interval '3 months' GROUP BY account_id
"""
_FORGET = """
SET session_replication_role = replica;
DELETE FROM ledger_line WHERE statement_id IN
    (SELECT s.id FROM statement s JOIN statement_run r ON r.id = s.run_id WHERE r.since < '2016-01-01');
DELETE FROM statement_item WHERE statement_id IN
    (SELECT s.id FROM statement s JOIN statement_run r ON r.id = s.run_id WHERE r.since < '2016-01-01');
DELETE FROM statement WHERE run_id IN (SELECT id FROM statement_run WHERE since < '2016-01-01');
DELETE FROM statement_run WHERE since < '2016-01-01';
DELETE FROM usage_line WHERE at < '2016-01-01';
DELETE FROM firm_membership WHERE joined_at < '2015-01-01';
DELETE FROM account WHERE number LIKE 'B%';
SET session_replication_role = DEFAULT
"""


def measure(*, quick: bool) -> list[Row]:
    here, lines = stand(), 100_000 if quick else 1_000_000
    accounts = lines // LINES_OF_A_PAYER
    with here.worker_resting("central"), here.database("central") as database:
        database.execute("SET timezone = 'America/Chicago'")
        try:
            facts = {"accounts": accounts, "lines": lines, "members": MEMBERS}
            here.inside("central", "readers", count=accounts)
            database.execute(_PEOPLE)
            database.execute(_MEMBERS, facts)
            for since in QUARTERS:
                database.execute(_LINES, facts | {"since": since})
                say(f"{lines:,} lines of {since}")
            database.execute("VACUUM ANALYZE usage_line")
            rounds = [(_ours(since), _bare(database, since)) for since in QUARTERS]
        finally:
            database.execute(_FORGET)
    ours, bare = (median(side) for side in zip(*((one["seconds"], other) for one, other in rounds), strict=True))
    made = rounds[0][0]
    return [
        Row(
            f"statements of {lines:,} usage lines",
            f"{ours:.2f} s ({made['statements']:,} statements, {made['items']:,} items)",
            "the bare SQL aggregate by account",
            f"{bare:.2f} s",
            median(one["seconds"] / other for one, other in rounds),
            note=f"{lines / ours:,.0f} lines/s; written with charges; computed again: {made['again']:.2f} s, the same",
        )
    ]


def _ours(since: date) -> dict:
    told = stand().inside("central", "statements", day=since.isoformat())
    if told["differing"]:
        raise RuntimeError(f"{told['differing']} statements are not what the ledger says")
    say(f"{told['statements']:,} statements in {told['seconds']:.2f} s")
    return told


def _bare(database: psycopg.Connection, since: date) -> float:
    started = perf_counter()
    rows = database.execute(_BARE, {"since": since}).fetchall()
    taken = perf_counter() - started
    if not rows:
        raise RuntimeError("the bare aggregate found nothing")
    return taken
