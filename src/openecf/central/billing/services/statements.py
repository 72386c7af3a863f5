"""Making the statements of a quarter: from the ledgers alone, in a few statements of SQL however many the lines are.

A run is opened (it fixes which lines count), computed (all statements in one transaction) and handed out (a mail each).
Killed anywhere, it goes on where it stopped: an opened run keeps its lines, a computed one is not computed again, and a
statement has one paper.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Min

from openecf.central.billing import queries, rules
from openecf.central.billing.models import StatementRun, UsageLine
from openecf.central.billing.services.papers import hand_out
from openecf.central.firms import queries as firms
from openecf.kernel.days import legal_day
from openecf.platform.audit import services as audit

log = structlog.get_logger()

# With the writers of both tables out for a moment, every number up to the highest is written or never will be: numbers
# are drawn by the insert itself, and one that is under way is waited for.
_OPEN = """
SET LOCAL lock_timeout = '20s';
LOCK TABLE usage_line, ledger_line IN SHARE MODE;
INSERT INTO statement_run (since, until, opened_at, lines_to, ledger_to)
VALUES (%(since)s, %(until)s, %(at)s, (SELECT coalesce(max(id), 0) FROM usage_line),
        (SELECT coalesce(max(id), 0) FROM ledger_line))
ON CONFLICT (since) DO NOTHING
"""

_SPANS = """
CREATE TEMPORARY TABLE billing_span (account_id uuid NOT NULL, payer_id uuid NOT NULL, since timestamptz NOT NULL,
                                     until timestamptz NOT NULL, cost_centre varchar(40) NOT NULL) ON COMMIT DROP
"""

# First the use of the quarter (and of any time before it that no run has counted), then what was reported too late for
# the statement before: two branches, so that each is found by an index.
_ITEMS = """
CREATE TEMPORARY TABLE billing_item ON COMMIT DROP AS
SELECT coalesce(s.payer_id, u.account_id) AS payer_id, u.account_id, coalesce(s.cost_centre, '') AS cost_centre,
       count(*) AS accesses, sum(u.pages)::bigint AS pages, sum(u.cents)::bigint AS cents,
       count(*) FILTER (WHERE u.at < %(since)s) AS late_accesses,
       coalesce(sum(u.cents) FILTER (WHERE u.at < %(since)s), 0)::bigint AS late_cents
FROM (SELECT account_id, at, pages, cents FROM usage_line
      WHERE at >= %(counted_until)s::timestamptz AND at < %(until)s AND id <= %(lines_to)s AND cents > 0
      UNION ALL
      SELECT account_id, at, pages, cents FROM usage_line
      WHERE at < %(counted_until)s::timestamptz AND id > %(counted_to)s AND id <= %(lines_to)s AND cents > 0) u
LEFT JOIN billing_span s ON s.account_id = u.account_id AND u.at >= s.since AND u.at < s.until
GROUP BY 1, 2, 3
"""

# The waiver as rules.due has it: nothing up to it, everything above. It is the payer's: a firm has one for all members.
_TOTALS = """
CREATE TEMPORARY TABLE billing_total ON COMMIT DROP AS
SELECT payer_id, accesses, pages, used AS used_cents, late_accesses, late AS late_cents,
       CASE WHEN used > %(waiver)s THEN used ELSE 0 END AS billed_cents, before AS brought_forward_cents
FROM (SELECT payer_id, coalesce(i.accesses, 0) AS accesses, coalesce(i.pages, 0) AS pages, coalesce(i.cents, 0) AS used,
             coalesce(i.late_accesses, 0) AS late_accesses, coalesce(i.late_cents, 0) AS late,
             coalesce(b.cents, 0) AS before
      FROM (SELECT payer_id, sum(accesses)::bigint AS accesses, sum(pages)::bigint AS pages, sum(cents)::bigint AS cents,
                   sum(late_accesses)::bigint AS late_accesses, sum(late_cents)::bigint AS late_cents
            FROM billing_item GROUP BY payer_id) i
      FULL JOIN (SELECT payer_id, sum(cents)::bigint AS cents FROM ledger_line WHERE id <= %(ledger_to)s
                 GROUP BY payer_id HAVING sum(cents) <> 0) b USING (payer_id)) t
"""

_WRITE = """
INSERT INTO statement (run_id, payer_id, made_at, due_on, accesses, pages, used_cents, late_accesses, late_cents,
                       waiver_cents, billed_cents, brought_forward_cents, due_cents)
SELECT %(run)s, payer_id, %(at)s, %(due_on)s, accesses, pages, used_cents, late_accesses, late_cents, %(waiver)s,
       billed_cents, brought_forward_cents, brought_forward_cents + billed_cents
FROM billing_total ORDER BY payer_id;
INSERT INTO statement_item (statement_id, account_id, cost_centre, accesses, pages, cents, late_accesses, late_cents)
SELECT s.id, i.account_id, i.cost_centre, i.accesses, i.pages, i.cents, i.late_accesses, i.late_cents
FROM billing_item i JOIN statement s ON s.run_id = %(run)s AND s.payer_id = i.payer_id;
INSERT INTO ledger_line (payer_id, at, kind, cents, reference, statement_id, note, by)
SELECT payer_id, made_at, 'charge', billed_cents, 'statement:' || id, id, '', 'system'
FROM statement WHERE run_id = %(run)s AND billed_cents > 0
"""

_DIFFERING = """
WITH kept AS (SELECT payer_id, accesses, pages, used_cents, late_accesses, late_cents, billed_cents,
                     brought_forward_cents FROM statement WHERE run_id = %(run)s),
     kept_item AS (SELECT s.payer_id, i.account_id, sum(i.cents)::bigint AS cents FROM statement_item i
                   JOIN statement s ON s.id = i.statement_id WHERE s.run_id = %(run)s GROUP BY 1, 2),
     item AS (SELECT payer_id, account_id, sum(cents)::bigint AS cents FROM billing_item GROUP BY 1, 2)
