"""What stands for all tests of a module: brought in once, in a transaction around those that each test rolls back.

The demonstration's accounts with a year of usage cost a second; the tests of a module that begin with them are many.
Tests that commit cannot run in that transaction, and come last: for them it is over, and all is brought in anew.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction


class Around:
    """A transaction that is rolled back at its end, which may come early."""

    def __init__(self) -> None:
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self.over = False

    def end(self) -> None:
        if not self.over:
            self.over = True
            transaction.set_rollback(True)
            self._atomic.__exit__(None, None, None)


def standing(bring_in: Callable[[], None]) -> tuple[Callable, Callable]:
    """Two fixtures for a module to name: what stands for the whole of it, and what every test of it begins with."""

    @pytest.fixture(scope="module", autouse=True)
    def stands(django_db_setup, django_db_blocker):
        with django_db_blocker.unblock():
            around = Around()
            bring_in()
        yield around
        with django_db_blocker.unblock():
            around.end()

    @pytest.fixture(autouse=True)
    def begins(stands, request, db):
        if request.node.get_closest_marker("django_db").kwargs.get("transaction"):
            stands.end()
            bring_in()

    return stands, begins
