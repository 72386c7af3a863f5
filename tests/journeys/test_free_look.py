"""A notice's link opens the free copy at once, or asks first, as its owner chose for each address."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.courts import DISTRICT
from tests.journeys.filing import Filing
from tests.journeys.looking import Looker
from tests.journeys.pages import press
from tests.journeys.people import Visitors
from tests.journeys.reading import Shelf, words_of
from tests.journeys.test_filing import look_link
from tests.stand import Stand

COURT = DISTRICT
ASKS, AT_ONCE = "tokafor-law@counsel.example", "docketing@counsel.example"
QUESTION = "Ask me once more before a link opens my free copy"


def choose(page: Page, stand: Stand, address: str, *, asks: bool) -> None:
    """Utilities, one address, the question on or off."""
    page.goto(stand.url(COURT.id, "/utilities/email"))
    page.get_by_role("link", name=f"Change {address}").click()
    if page.get_by_label(QUESTION).is_checked() is not asks:
        page.locator("label", has_text=QUESTION).click()
    press(page, "Save")


@pytest.fixture
def tobias(visitors: Visitors, stand: Stand) -> Iterator[Page]:
    """He is asked when he opens a copy himself; nobody is asked in his firm's docketing office."""
    page = visitors.at(COURT.id, "tokafor-law")
    choose(page, stand, ASKS, asks=True)
    choose(page, stand, AT_ONCE, asks=False)
    yield page
    choose(page, stand, AT_ONCE, asks=True)


def test_a_link_asks_first_or_opens_at_once_as_each_address_chose(tobias, stand, visitors):
    looker = Looker()
    looker.look(tobias)
    filing = Filing(tobias, stand, COURT)
    filing.up_to_final()
    filing.submit()
    assert filing.step == "done", filing.said
    links = {to: look_link(stand.mail(to, filing.text_on_docket), stand, COURT) for to in (ASKS, AT_ONCE)}
    stranger = visitors.stranger().new_page()
    shelf = Shelf(stranger)

    stranger.goto(links[AT_ONCE])
    expect(stranger.locator("main")).to_contain_text("opens each of these documents once, without a charge")
    looker.look(stranger)
    stranger.locator("table.ecf-documents a").first.click()
    expect(stranger).to_have_title("PDF")
    assert len(words_of(shelf.last)) == 3

    for _time in "asked", "asked again, for a question uses nothing up":
        stranger.goto(links[ASKS])
        stranger.locator("table.ecf-documents a").first.click()
        expect(stranger.get_by_role("heading", name="View your free copy")).to_be_visible()
        assert len(shelf.files) == 1
    looker.look(stranger)
    stranger.get_by_role("button", name="View document").press("Enter")
    expect(stranger).to_have_title("PDF")
    assert len(shelf.files) == 2
    stranger.goto(links[ASKS])
    stranger.locator("table.ecf-documents a").first.click()
    expect(stranger.locator("main")).to_contain_text("This free look has been used or has expired.")
    looker.look(stranger)
    tobias.goto(stranger.url)
    tobias.get_by_role("link", name="See the document with my PACER account").click()
    expect(tobias.locator("main")).to_contain_text(re.compile(r"Billable Pages:\s*3"))
    assert not looker.wrong, looker.say()
