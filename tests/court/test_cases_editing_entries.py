"""Every entry of a docket can be reached to be corrected, however long the docket is."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from openecf.court.docket import queries
from openecf.court.docket import services as docket
from openecf.court.transition import services as transition
from tests.court.callers import client, linked
from tests.court.test_cases_editing import BY, a_case

pytestmark = pytest.mark.django_db
ENTRIES, PAGE = 23, 5


@pytest.fixture
def case(db, monkeypatch) -> int:
    monkeypatch.setattr(queries, "ENTRIES_PAGE", PAGE)
    now = timezone.now()
    transition.set_up(at=now, live_at=now)
    case = a_case()
    for n in range(ENTRIES):
        text = f"Notice {'of the lantern' if n == 2 else 'of a hearing'} number {n}."
        docket.finish(docket.enter(case_id=case.id, event="", title="Notice", text=text, at=now, entered_by=BY))
    return case.id


def shown(browser, case: int, **asked: object) -> list[int]:
    page = browser.get(f"/cases/{case}/edit/entries", asked)
    assert page.status_code == 200
    return [int(n) for n in re.findall(rf"/cases/{case}/edit/entries/(\d+)\"", page.content.decode())]


def test_the_pages_together_show_every_entry_once_newest_first(case):
    browser = client(linked("clerk"))
    found: list[int] = []
    for page in range(1, 6):
        found += shown(browser, case, page=page)
    assert len(found) == len(set(found)) == ENTRIES and found == sorted(found, reverse=True)
    first = browser.get(f"/cases/{case}/edit/entries").content.decode()
    assert "Older entries" in first and "Newer entries" not in first
    last = browser.get(f"/cases/{case}/edit/entries", {"page": 5}).content.decode()
    assert "Older entries" not in last and "Newer entries" in last


@pytest.mark.parametrize("page", ["0", "-3", "x", "²", "9" * 18, "99"])
def test_a_page_that_there_is_not_is_empty_or_the_first(case, page):
    assert len(shown(client(linked("clerk")), case, page=page)) in (0, PAGE)


@pytest.mark.parametrize(
    ("typed", "count"), [("lantern", 1), ("HEARING", PAGE), ("nowhere", 0), ("%", 0), ("  ", PAGE)]
)
def test_an_entry_is_found_by_words(case, typed, count):
    browser = client(linked("clerk"))
    assert len(shown(browser, case, q=typed)) == count
    assert browser.get(f"/cases/{case}/edit/entries", {"q": "hearing"}).content.count(b"q=hearing&amp;page=2") == 1


def test_an_entry_is_found_by_its_number(case):
    entry = queries.Entry.objects.get(case=case, text__contains="lantern")
    queries.Entry.objects.filter(pk=entry.pk).update(number="3141")
    assert shown(client(linked("clerk")), case, q=" 3141 ") == [entry.seq]
