"""Searches by name, and histories: what they cost is said before, charged once, and shown. At each kind of court."""

from __future__ import annotations

from datetime import date

import pytest

from openecf.court.bench import bench
from openecf.court.fees.models import MeterLine
from openecf.kernel import billing
from openecf.kernel.money import Money
from tests.court import callers
from tests.court import world as invented
from tests.court.world import pdfs

pytestmark = pytest.mark.django_db
HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}
QUERY = "/cgi-bin/iquery.pl?1-L_1_0-1"
ROOM = "/n/beam/servlet/TransportRoom"


def searches() -> list[tuple[str, str, dict[str, str]]]:
    """This court's pages that search by name: where the form is, where it leads, and what it says beside the name."""
    found = [("/cgi-bin/iquery.pl", QUERY, {})]
    if bench().name == "appellate":
        for servlet in ("CaseSelectionTable", "CaseSelectionTable.jsp"):
            found.append((f"{ROOM}?servlet=CaseSearch.jsp", ROOM, {"servlet": servlet}))
    return found


@pytest.fixture
def here():
    world = invented.make()
    for number in range(3):
        world.entry(files=[pdfs.plain()], text=f"ORDER number {number} " + "granted in part and denied in part " * 40)
    return world


@pytest.fixture
def searcher():
    return callers.client(callers.person(account_type="search"))


@pytest.fixture
def dearer():
    """The installation's configuration has other prices than the published ones, and another cap."""
    later = billing.Schedule(
        date(2020, 1, 2), Money.of("0.12"), 20, Money.of("2.40"), Money.of("40.00"), Money.of("53.00")
    )
    billing.announce([later])
    yield later
    billing.announce(())


def words(response) -> str:
    return " ".join(response.content.decode().split())


def charged() -> list[tuple[str, str, int, int]]:
    return list(MeterLine.objects.order_by("id").values_list("description", "criteria", "pages", "cents"))


@pytest.mark.parametrize("name", ["Alder", "Zzyzx"], ids=["found", "no match"])
def test_a_search_by_name_is_charged_by_the_page_with_its_receipt_also_when_it_finds_nothing(here, searcher, name):
    for n, (_form, address, fields) in enumerate(searches(), 1):
        page = words(searcher.post(address, {"last_name": name, **fields}, **HERE))
        assert charged() == [("Search", name, 1, 10)] * n, address
        assert "Transaction Receipt" in page and "Billable Pages:" in page, address
        assert (here.case.number in page) is (name == "Alder"), address


def test_a_program_that_searches_by_an_address_alone_is_charged_too(here):
    program = callers.client(callers.person(kind="api"))
    for _form, address, fields in searches()[1:]:
        before = len(charged())
        page = words(program.get(address, {"last_name": "Zzyzx", **fields}))
        assert len(charged()) == before + 1
        assert "Case Number Not Found</b>" in page, "programs look for the words"


def test_a_link_on_another_site_leads_a_person_to_the_form_and_costs_nothing(here, searcher):
    for form, address, fields in searches()[1:]:
        answer = searcher.get(address, {"last_name": "Alder", **fields}, HTTP_SEC_FETCH_SITE="cross-site")
        assert answer["Location"] == form
    assert not charged()


@pytest.mark.parametrize("asked", [{}, {"last_name": "A"}, {"number": True}], ids=["nothing", "one letter", "a number"])
def test_what_is_no_search_by_name_costs_nothing(here, searcher, asked):
    for _form, address, fields in searches():
        typed = {("csnum1" if fields else "case_num"): here.case.number} if "number" in asked else asked
        assert "Transaction Receipt" not in words(searcher.post(address, {**typed, **fields}, **HERE))
    assert not charged()


def test_a_first_name_alone_is_asked_for_the_last_one_and_costs_nothing(here, searcher):
    page = searcher.post(QUERY, {"first_name": "Ada", "filed_from": "01/01/2020"}, **HERE)
    assert "Type the last name, too" in words(page) and not MeterLine.objects.exists()


def test_without_the_client_code_that_an_account_wants_nothing_is_searched(here):
    browser = callers.client(callers.person(account_type="search", client_code_required=True))
    for _form, address, fields in searches():
        page = words(browser.post(address, {"last_name": "Alder", **fields}, **HERE))
        assert "A Client Code is required for PACER search" in page and here.case.number not in page
    assert not charged()


def test_the_forms_say_todays_price_before(here, searcher, dearer):
    for form, _address, _fields in searches():
        assert "$0.12" in words(searcher.get(form)), form
    assert "$0.12 a page, $2.40 at most" in words(searcher.get("/cgi-bin/DktRpt.pl"))
    assert not charged()


def test_a_history_is_priced_before_it_is_charged_and_the_whole_of_it_is_no_dearer(here, searcher, dearer):
    address = f"/cgi-bin/HistDocQry.pl?{here.case.pk}"
    form = words(searcher.get(address))
    assert "The whole report would be 2 billable pages, $0.24." in form and not charged()
    asked = {"all_case_ids": here.case.pk, "QueryType": "History"}
    searcher.post(address, asked | {"DisplayDktText": "on"}, **HERE)
    searcher.post(address, asked | {"QueryType": "Documents"}, **HERE)
    assert [(pages, cents) for _what, _criteria, pages, cents in charged()] == [(2, 24), (1, 12)]


def test_the_price_of_a_history_counts_what_the_reader_would_see(here, searcher):
    here.entry(text="SEALED " + "motion under seal " * 900, restriction=4, guarded=True)
    address = f"/cgi-bin/HistDocQry.pl?{here.case.pk}"
    assert "2 billable pages, $0.20" in words(searcher.get(address))
    assert "This report is free for you." in words(callers.client(callers.linked("clerk")).get(address))
