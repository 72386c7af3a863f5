"""axe-core finds nothing on the reports that are answered to a form, which no walk over links comes by: docket sheets whole
and short, with boxes to choose documents by, histories, and what a search finds.
"""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.journeys.courts import APPELLATE, CourtStory, each_court
from tests.journeys.looking import Looker
from tests.stand import Stand

HANA = "hlindqvist"
ROOM = "/n/beam/servlet/TransportRoom?servlet="
OTHER_TYPES = """SELECT DISTINCT ON (type) id, number FROM "case" WHERE number = %s OR (type IN ('ap', 'cr') AND restriction = 0)
ORDER BY type, (number = %s) DESC, id"""


def cases_of(stand: Stand, court: CourtStory) -> list[tuple[int, str]]:
    """The story's case, and one of each type whose sheet is laid out otherwise."""
    with stand.database(court.id) as database:
        return list(database.execute(OTHER_TYPES, [court.case, court.case]))


def asked(page: Page, address: str, *, ticked: bool | None = None, **fields: str) -> None:
    """Fill in a form and send it off: all its boxes ticked or none, or as they come."""
    page.goto(address)
    if ticked is not None:
        # Not by clicks: the boxes are drawn by their labels, and what a click does is told elsewhere.
        page.eval_on_selector_all(
            "main form input[type=checkbox]", "(all, on) => all.forEach((b) => b.checked = on)", ticked
        )
    for name, value in fields.items():
        page.locator(f"main form [name={name}]").fill(value)
    with page.expect_navigation():
        page.locator("main form [type=submit]").click()


def reports(page: Page, stand: Stand, court: CourtStory) -> Iterator[str]:
    """Each report in its turn, open in the browser; which one."""
    appeals = court is APPELLATE
    for case, number in cases_of(stand, court):
        form = f"{ROOM}DocketReportFilter.jsp&caseNum={number}" if appeals else f"/cgi-bin/DktRpt.pl?{case}"
        for ticked in (True, False):
            asked(page, stand.url(court.id, form), ticked=ticked)
            yield f"{number}, {'whole, to choose documents from' if ticked else 'short'}"
        asked(page, stand.url(court.id, f"/cgi-bin/HistDocQry.pl?{case}"), ticked=True)
        yield f"{number}, history"
    search = f"{ROOM}CaseSearch.jsp" if appeals else "/cgi-bin/iquery.pl"
    for name in ("Okafor Zzyzx", court.filer[:6]):
        asked(page, stand.url(court.id, search), last_name=name)
        yield f"search for {name}"


@each_court
def test_reports_that_are_answered_to_a_form(court, stand, visitors):
    page, looker = visitors.at(court.id, HANA), Looker()
    for which in reports(page, stand, court):
        assert page.locator("main").get_by_text("Billable Pages:").count() or "short" in which, which
        looker.look(page)
    assert looker.seen >= 5
    assert not looker.wrong, looker.say()
