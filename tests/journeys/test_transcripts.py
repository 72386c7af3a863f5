"""A transcript's first ninety days in a browser: its reporter says who bought it, the buyer reads it from outside, the
other counsel and the public do not, and the clerk's office releases it when the days are over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.court import pdfs
from tests.journeys.courts import DISTRICT
from tests.journeys.filing import Filing
from tests.journeys.looking import Looker
from tests.journeys.pages import main_of, press
from tests.journeys.people import Visitors
from tests.journeys.reading import Shelf, words_of
from tests.stand import Stand, person

COURT = DISTRICT
REPORTER, LOGIN = "bsolano", "bsolano"
BUYER, OTHER = "pvandermeer", "tokafor-law"


@pytest.fixture
def reporter(stand: Stand) -> Iterator[str]:
    """The court has a reporter; in the demonstration she works for a trustee."""
    change = 'UPDATE court_user SET "group" = %s WHERE login = %s'
    with stand.database(COURT.id) as database:
        database.execute(change, ["court-reporter", LOGIN])
        yield REPORTER
        database.execute(change, ["filing-agent", LOGIN])


def file_transcript(page: Page, stand: Stand) -> str:
    """The reporter files the transcript of a hearing; its number."""
    filing = Filing(page, stand, COURT)
    filing.begin("transcript", "Transcript")
    filing.case(COURT.typed)
    while filing.step != "final":
        match filing.step:
            case "documents":
                filing.documents(("transcript.pdf", pdfs.plain(34, "TRANSCRIPT")))
            case "related":
                filing.related()
            case "details":
                filing.details(held_on="2026-11-02", ordered_from="Beatriz Solano, 305-555-0144")
            case "text":
                filing.text()
            case other:
                raise AssertionError(f"{other}: {filing.said}")
    filing.submit()
    return filing.number


def days_later(stand: Stand, number: str) -> None:
    """Its ninety days are over today."""
    with stand.database(COURT.id) as database:
        database.execute(
            'UPDATE entry SET filed = %s WHERE number = %s AND case_id = (SELECT id FROM "case" WHERE number = %s)',
            [datetime.now(UTC).date() - timedelta(days=91), number, COURT.case],
        )


def of_transcripts(visitors: Visitors, stand: Stand, who: str) -> Page:
    """The page of transcripts that are not released, from the menu of utilities."""
    page = visitors.at(COURT.id, who)
    page.goto(stand.url(COURT.id, "/utilities/"))
    page.get_by_role("link", name="Transcripts", exact=True).click()
    assert "Transcripts before their release" in main_of(page)
    return page


def test_a_transcript_from_its_filing_to_its_release(reporter, stand, visitors):
    looker = Looker()
    hers = visitors.at(COURT.id, reporter)
    number = file_transcript(hers, stand)
    hers = of_transcripts(visitors, stand, reporter)
    looker.look(hers)
    address = hers.get_by_role("link", name=number, exact=True).get_attribute("href")
    hers.get_by_role("link", name=re.compile(rf"Say who bought it .* {number}$")).click()
    for login, refusal in (("", "Type a login"), ("nobody-here", "Nobody who files at this court")):
        hers.get_by_label("Login at this court").fill(login)
        press(hers, "Open it to this person")
        expect(hers.locator("main")).to_contain_text(refusal)
    press(hers, "Bought it Petra Vandermeer")
    expect(hers.get_by_role("status")).to_contain_text("Opened. The person is told by mail.")
    looker.look(hers)

    told = stand.mail(person(BUYER).email, "You may read a transcript in")
    petra = visitors.at(COURT.id, BUYER)
    shelf = Shelf(petra)
    petra.goto(next(link for link in told["links"] if address in link))
    assert "Billable Pages: 34" in main_of(petra) and "3.40" in main_of(petra), "no cap at thirty pages"
    looker.look(petra)
    press(petra, "View Document")
    assert len(words_of(shelf.last)) == 34
    petra = of_transcripts(visitors, stand, BUYER)
    assert petra.get_by_role("link", name=number, exact=True).count()
    looker.look(petra)

    tobias = visitors.at(COURT.id, OTHER)
    tobias.goto(stand.url(COURT.id, address))
    assert "You do not have access to this transcript. For 90 days" in main_of(tobias), "he takes part, and bought none"
    looker.look(tobias)
    tobias = of_transcripts(visitors, stand, OTHER)
    assert "You bought no transcript" in main_of(tobias)
    looker.look(tobias)

    clerk = of_transcripts(visitors, stand, "clerk-delgado")
    clerk.get_by_role("link", name=re.compile(rf"Say who bought it .* {number}$")).click()
    assert "It can be released from" in main_of(clerk) and not clerk.get_by_role("button", name="Release it").count()
    days_later(stand, number)
    clerk.reload()
    looker.look(clerk)
    press(clerk, "Release it to everybody")
    expect(clerk.get_by_role("status")).to_contain_text("Released: everybody can read it now.")
    looker.look(clerk)
    tobias.goto(stand.url(COURT.id, address))
    assert "Billable Pages: 34" in main_of(tobias)
    assert not looker.wrong, looker.say()