SELECT DISTINCT payer_id FROM (
    (TABLE billing_total EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE billing_total)) t
UNION
SELECT DISTINCT payer_id FROM (
    (TABLE item EXCEPT TABLE kept_item) UNION ALL (TABLE kept_item EXCEPT TABLE item)) i
"""

_FORGET = "DROP TABLE billing_span, billing_item, billing_total"
"""At once, not with the transaction: it may be part of a longer one."""


def make_due(*, at: datetime) -> int:
    """Make the statements of every quarter whose time has come, oldest first; how many quarters were finished."""
    made = 0
    while (run := _next_run(at)) is not None:
        compute(run=run.pk, at=at)
        hand_out(run=run.pk, at=at)
        if not StatementRun.objects.exclude(finished_at=None).filter(pk=run.pk).exists():
            break  # another process hands the rest of them out just now
        made += 1
    return made


def _next_run(at: datetime) -> StatementRun | None:
    """The run that was not finished, or else a new one for the next quarter; None while that quarter is not due."""
    last = StatementRun.objects.order_by("-since").first()
    if last is not None and last.finished_at is None:
        return last
    if last is not None:
        day: date | None = last.until + timedelta(days=1)
    else:
        first = UsageLine.objects.aggregate(at=Min("at"))["at"]
        day = legal_day(first, rules.ZONE) if first else None
    if day is None or legal_day(at, rules.ZONE) < rules.statements_on(day):
        return None
    return open_run(day=day, at=at)


def open_run(*, day: date, at: datetime) -> StatementRun:
    """Fix which lines the statements of the quarter of ``day`` are made of. Of two that open it at once, one does."""
    since, until = rules.quarter_of(day)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_OPEN, {"since": since, "until": until, "at": at})
    return StatementRun.objects.get(since=since)


def compute(*, run: int, at: datetime) -> int:
    """Write all statements of an opened run, with their charges, or none; how many. Once: later calls change nothing."""
    with transaction.atomic():
        row = StatementRun.objects.select_for_update().get(pk=run)
        if row.computed_at is not None:
            return row.statements.count()
        with connection.cursor() as cursor:
            _fill(cursor, row)
            due_on = legal_day(at, rules.ZONE) + rules.PAID_WITHIN
            cursor.execute(_WRITE, {"run": run, "at": at, "due_on": due_on, "waiver": rules.waiver_on(row.until).cents})
            cursor.execute(_FORGET)
        row.computed_at = at
        row.save(update_fields=["computed_at"])
        count = row.statements.count()
        audit.record(act="statements.made", by="system", at=at, subject=f"quarter:{row.since}", statements=count,
                     lines_to=row.lines_to, ledger_to=row.ledger_to)  # fmt: skip
    log.info("statements.computed", quarter=str(row.since), statements=count)
    return count


def differing(*, run: int) -> list[str]:
    """The payers whose statement is not what the ledgers say when it is computed again. It must be empty."""
    row = StatementRun.objects.get(pk=run)
    with transaction.atomic(), connection.cursor() as cursor:
        _fill(cursor, row)
        cursor.execute(_DIFFERING, {"run": run})
        found = [str(payer) for (payer,) in cursor.fetchall()]
        cursor.execute(_FORGET)
    if found:
        log.error("statements.differ", quarter=str(row.since), payers=len(found))
    return found


def check() -> int:
    """Compute the statements that are still shown again, and say in the log where they differ; how many do."""
    runs = StatementRun.objects.exclude(computed_at=None).order_by("-since")
    return sum(len(differing(run=run)) for run in runs.values_list("pk", flat=True)[: rules.KEPT_MONTHS // 3])


def _fill(cursor: CursorWrapper, run: StatementRun) -> None:
    """Compute the run's items and totals into the transaction's own tables ``billing_item`` and ``billing_total``."""
    before = StatementRun.objects.filter(since__lt=run.since).order_by("-since").first()
    until = queries.midnight(run.until + timedelta(days=1))
    facts = {
        "since": queries.midnight(run.since),
        "until": until,
        "lines_to": run.lines_to,
        "ledger_to": run.ledger_to,
        "counted_until": queries.midnight(before.until + timedelta(days=1)) if before else "-infinity",
        "counted_to": before.lines_to if before else 0,
        "waiver": rules.waiver_on(run.until).cents,
    }
    spans = list(firms.spans(until=until))  # read first: nothing else can be asked of a connection during COPY
    cursor.execute(_SPANS)
    with cursor.copy("COPY billing_span (account_id, payer_id, since, until, cost_centre) FROM STDIN") as sink:
        for span in spans:
            sink.write_row((span.account, span.firm, span.since, span.until, span.cost_centre))
    cursor.execute("ANALYZE billing_span")
    cursor.execute(_ITEMS, facts)
    cursor.execute(_TOTALS, facts)
