"""Tests of a court's rooms, at a bankruptcy court unless a test says otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.utils import translation

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


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A page leaves its reader's language to the process, and the next test is nobody's page."""
    yield
    translation.deactivate()
