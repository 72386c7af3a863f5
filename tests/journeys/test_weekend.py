"""Go-live weekend with the clock moved hour by hour, in a real browser.

nysb closes on Friday at 8:30 and is live on Monday at 8:30, as its notice said. The clock of its move is set as a
demonstration's operator sets it; people file, are refused, mail, link, and the clerk dockets what came meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page

from tests.journeys.courts import BANKRUPTCY
from tests.journeys.filing import Filing, motion
from tests.journeys.notices import issue_again, live_again, run_job
from tests.journeys.pages import main_of, menu_of, page_that_says, press
from tests.journeys.people import read_first
from tests.journeys.test_linking import COURT_PASSWORD, MARISOL, prove
from tests.journeys.test_notices_court import LINK_LABEL, OWN_LOGIN, log_in_with_the_court
from tests.stand import Stand, until

COURT = "nysb"
STORY = replace(BANKRUPTCY, id=COURT)
FRIDAY = date(2027, 10, 22)
SATURDAY, MONDAY = FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=3)
EMERGENCY = "emergency@nysb.example"
HOW = "by emergency e-mail, electronic filing being closed"


def clock(stand: Stand, *hour: str) -> None:
    stand.run("court", "clock", COURT, *hour)


@pytest.fixture
def weekend(stand: Stand) -> Iterator[None]:
    """The timetable of the notice, a week before."""
    issue_again(stand, COURT, OWN_LOGIN)
    stand.run(
        "court", "profile", COURT, f"announced_at={FRIDAY - timedelta(days=60)}T09:00",
        f"filing_closes_at={FRIDAY}T08:30", f"live_at={MONDAY}T08:30", f"emergency_email={EMERGENCY}",
    )  # fmt: skip
    clock(stand, f"{FRIDAY - timedelta(days=7)}T12:00")
    yield
    clock(stand)
    stand.run("court", "profile", COURT, "emergency_email=")
    live_again(stand, COURT)


def deadline(stand: Stand, day: date) -> int:
    """Something is due on that day in the story's case; the case's id."""
    with stand.database(COURT) as database:
        return database.execute(
            """INSERT INTO deadline (case_id, kind, due, set_by_id)
               SELECT c.id, 'Objection', %s, (SELECT min(e.id) FROM entry e WHERE e.case_id = c.id)
               FROM "case" c WHERE c.number = %s RETURNING case_id""",
            [day, STORY.case],
        ).fetchone()[0]


def filing_says(page: Page, stand: Stand, words: str) -> str:
    return page_that_says(page, stand.url(COURT, "/filing/"), words)


def test_go_live_weekend_hour_by_hour(weekend, stand, visitors):
    """Unavailable for filing from Friday 8:30 to Monday 8:30; then log in with PACER, link once, and go on."""
    case_id = deadline(stand, FRIDAY)
    page, reader = visitors.stranger().new_page(), visitors.stranger().new_page()

    # A week before: the court's own login files; the page counts the days.
    said = page_that_says(reader, stand.url(COURT, "/nextgen"), "goes live on NextGen")
    assert "IN 6 DAYS" in said and f"mail the document to {EMERGENCY}" not in said
    assert "Marisol Quimby" in log_in_with_the_court(page, stand, COURT_PASSWORD)
    filing_says(page, stand, "Look for an event")

    # Friday 8:20: still open, one hour on the countdown. The clock goes on while the story is told.
    clock(stand, f"{FRIDAY}T08:20")
    said = page_that_says(reader, stand.url(COURT, "/nextgen"), "IN 1 HOUR")
    assert "Filing is closed" not in said
    filing_says(page, stand, "Look for an event")

    # Friday 8:30: closed, with what to do in an emergency.
    clock(stand, f"{FRIDAY}T08:30")
    said = filing_says(page, stand, "Filing is closed")
    assert EMERGENCY in said and "received" in said

    # Saturday noon: the docket says that Friday's deadline rolled; searching goes on.
    clock(stand, f"{SATURDAY}T12:00")
    page_that_says(reader, stand.url(COURT, "/nextgen"), "Filing is closed for the move")
    searcher = visitors.at(COURT, "hlindqvist")
    docket = stand.url(COURT, f"/cgi-bin/DktRpt.pl?{case_id}")

    def rolled() -> bool:
        run_job(stand, COURT, "calendar.move_past_closure")
        searcher.goto(docket)
        button = searcher.locator("main form [type=submit]")
        if button.count():
            button.first.click()
        text = " ".join(searcher.locator("body").inner_text().split())
        return "Deadlines Extended" in text and f"{MONDAY:%m/%d/%Y}" in text

    until(rolled, seconds=40, every=2, what="the docket to say that the deadline moved")

    # Monday 8:20: linking waits, and names the day.
    clock(stand, f"{MONDAY}T08:20")
    marisol = visitors.at(COURT, MARISOL)
    page_that_says(reader, stand.url(COURT, "/nextgen"), "IN 1 HOUR")
    said = page_that_says(marisol, stand.url(COURT, "/utilities/link"), "not live on NextGen yet")
    assert f"{MONDAY:%B}" in said

    # Monday 8:30: the old login is over, wherever one comes from.
    clock(stand, f"{MONDAY}T08:30")
    for bookmark in ("/cgi-bin/ShowLogin", "/login/court"):
        said = page_that_says(page, stand.url(COURT, bookmark), "You now log in with PACER")
        assert LINK_LABEL in said
    page.goto(stand.url(COURT, "/filing/"))
    assert "Look for an event" not in main_of(page), "the session of the old login is over"

    # She links, once; the next page has the filing menus.
    page_that_says(marisol, stand.url(COURT, "/"), "Welcome, Marisol Quimby")
    assert STORY.filing_menu not in menu_of(marisol)

    def asked_for_the_login() -> int:
        marisol.goto(stand.url(COURT, "/utilities/link"))
        read_first(marisol)
        return marisol.get_by_label("CM/ECF login").count()

    until(asked_for_the_login, seconds=20, every=1, what="the court to ask for her old login")
    prove(marisol, OWN_LOGIN, COURT_PASSWORD)
    press(marisol, "Yes, link these accounts")
    assert STORY.filing_menu in menu_of(marisol)

    # The clerk dockets what came by e-mail; it counts from when it was received.
    clerk = Filing(visitors.at(COURT, "clerk-delgado"), stand, STORY)
    clerk.begin(STORY.motion.typed, STORY.motion.title)
    clerk.case(STORY.typed)
    clerk.parties(STORY.filer)
    clerk.documents(motion())
    while clerk.step in ("related", "association"):
        clerk.press("Next")
    received = date.today() - timedelta(days=2)
    clerk.details(received_on=received.isoformat(), received_at="23:15", received_how=HOW)
    clerk.text(free="Two delivery vans")
    clerk.submit()
    us = f"{received.month}/{received.day}/{received.year}"
    assert f"(Received on {us} at 11:15 PM {HOW}.)" in clerk.text_on_docket
    assert "Entered as document" in clerk.said
