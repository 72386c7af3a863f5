"""Statements that the server keeps prepared, and connections that are looked at before they are used."""

from __future__ import annotations

from datetime import UTC, date, datetime
from time import monotonic
from uuid import uuid4

import psycopg
import pytest
from django.db import DataError, connection, transaction
from django.db.transaction import TransactionManagementError

from openecf.court.cases.models import Case, Judge, Party
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.postgres import base, prepared

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 4, 5, 678901, tzinfo=UTC)
_CASES = prepared.Query(
    lambda number: Case.objects.select_related("assigned_to", "referred_to", "lead").filter(number=number), "number"
)


KNOWN = {"office": "1", "year": 2024, "type": "cv", "serial": 7, "caption": "A v. B", "filed": date(2024, 1, 2)}


def a_case(number: str, **facts: object) -> Case:
    return Case(number=number, **KNOWN | facts)


def told(n: int, **facts: object) -> dict:
    return {"number": f"1:24-cv-{n:05d}"} | KNOWN | facts


def columns(row: object) -> dict:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_a_query_put_together_once_reads_what_django_reads():
    judge = Judge.objects.create(name="Lenora Ashgrove", title="Judge", initials="LA")
    lead = Case.objects.create(**columns(a_case("1:24-cv-00001", flags=["STAYED"], originating=None)))
    Case.objects.create(
        **columns(a_case("1:24-cv-00007", assigned_to=judge, lead=lead, header_lines=[["a", "b'\"\\"]]))
    )
    for _ in range(2):
        (ours,) = _CASES.all(number="1:24-cv-00007")
        theirs = Case.objects.select_related("assigned_to", "referred_to", "lead").get(number="1:24-cv-00007")
        assert columns(ours) == columns(theirs)
        assert columns(ours.assigned_to) == columns(theirs.assigned_to)
        assert columns(ours.lead) == columns(theirs.lead)
        assert ours.referred_to is None
        assert ours == theirs
    assert _CASES.first(number="1:24-cv-00001").flags == ["STAYED"]
    assert _CASES.all(number="1:24-cv-99999") == []
    assert _CASES.first(number="1:24-cv-99999") is None


def test_what_a_query_read_can_be_saved():
    Case.objects.create(**columns(a_case("1:24-cv-00007")))
    ours = _CASES.first(number="1:24-cv-00007")
    ours.caption = "C v. D"
    ours.save()
    assert Case.objects.get().caption == "C v. D"


@pytest.mark.parametrize("count", [1, 2, 21])
def test_new_rows_are_written_as_django_writes_them(count):
    def rows() -> list[Case]:
        words = ["é – “quoted”", "", "back\\slash", 'a "b" {c,d}', "line\nline"]
        return [
            a_case(
                f"1:24-cv-{n:05d}",
                caption=words[n % 5],
                flags=words[: n % 3],
                header_lines=[[words[n % 5], None]],
                originating={"judge": words[0], "n": n} if n % 2 else None,
                terminated=None if n % 2 else date(2025, 5, n + 1),
                restriction=n % 4,
            )
            for n in range(count)
        ]

    with transaction.atomic():
        Case.objects.bulk_create(rows())
        theirs = [columns(row) | {"id": None} for row in Case.objects.order_by("id")]
        transaction.set_rollback(True)
    ours = rows()
    prepared.insert(*ours)
    assert [columns(row) | {"id": None} for row in Case.objects.order_by("id")] == theirs
    assert [row.id for row in ours] == list(Case.objects.order_by("id").values_list("id", flat=True))
    ours[0].caption = "changed"
    ours[0].save()
    assert Case.objects.get(id=ours[0].id).caption == "changed"


@pytest.mark.parametrize("count", [1, 3])
def test_moments_keys_and_documents_arrive_whole(count):
    rows = [
        OutboxMessage(id=uuid4(), to="central", type="t", body={"n": [n, None, "é"]}, at=AT, next_at=AT)
        for n in range(count)
    ]
    prepared.insert(*rows)
    kept = {row.id: row for row in OutboxMessage.objects.all()}
    assert {row.id: (row.at, row.body, row.dead_at) for row in rows} == {
        key: (row.at, row.body, row.dead_at) for key, row in kept.items()
    }


@pytest.mark.parametrize("count", [1, 2, 21])
def test_rows_that_nobody_needs_as_objects_are_the_same(count):
    facts = [told(n, caption="é – “q” {a,b}", flags=["A"] * (n % 3), restriction=n % 4) for n in range(count)]
    with transaction.atomic():
        Case.objects.bulk_create(Case(**one) for one in facts)
        theirs = [columns(row) | {"id": None} for row in Case.objects.order_by("id")]
        transaction.set_rollback(True)
    prepared.add(Case, facts)
    assert [columns(row) | {"id": None} for row in Case.objects.order_by("id")] == theirs


def test_no_rows_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        prepared.insert()
        prepared.add(Case, [])


def test_the_server_keeps_a_statement_from_its_first_use_on():
    for _ in range(2):
        assert prepared.row("SELECT %s::int + 1 AS kept", [41]) == (42,)
    kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%+ 1 AS kept'"
    assert prepared.row(kept) == (1,)


