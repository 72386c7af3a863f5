"""Statements that are asked with every page or filing: the server plans each once for a connection, not each time.

Three ways, all in the caller's transaction if there is one: SQL by hand (``row``, ``rows``, ``run``, ``send``), a query
of Django's put together once (``Query``), new rows of a model (``insert``, ``add``). Values travel apart from the statement, so
write casts where PostgreSQL cannot know a type. For statements that are rare, Django's own way does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from operator import methodcaller
from threading import Lock
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.base import ModelState
from django.db.models.expressions import Expression

M = TypeVar("M", bound=models.Model)
Values = Mapping[str, object] | Sequence[object]
_ALL, _FIRST = methodcaller("fetchall"), methodcaller("fetchone")


def _nothing(cursor: object) -> None:
    """What is only sent answers later, if at all."""


def rows(statement: str, values: Values = ()) -> list[tuple]:
    """Every row that the statement answers."""
    return connections[DEFAULT_DB_ALIAS].ask(statement, values, _ALL)


def row(statement: str, values: Values = ()) -> tuple | None:
    """The first row that the statement answers."""
    return connections[DEFAULT_DB_ALIAS].ask(statement, values, _FIRST)


def run(statement: str, values: Values = ()) -> int:
    """How many rows the statement wrote."""
    own = connections[DEFAULT_DB_ALIAS]

    def written(cursor: Any) -> int:
        own.wait()
        return cursor.rowcount

    return own.ask(statement, values, written)


def send(statement: str, values: Values = ()) -> None:
    """Write. Inside ``together`` without waiting for what the server says to it."""
    own = connections[DEFAULT_DB_ALIAS]
    own.ensure_connection()
    own.go_on()
    own.ask(statement, values, _nothing)


@contextmanager
def together() -> Iterator[None]:
    """What is sent within goes to the server without waiting; the next statement that answers, and the end, wait for it all.

    Inside a transaction only. A statement that fails undoes the transaction as ever; its error comes when it is waited for.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("statements go together inside a transaction")
    connection.together = True
    try:
        yield
    except BaseException as failure:
        connection.wait(end=True, failed=failure)
        raise
    else:
        connection.wait(end=True)
    finally:
        connection.together = False


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
        statement, slots, converters, compiler, shape = self._made or self._make()
        told = [values[one.name] if isinstance(one, Slot) else one for one in slots]
        found: Iterable[Sequence] = rows(statement, told)
        if converters:
            found = compiler.apply_converters(found, converters)
        return [shape.read(one) for one in found]

    def first(self, **values: object) -> Any:
        """The first row, or None."""
        return next(iter(self.all(**values)), None)

    def _make(self) -> tuple:
        # What Django does for each reading of a queryset (``ModelIterable``), kept.
        with self._guard:
            compiler = self._build(*map(Slot, self._names)).query.get_compiler(using=DEFAULT_DB_ALIAS)
            statement, slots = compiler.as_sql()
            converters = compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])
            self._made = (statement, slots, converters, compiler, _Shape.of(compiler.klass_info, compiler.select))
            return self._made


@dataclass(frozen=True)
class _Shape:
    """Where in a row of the answer a model's columns are, and the models that it brings along."""

    model: type[models.Model]
    names: tuple[str, ...]
    place: slice
    key: int
    related: tuple[tuple[Callable, Callable, _Shape], ...]

    @classmethod
    def of(cls, info: Mapping[str, Any], select: Sequence[Any]) -> _Shape:
        start, end = info["select_fields"][0], info["select_fields"][-1] + 1
        names = tuple(one[0].target.attname for one in select[start:end])
        related = tuple(
            (each["local_setter"], each["remote_setter"], cls.of(each, select))
            for each in info.get("related_klass_infos", [])
        )
        return cls(info["model"], names, slice(start, end), names.index(info["model"]._meta.pk.attname), related)

    def read(self, row: Sequence) -> Any:
        """The instance that a row holds, as ``Model.from_db`` makes it, without its walk over every field."""
        instance = self.model.__new__(self.model)
        instance._state = ModelState()
        instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS
        instance.__dict__.update(zip(self.names, row[self.place], strict=True))
        for here, there, shape in self.related:
            other = shape.read(row) if row[shape.place][shape.key] is not None else None
            here(instance, other)
            if other is not None:
                there(other, instance)
        return instance


def insert(*new: M) -> None:
    """Write new rows of one model in one statement; each has its id afterwards, in the order given."""
    if not new:
        return
    columns, alone, several, _blank = _inserting(type(new[0]))
    if len(new) == 1:
        own = connections[DEFAULT_DB_ALIAS]
        statement, told = alone, [one.get_db_prep_save(one.pre_save(new[0], add=True), own) for one in columns]
    else:
        facts = [{one.column: one.pre_save(each, add=True) for one in columns} for each in new]
        statement, told = several, [json.dumps(facts, default=str)]
    for each, (key,) in zip(new, rows(f"{statement} RETURNING {_key(type(new[0]))}", told), strict=True):
        each.pk = key
        each._state.adding, each._state.db = False, DEFAULT_DB_ALIAS


def add(model: type[models.Model], new: Sequence[Mapping[str, object]]) -> None:
    """Write rows of a model that nobody needs as objects; inside ``together`` nothing waits for it.

    Each names its columns; those that it does not name have the model's defaults.
    """
    if new:
        _columns, _alone, several, blank = _inserting(model)
        send(several, [json.dumps([blank | each for each in new], default=str)])


@cache
def _inserting(model: type[models.Model]) -> tuple[tuple[models.Field, ...], str, str, dict[str, object]]:
    """The fields that an insert writes, the statement for one row, that for several, which travel as JSON, and the
    defaults of the columns."""
    meta, quote = model._meta, connection.ops.quote_name
    columns = tuple(field for field in meta.local_concrete_fields if not isinstance(field, models.AutoField))
    names = ", ".join(quote(field.column) for field in columns)
    into = f"INSERT INTO {quote(meta.db_table)} ({names})"
    types = ", ".join(f"{quote(field.column)} {field.db_type(connection)}" for field in columns)
    values = ", ".join(["%s"] * len(columns))
    return (
        columns,
        f"{into} VALUES ({values})",
        f"{into} SELECT {names} FROM jsonb_to_recordset(%s::jsonb) AS new ({types})",
        {field.column: field.get_default() for field in columns},
    )


@cache
def _key(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.pk.column)
