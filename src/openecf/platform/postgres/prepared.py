"""Statements that are asked with every page or filing: the server plans each once for a connection, not each time.

Three ways, all in the caller's transaction if there is one: SQL by hand (``row``, ``rows``, ``run``), a query of
Django's put together once (``Query``), new rows of a model (``insert``). Values travel apart from the statement, so
write casts where PostgreSQL cannot know a type. For statements that are rare, Django's own way does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from threading import Lock
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.expressions import Expression
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=models.Model)
Values = Mapping[str, object] | Sequence[object]


def rows(statement: str, values: Values = ()) -> list[tuple]:
    """Every row that the statement answers."""
    with connection.prepared_cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def row(statement: str, values: Values = ()) -> tuple | None:
    """The first row that the statement answers."""
    with connection.prepared_cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def run(statement: str, values: Values = ()) -> int:
    """How many rows the statement wrote."""
    with connection.prepared_cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


class Slot(Expression):
    """The place of a value in a query of Django's."""

    def __init__(self, name: str, output_field: models.Field | None = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: object, connection: object) -> tuple[str, list]:
        return "%s", [self]


class Query:
    """A query that reads rows of a model, put together once.

    ``build`` is given a ``Slot`` for each name and answers the queryset (``select_related`` too, no prefetches):
    ``Query(lambda case: Party.objects.filter(case=case), "case")``, asked by ``all(case=7)``.
    """

    def __init__(self, build: Callable[..., models.QuerySet], *names: str) -> None:
        self._build, self._names = build, names
        self._guard = Lock()
        self._made: tuple | None = None

    def all(self, **values: object) -> list[Any]:
        """The rows with these values in the slots."""
        made = self._made or self._make()
        statement, slots, converters, compiler, model, fields, place, related = made
        told = [values[one.name] if isinstance(one, Slot) else one for one in slots]
        found: Any = rows(statement, told)
        if converters:
            found = compiler.apply_converters(found, converters)
        answer = []
        for one in found:
            instance = model.from_db(connection.alias, fields, one[place])
            for populator in related:
                populator.populate(one, instance)
            answer.append(instance)
        return answer

    def first(self, **values: object) -> Any:
        """The first row, or None."""
        return next(iter(self.all(**values)), None)

    def _make(self) -> tuple:
        # What Django does for each reading of a queryset (``ModelIterable``), kept.
        with self._guard:
            query = self._build(*map(Slot, self._names)).query
            compiler = query.get_compiler(using=connection.alias)
            statement, slots = compiler.as_sql()
            info, select = compiler.klass_info, compiler.select
            start, end = info["select_fields"][0], info["select_fields"][-1] + 1
            self._made = (
                statement,
                slots,
                compiler.get_converters([one[0] for one in select[: compiler.col_count]]),
                compiler,
                info["model"],
                [one[0].target.attname for one in select[start:end]],
                slice(start, end),
                get_related_populators(info, select, connection.alias),
            )
            return self._made


def insert(*new: M) -> None:
    """Write new rows of one model in one statement; each has its id afterwards, in the order given."""
    if not new:
        return
    columns, one_by_one, together = _inserting(type(new[0]))
    told = [[field.get_db_prep_save(field.pre_save(each, add=True), connection) for each in new] for field in columns]
    if len(new) == 1:
        ids = rows(one_by_one, [value[0] for value in told])
    elif together:
        ids = rows(together, told)
    else:
        ids = [rows(one_by_one, list(values))[0] for values in zip(*told, strict=True)]
    for each, (key,) in zip(new, ids, strict=True):
        each.pk = key
        each._state.adding = False
        each._state.db = connection.alias


@cache
def _inserting(model: type[models.Model]) -> tuple[list[models.Field], str, str]:
    """The fields that an insert writes, the statement for one row, and that for several ("": there is none)."""
    meta, quote = model._meta, connection.ops.quote_name
    columns = [field for field in meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    names = ", ".join(quote(field.column) for field in columns)
    into = f"INSERT INTO {quote(meta.db_table)} ({names})"
    answers = f"RETURNING {quote(meta.pk.column)}"
    one = f"{into} VALUES ({', '.join(['%s'] * len(columns))}) {answers}"
    if any(isinstance(field, ArrayField) for field in columns):
        return columns, one, ""
    arrays = ", ".join(f"%s::{field.db_type(connection).partition('(')[0]}[]" for field in columns)
    return columns, one, f"{into} SELECT * FROM unnest({arrays}) {answers}"