def test_behind_a_pooler_nothing_is_kept(monkeypatch):
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    assert prepared.row("SELECT %s::int + 2 AS loose", [40]) == (42,)
    assert prepared.row("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%+ 2 AS loose'") == (0,)


def test_what_the_server_refuses_is_told_as_django_tells_it():
    with pytest.raises(DataError), transaction.atomic():
        prepared.row("SELECT 1 / %s::int", [0])
    with transaction.atomic():
        with pytest.raises(DataError), transaction.atomic(savepoint=False):
            prepared.run("SELECT 1 / %s::int", [0])
        with pytest.raises(TransactionManagementError):
            prepared.row("SELECT 1")
        transaction.set_rollback(True)


def test_a_statement_is_counted_like_any_other(django_assert_num_queries):
    with django_assert_num_queries(2) as asked:
        prepared.run("UPDATE party SET name = %s WHERE id = -1", ["x"])
        list(Party.objects.filter(id=-1))
    assert asked.captured_queries[0]["sql"].startswith("UPDATE party")


class TestTogether:
    """What is sent together arrives together, and nobody else notices."""

    def test_a_statement_that_answers_sees_what_was_sent_before(self):
        with transaction.atomic(), prepared.together():
            prepared.add(Case, [told(1)])
            prepared.add(Case, [told(2), told(3)])
            assert prepared.row('SELECT count(*) FROM "case"') == (3,)
            prepared.send('UPDATE "case" SET caption = %s', ["E v. F"])
            assert prepared.run('UPDATE "case" SET caption = %s WHERE caption = %s', ["G v. H", "E v. F"]) == 3
            prepared.send('UPDATE "case" SET caption = %s', ["I v. J"])
        assert set(Case.objects.values_list("caption", flat=True)) == {"I v. J"}

    def test_django_gets_its_answers_at_once(self):
        with transaction.atomic(), prepared.together():
            prepared.add(Case, [told(1)])
            assert Case.objects.update(caption="E v. F") == 1
            prepared.send('UPDATE "case" SET caption = %s', ["G v. H"])
            case = Case.objects.get()
            assert case.caption == "G v. H"
            prepared.send('UPDATE "case" SET cause = %s', ["28:1332"])
            case.caption = "I v. J"
            case.save(update_fields=["caption"])
            with transaction.atomic():
                prepared.send('UPDATE "case" SET demand = %s', ["9"])
        assert Case.objects.values_list("caption", "cause", "demand").get() == ("I v. J", "28:1332", "9")

    @pytest.mark.parametrize("waits", [lambda: None, lambda: prepared.row("SELECT 1"), Case.objects.count], ids=str)
    def test_what_fails_undoes_everything_and_says_so(self, waits):
        kept = a_case("1:24-cv-00001")
        kept.save()
        with pytest.raises(DataError, match="division by zero"), transaction.atomic(), prepared.together():
            prepared.send('UPDATE "case" SET caption = %s', ["E v. F"])
            prepared.send("SELECT 1 / %s::int", [0])
            prepared.send('UPDATE "case" SET caption = %s', ["G v. H"])
            waits()
        assert Case.objects.get().caption == kept.caption
        assert prepared.row("SELECT 1") == (1,)

    def test_an_error_of_ours_is_told_as_it_is(self):
        with pytest.raises(KeyError, match="ours"), transaction.atomic(), prepared.together():
            prepared.send("SELECT 1 / %s::int", [0])
            raise KeyError("ours")
        assert prepared.row("SELECT 1") == (1,)


@pytest.mark.django_db(transaction=True)
def test_nothing_goes_together_outside_a_transaction():
    with pytest.raises(RuntimeError), prepared.together():
        pass


def end_them_all(backends: set[int]) -> None:
    """The server ends these connections, as it does when it restarts."""
    facts = connection.get_connection_params()
    words = {name: facts[name] for name in ("dbname", "user", "host", "port", "password") if name in facts}
    with psycopg.connect(**words, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) AS pid", [list(backends)])


@pytest.mark.django_db(transaction=True)
class TestConnections:
    def backend(self) -> int:
        answer = prepared.row("SELECT pg_backend_pid()")[0]
        connection.close()
        return answer

    def test_those_that_the_server_ended_cost_nobody_anything(self):
        before = {self.backend() for _ in range(8)}
        end_them_all(before)
        after = {self.backend() for _ in range(8)}
        assert not before & after

    @pytest.mark.parametrize(("idle", "questions"), [(0.0, 0), (base.IDLE + 1, 1)])
    def test_only_a_long_idle_one_is_asked(self, monkeypatch, idle, questions):
        asked = []
        check = base.ConnectionPool.check_connection
        monkeypatch.setattr(base.ConnectionPool, "check_connection", lambda one: (asked.append(one), check(one)))
        connection.ensure_connection()
        asked.clear()
        connection.connection.used_at = monotonic() - idle
        assert base._works(connection.connection)
        assert len(asked) == questions
