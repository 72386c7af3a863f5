"""How the clerk's office ends a filer's access and gives it back, and ends a link that somebody else made: each with the
reason that the person reads, at the court, at the central site and in the mail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from openecf.platform.demo_cast import COURT_PASSWORD
from tests.journeys.looking import Looker
from tests.journeys.notices import issue_again
from tests.journeys.pages import main_of, menu_of, page_that_says, press
from tests.journeys.people import Visitors, read_first
from tests.journeys.test_linking import MARISOL, prove
from tests.stand import Stand

OFFICE = "mquimby@office.example"
"""Where the court's account has its mail."""
COURT, LOGIN, MENU = "flsd", "mquimby", "Civil"
UNPAID, PAID, WRONG_HANDS = "Order 26-7: fees not paid.", "The fees were paid.", "Linked by a former partner."


@pytest.fixture
def linked(stand: Stand, visitors: Visitors) -> Iterator[Page]:
    """Marisol, who linked her court's account."""
    as_issued(stand)
    page = visitors.at(COURT, MARISOL)
    link(page, stand, COURT_PASSWORD)
    yield page
    as_issued(stand)


def as_issued(stand: Stand) -> None:
    """The court's account, for who comes before and after, whatever became of a story that was broken off."""
    with stand.database(COURT) as database:
        database.execute(
            "UPDATE court_user SET active = true, suspended_at = NULL, suspended_why = '' WHERE login = %s", [LOGIN]
        )
    issue_again(stand, COURT, LOGIN)


def link(page: Page, stand: Stand, password: str) -> None:
    page.goto(stand.url(COURT, "/utilities/link"))
    read_first(page)
    prove(page, LOGIN, password)
    press(page, "Yes, link these accounts")


def of_marisol(clerk: Page, stand: Stand) -> None:
    """From the court's own pages to how Marisol stands."""
    clerk.goto(stand.url(COURT, "/court"))
    clerk.get_by_role("link", name="Court logins and passwords").click()
    clerk.locator("main form input:not([type=hidden])").first.fill("Quimby")
    press(clerk, "Find")
    clerk.get_by_role("link", name="Quimby, Marisol").click()
    clerk.get_by_role("link", name="Filing at this court").click()


def test_suspended_let_in_again_and_the_link_ended(linked, stand, visitors):
    looker = Looker()
    hers, clerk = linked, visitors.at(COURT, "clerk-delgado")
    of_marisol(clerk, stand)
    looker.look(clerk)
    press(clerk, "Suspend filing")
    expect(clerk.locator("main")).to_contain_text("Give the reason.")
    looker.look(clerk)
    clerk.get_by_label("Reason").first.fill(UNPAID)
    press(clerk, "Suspend filing")
    expect(clerk.get_by_role("status")).to_contain_text("Suspended, at once.")
    looker.look(clerk)

    for path in ("/", "/filing/"):
        hers.goto(stand.url(COURT, path))
        assert UNPAID in main_of(hers) and MENU not in menu_of(hers)
        assert "help@flsd.example" in main_of(hers) and "New to this court" not in main_of(hers)
        looker.look(hers)
    hers.goto(stand.url(COURT, "/cgi-bin/iquery.pl"))
    assert hers.get_by_role("heading", name="Query").count(), "she reads as before"
    assert UNPAID in stand.mail(OFFICE, "is suspended")["text"]
    told = visitors.signed_on(MARISOL).new_page()
    page_that_says(told, stand.url("central", "/pscof/manage/courts"), UNPAID)
    looker.look(told)

    clerk.get_by_label("Reason").first.fill(PAID)
    press(clerk, "Let file again")
    looker.look(clerk)
    assert PAID in stand.mail(OFFICE, "You may file")["text"]
    hers.goto(stand.url(COURT, "/"))
    assert MENU in menu_of(hers) and UNPAID not in main_of(hers)

    clerk.get_by_label("Reason").last.fill(WRONG_HANDS)
    press(clerk, "End the link")
    looker.look(clerk)
    assert "not linked" in main_of(clerk)
    hers.goto(stand.url(COURT, "/"))
    assert MENU not in menu_of(hers) and "Where you stand" in main_of(hers)
    looker.look(hers)
    assert WRONG_HANDS in stand.mail(OFFICE, "no longer linked")["text"]
    clerk.get_by_role("link", name="Marisol Quimby").click()
    looker.look(clerk)
    assert not looker.wrong, looker.say()
