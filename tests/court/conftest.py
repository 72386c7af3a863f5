"""Tests of a court's rooms, at a bankruptcy court unless a test says otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.court.juriscraper_reads import juriscraper  # noqa: F401  (a fixture)
from tests.sites import settle

settle(os.environ.get("OPENECF_TEST_COURT", "flsb"))


@pytest.fixture(autouse=True)
def fresh_profile() -> Iterator[None]:
    """The court's profile is kept for seconds; a test must not see that of the test before."""
    from openecf.court.transition import queries

    queries.forget()
    yield
    queries.forget()
