"""The record of acts stays as it was written; counters of failures count every one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction

from openecf.platform.audit.models import AuditLine
from openecf.platform.audit.queries import acts_by
from openecf.platform.audit.services import record
from openecf.platform.throttle import services as throttle

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
WINDOW = timedelta(minutes=15)


@pytest.mark.parametrize(
    "change",
    [
        lambda line: AuditLine.objects.filter(pk=line.pk).update(by="user:2"),
        lambda line: AuditLine.objects.filter(pk=line.pk).delete(),
        lambda line: line.delete(),
        lambda line: line.save(),
        lambda _line: connection.cursor().execute("DELETE FROM audit_line"),
        lambda _line: connection.cursor().execute("UPDATE audit_line SET facts = '{}'"),
    ],
    ids=["update", "delete", "delete one", "save again", "raw delete", "raw update"],
)
def test_an_audit_line_is_never_changed_or_removed(change):
    record(act="case.sealed", by="user:1", at=AT, subject="case:7", why="order 12")
    line = AuditLine.objects.get()
    with pytest.raises(IntegrityError, match="audit lines are never changed"), transaction.atomic():
        change(line)
    assert list(AuditLine.objects.values_list("act", "by", "subject", "facts")) == [
        ("case.sealed", "user:1", "case:7", {"why": "order 12"})
    ]


def test_an_act_that_is_undone_leaves_no_line():
    with pytest.raises(RuntimeError), transaction.atomic():
        record(act="case.sealed", by="user:1", at=AT)
        raise RuntimeError
    assert not AuditLine.objects.exists()


def test_a_persons_acts_are_told_newest_first_within_the_days_asked():
    for day in range(5):
        record(act=f"act.{day}", by="user:1", at=AT + timedelta(days=day))
    record(act="act.other", by="user:2", at=AT)
    found = acts_by(refs=["user:1"], since=AT + timedelta(days=1), until=AT + timedelta(days=4))
    assert [line.act for line in found] == ["act.3", "act.2", "act.1"]


@pytest.mark.django_db(transaction=True)
def test_failures_at_once_are_all_counted():
    def fail(_n: int) -> int:
        try:
            return throttle.count(key="login:ada", window=WINDOW, now=AT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as guessers:
        assert sorted(guessers.map(fail, range(60))) == list(range(1, 61)), "no two guesses have one number"
    assert throttle.failures(key="login:ada", window=WINDOW, now=AT) == 60


def test_a_window_begins_with_its_first_failure_and_ends_by_itself():
    def count(minutes: int) -> int:
        return throttle.count(key="k", window=WINDOW, now=AT + timedelta(minutes=minutes))

    assert [count(0), count(14), count(15), count(16)] == [1, 2, 1, 2]
    assert throttle.failures(key="k", window=WINDOW, now=AT + timedelta(minutes=31)) == 0


def test_a_success_forgets_its_own_failures_only():
    for key in ("a", "a", "b"):
        throttle.count(key=key, window=WINDOW, now=AT)
    throttle.forget(key="a")
    counted = throttle.look(windows=dict.fromkeys("abc", WINDOW), now=AT)
    assert {key: failures.n for key, failures in counted.items()} == {"a": 0, "b": 1, "c": 0}


def test_counters_cost_no_write_ahead_log():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'throttle_counter'")
        assert cursor.fetchone() == ("u",)
