"""Filing by keyboard alone, and reading and filing without script."""

from __future__ import annotations

import random

from playwright.sync_api import Page, expect

from openecf.platform.demo_cast import PASSWORD
from tests.journeys.courts import APPELLATE, CourtStory, each_court
from tests.journeys.filing import Filing, as_file, motion
from tests.journeys.pages import main_of, press
from tests.journeys.people import enter, sign_on
from tests.stand import Stand

TOBIAS = "tokafor-law"
MOST_TABS = 90
FOCUSED = """() => {
  const one = document.activeElement;
  const named = one.labels && one.labels.length ? one.labels[0].innerText : "";
  return (one.getAttribute("aria-label") || named || one.innerText || "").trim().replace(/\\s+/g, " ");
}"""


class Keyboard:
    """Somebody who has no pointer: Tab to what is wanted, then keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # The browser is told to hand file choosers over long before the key is pressed, not at that moment.
        page.on("filechooser", lambda _chooser: None)

    def to(self, name: str) -> None:
        """Tab until what has the focus is called like that."""
        for _press in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(FOCUSED).startswith(name):
                return
        raise AssertionError(f"the keyboard does not reach {name!r} on {self.page.url}")

    def type(self, name: str, words: str) -> None:
        self.to(name)
        self.page.keyboard.type(words)

    def enter(self, name: str) -> None:
        """Reach a link or a button, and press Enter on it."""
        self.to(name)
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.keyboard.press("Enter")

    def tick(self, name: str) -> None:
        self.to(name)
        self.page.keyboard.press("Space")

    def choose_file(self, name: str) -> None:
        self.to(name)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(as_file(motion()))


@each_court
def test_signing_on_and_filing_by_keyboard_alone(court, stand, visitors):
    page = visitors.stranger().new_page()
    keys = Keyboard(page)
    page.goto(stand.url(court.id, "/"))
    keys.enter("Log in")
    keys.type("Username", TOBIAS)
    keys.type("Password", PASSWORD)
    keys.enter("Sign in")
    if "/told" in page.url:
        keys.tick("I understand")
        keys.enter("Continue")
    keys.enter("File a document")
    keys.type("Look for an event", court.motion.typed)
    keys.enter("Search")
    keys.enter(court.motion.title)
    page.keyboard.press("Tab")
    keys.to("Case number")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(court.typed)
    keys.enter("Next")
    keys.tick(court.filer)
    keys.enter("Next")
    keys.choose_file("Main document")
    keys.enter("Next")
    filing = Filing(page, stand, court)
    if filing.step == "related":
        keys.enter("Next")
    words = f"by keyboard, lot {random.randint(10_000, 99_999)}"
    keys.type(page.locator("[name=free]").evaluate("field => field.labels[0].innerText.trim()"), words)
    keys.enter("Next")
    assert words in filing.final_text
    keys.enter("Submit this filing")
    assert filing.step == "done"
    assert words in filing.said


@each_court
def test_query_docket_sheet_and_filing_work_without_script(court, stand, visitors):
    page = visitors.stranger(java_script_enabled=False).new_page()
    enter(page, stand, court.id)
    sign_on(page, TOBIAS)
    assert "Petra Vandermeer" not in main_of(page)
    run_report(page, stand, court)
    said = main_of(page)
    for words in ("Petra Vandermeer", "Tobias Okafor", "Billable Pages:"):
        assert words in said
    filing = Filing(page, stand, court)
    paper = court.motion
    filing.begin(paper.typed, paper.title)
    filing.case(court.typed)
    filing.parties(court.filer)
    page.locator("#main_document").set_input_files(as_file(motion()))
    filing.press("Next")
    if filing.step == "related":
        filing.related()
    filing.text(free=f"{paper.free}, lot {random.randint(10_000, 99_999)}")
    filing.submit()
    assert filing.step == "done"
    assert filing.text_on_docket in filing.said


def test_before_a_session_ends_the_page_says_so_and_a_press_keeps_it(stand, visitors):
    """Half an hour at a court, an hour at Manage My Account: five minutes before, whatever was typed stays."""
    page = visitors.at("flsb", "hlindqvist")
    page.clock.install()
    page.goto(stand.url("flsb", "/cgi-bin/iquery.pl"))
    page.get_by_label("Case number").fill("kept")
    warning = page.locator(".ecf-session")
    page.clock.fast_forward("20:00")
    expect(warning).to_have_count(0)
    page.clock.fast_forward("05:10")
    expect(warning).to_contain_text("signed off in five minutes")
    warning.get_by_role("button", name="Stay signed on").click()
    expect(warning).to_have_count(0)
    page.clock.fast_forward("20:00")
    expect(warning).to_have_count(0)
    page.clock.fast_forward("05:10")
    expect(warning).to_contain_text("signed off in five minutes")
    page.clock.fast_forward("05:10")
    expect(warning).to_contain_text("You are signed off")
    assert page.get_by_label("Case number").input_value() == "kept"


def run_report(page: Page, stand: Stand, court: CourtStory) -> None:
    """From the number to the docket sheet."""
    if court is APPELLATE:
        page.goto(stand.url(court.id, "/n/beam/servlet/TransportRoom?servlet=CaseSearch.jsp"))
        page.get_by_label("Case number").fill(court.typed)
        page.get_by_role("button", name="Search").click()
        page.locator("main table a").first.click()
    else:
        page.goto(stand.url(court.id, "/cgi-bin/iquery.pl"))
        page.get_by_label("Case number").fill(court.typed)
        press(page, "Run query")
        page.get_by_role("link", name="Docket sheet", exact=True).last.click()
    page.locator("main form [type=submit]").click()
