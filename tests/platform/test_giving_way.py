"""A change of a table gives way to who reads it, and comes to its end once nobody does."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction

from openecf.platform.config import this_site
from openecf.platform.postgres.giving_way import giving_way

pytestmark = pytest.mark.django_db(transaction=True)
CHANGE = "ALTER TABLE slow_to_change ADD COLUMN more int"


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def reader() -> Iterator[psycopg.Connection]:
    """Somebody in the midst of a long report."""
    run("CREATE TABLE slow_to_change (id int)")
    with psycopg.connect(this_site().config.database_url, dbname=connection.settings_dict["NAME"]) as other:
        other.execute("SELECT count(*) FROM slow_to_change")
        yield other
        other.rollback()
    run("DROP TABLE slow_to_change")


def test_a_change_waits_shortly_lets_others_through_and_tries_again(reader):
    tries = []

    def change() -> None:
        tries.append(1)
        if len(tries) == 3:
            reader.rollback()
        run(CHANGE)

    giving_way(change, wait="50ms", pause=0)
    assert len(tries) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT more FROM slow_to_change")
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_it_ends_with_the_reason_where_nobody_lets_go(reader):
    with pytest.raises(OperationalError, match="lock timeout"):
        giving_way(lambda: run(CHANGE), tries=2, wait="50ms", pause=0)


def test_what_fails_for_another_reason_is_not_tried_again(reader):
    tries = []
    with pytest.raises(ProgrammingError):
        giving_way(lambda: (tries.append(1), run("ALTER TABLE not_there ADD COLUMN more int")), pause=0)
    assert len(tries) == 1
