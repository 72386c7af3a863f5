"""A court's NextGen page before the move: its numbered notices, its guides, and its days for a calendar program.

Told at nysb, whose hours are set as its operator sets them; afterwards it is live again, as the demonstration has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from tests.calendar_files import events_of
from tests.journeys.looking import Looker
from tests.journeys.notices import DAY, HOURS, LONG_AGO
from tests.journeys.pages import main_of, page_that_says, press
from tests.stand import Stand

COURT = "nysb"
OWN_GUIDE = {"en": "Filing in three districts", "es": "Presentar en tres distritos", "ht": "Depoze nan twa distri"}
NOTICE = {"en": "The help desk is open on Saturday", "es": "La mesa de ayuda abre el sábado",
          "ht": "Biwo èd la louvri samdi"}  # fmt: skip
LAST_DAY = {"en": "last day to reset", "es": "último día", "ht": "dènye jou"}
"""What the calendar says of the last day for resets, in each language."""


@pytest.fixture
def hours(stand: Stand) -> Iterator[dict[str, datetime]]:
    """The hours of a move that lies ahead, for the story to set; afterwards none, and no guide of the court's own."""
    now = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
    ahead = {"announced_at": -10, "resets_end_at": 20, "filing_closes_at": 26, "live_at": 29}
    yield {name: now + days * DAY for name, days in ahead.items()}
    stand.run(
        "court", "profile", COURT, *(f"{name}=" for name in HOURS[:-1]), f"live_at={LONG_AGO}", "nextgen_links=[]"
    )


def set_up(stand: Stand, hours: dict[str, datetime]) -> None:
    """The operator sets the hours, and names a guide that three courts wrote together."""
    links = [{"label": OWN_GUIDE, "url": "https://court.example/three-districts.pdf"}]
    typed = (f"{name}={hour.isoformat()}" for name, hour in hours.items())
    stand.run("court", "profile", COURT, *typed, f"nextgen_links={json.dumps(links)}")


def publish(desk: Page, stand: Stand) -> None:
    """The clerk's office publishes its next notice, in each language of the court."""
    desk.goto(stand.url(COURT, "/court/"))
    desk.get_by_role("link", name="Publish a NextGen notice").click()
    for language, title in NOTICE.items():
        end = "" if language == "en" else f"_{language}"
        desk.locator(f"[name=title{end}]").fill(title)
        desk.locator(f"[name=text{end}]").fill(f"{title}.")
    press(desk, "Publish")


def test_the_courts_page_has_numbered_notices_guides_with_pictures_and_its_days(hours, stand: Stand, visitors):
    """Notice 1, 2, …: what the court announces is read there; the guides show each step; the days go into a calendar."""
    desk = visitors.at(COURT, "clerk-delgado")
    page_that_says(desk, stand.url(COURT, "/nextgen"), "has been live")
    publish(desk, stand)
    number = int(desk.url.rpartition("/")[2])
    set_up(stand, hours)
    looker, page = Looker(), visitors.stranger().new_page()
    front = stand.url(COURT, "/nextgen")
    page_that_says(page, front, OWN_GUIDE["en"])
    looker.look(page)
    shown = page.locator("main a[href*='/nextgen/notices/']").all_inner_texts()
    assert [int(re.match(r"No. (\d+): ", one)[1]) for one in shown] == list(range(number, 0, -1)), "newest first"
    page.get_by_role("link", name=shown[-1]).click()
    assert "NextGen notice no. 1" in main_of(page) and page.locator("main h1").inner_text() in shown[-1]
    looker.look(page)

    page.goto(front)
    own = page.get_by_role("link", name=OWN_GUIDE["en"])
    assert own.get_attribute("href") == "https://court.example/three-districts.pdf"
    for guide in page.locator("main .ecf-cards a").all():
        pictures(page.context.new_page(), stand.url(COURT, guide.get_attribute("href")), looker)

    for language, chosen in (("en", "English"), ("es", "Español"), ("ht", "Kreyòl")):
        if page.locator("html").get_attribute("lang") != language:
            with page.expect_navigation(wait_until="domcontentloaded"):
                page.get_by_role("button", name=chosen).or_(page.get_by_role("link", name=chosen)).first.click()
        assert page.locator("html").get_attribute("lang") == language
        assert OWN_GUIDE[language] in main_of(page) and NOTICE[language] in main_of(page)
        with page.expect_download() as download:
            page.locator("main a[href$='.ics']").click()
        assert download.value.suggested_filename == f"nextgen-{COURT}.ics"
        events = events_of(download.value.path().read_bytes())
        assert [(one["DTSTART"], one["DTEND"]) for one in events] == [
            (hours["resets_end_at"], hours["resets_end_at"] + DAY / 24),
            (hours["filing_closes_at"], hours["live_at"]),
            (hours["live_at"], hours["live_at"] + DAY / 24),
        ]
        assert LAST_DAY[language] in events[0]["SUMMARY"].lower(), events[0]["SUMMARY"]
    assert not looker.wrong, looker.say()


def pictures(page: Page, address: str, looker: Looker) -> None:
    """A guide's page: each step that has a picture shows it, with words for who does not see it."""
    page.goto(address)
    shown = page.locator("main ol.ecf-guide img")
    assert shown.count()
    for one in shown.all():
        one.scroll_into_view_if_needed()
        one.evaluate("img => img.decode()")  # raises for a picture that is missing or broken
        assert one.get_attribute("alt")
    looker.look(page)
    page.close()
