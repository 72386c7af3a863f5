"""Hana looks a case up: query, docket sheet with its selections, documents with their cost, and what it all cost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.journeys.courts import APPELLATE, BANKRUPTCY, DISTRICT, CourtStory, each_court
from tests.journeys.pages import main_of, press, whole
from tests.journeys.reading import Shelf, words_of
from tests.stand import Stand, until

HANA = "hlindqvist"
trial_courts = pytest.mark.parametrize("court", [BANKRUPTCY, DISTRICT], ids=str)


def find_case(page: Page, stand: Stand, court: CourtStory) -> None:
    """By its number as a busy person types it, up to the page from which the docket report is asked for."""
    if court is APPELLATE:
        page.goto(stand.url(court.id, "/n/beam/servlet/TransportRoom?servlet=CaseSearch.jsp"))
        page.get_by_label("Case number").fill(court.typed)
        page.get_by_role("button", name="Search").click()
        page.locator("main table a").first.click()
        return
    page.get_by_role("navigation", name="Main menu").get_by_role("link", name="Query", exact=True).click()
    page.get_by_label("Case number").fill(court.typed)
    press(page, "Run query")


def run_sheet(page: Page, stand: Stand, court: CourtStory, *without: str, **fields: str) -> str:
    """Ask for the docket report with some boxes emptied and some fields filled; what it says."""
    find_case(page, stand, court)
    if court is not APPELLATE:
        page.get_by_role("link", name="Docket sheet", exact=True).last.click()
    assert re.search(r"\$\d+\.\d\d|free for you", main_of(page)), "the cost is shown before"
    for label in without:
        page.locator("main label", has_text=label).click()
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("main form [type=submit]").click()
    return main_of(page)


@each_court
def test_a_case_is_found_by_number_and_its_sheet_says_everything(court, stand, visitors):
    page = visitors.at(court.id, HANA)
    said = run_sheet(page, stand, court)
    for words in ("Tobias Okafor", "Petra Vandermeer", court.filer, "Billable Pages:", "Lindqvist".lower()):
        assert words in said or words in said.lower()
    assert page.locator("main a[href*='/doc']").count() >= 5


@trial_courts
def test_selections_make_the_sheet_shorter(court, stand, visitors):
    page = visitors.at(court.id, HANA)
    whole = run_sheet(page, stand, court)
    bare = run_sheet(page, stand, court, "Parties and counsel", documents_numbered_to_="2")
    assert len(bare) < len(whole)
    assert "Petra Vandermeer" not in bare.partition("Docket Text")[0]
    assert page.locator("main table[rules=all] a[href*='/doc1/']").count() == 2
    reversed_ = run_sheet(page, stand, court, documents_numbered_from_="5", documents_numbered_to_="2")
    assert "starting document number must be less than or equal to the ending document number" in reversed_


@trial_courts
def test_history_lists_the_entries(court, stand, visitors):
    page = visitors.at(court.id, HANA)
    find_case(page, stand, court)
    page.get_by_role("link", name="History and documents").last.click()
    page.locator("main form [type=submit]").click()
    said = main_of(page)
    assert "History" in said
    assert page.locator("table.docket-history tr").count() > 5
    assert "Billable Pages:" in said


@each_court
def test_attachment_menu_receipt_and_the_document_with_its_header_line(court, stand, visitors):
    page = visitors.at(court.id, HANA)
    shelf = Shelf(page)
    run_sheet(page, stand, court)
    page.locator("main a[href*='/doc']").first.click()
    if whole(page).locator("table.ecf-documents a").count():
        page.locator("table.ecf-documents a").first.click()
    said = main_of(page)
    assert "Billable Pages:" in said
    assert "Cost:" in said
    assert not shelf.files, "the cost comes before the document"
    button = "Accept Charges and Retrieve" if court is APPELLATE else "View Document"
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("button", name=button).click()
    pages = words_of(shelf.last)
    assert all(court.paper in words for words in pages), "every page bears the court's line"
    assert f"Page 1 of {len(pages)}".lower() in pages[0].lower() or f"Page: 1 of {len(pages)}" in pages[0]


@each_court
def test_what_was_read_is_in_the_courts_billing_history_and_reaches_the_central_ledger(court, stand, visitors):
    page = visitors.at(court.id, HANA)
    before = usage_at_central(stand, court)
    run_sheet(page, stand, court)
    page.goto(stand.url(court.id, "/utilities/billing-history"))
    page.get_by_role("button", name="Show").click()
    assert re.search(r"Docket Report", main_of(page))
    until(lambda: usage_at_central(stand, court) > before, seconds=60, what="the usage to reach the central site")


def usage_at_central(stand: Stand, court: CourtStory) -> int:
    """How many accesses of Hana's at that court the central ledger holds."""
    with stand.database("central") as database:
        return database.execute("SELECT count(*) FROM usage_line WHERE court = %s", [court.id]).fetchone()[0]
