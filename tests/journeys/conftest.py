"""Journeys: whole stories in a real browser, against real sites. One installation and one Chromium for the folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.people import PATIENCE, Visitors
from tests.stand import Stand, stand  # noqa: F401  (a fixture)

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Chromium without a window of its own first: the same pages at a third of the processor time of the whole browser."""
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
expect.set_options(timeout=PATIENCE)  # else five seconds, whatever a page has


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    assert found, "The journeys need a Chromium: install it, or run make test as root on Debian."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(SWITCHES))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def visitors(browser: Browser, stand: Stand) -> Iterator[Visitors]:  # noqa: F811
    """The people of the stories, each with a browser profile of their own."""
    everyone = Visitors(browser, stand)
    yield everyone
    everyone.leave()


@pytest.fixture(autouse=True, scope="module")
def leaving(visitors: Visitors) -> Iterator[None]:
    """Who is in no further story closes their pages: two hundred open ones are as many processes."""
    yield
    visitors.leave()
