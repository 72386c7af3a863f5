"""Docket reports and queries: what is shown, what it costs, what is refused in which words."""

from __future__ import annotations

import re

import pytest
from django.db import transaction

from openecf.court.cases.models import Case
from openecf.court.docket import services
from openecf.court.docket.forms import NUMBERS_REVERSED
from openecf.court.fees.models import MeterLine
from openecf.court.report_pages import DATES_REVERSED
from tests.court import callers, world
from tests.court.test_docket_entries import AT

REPORT = "/cgi-bin/DktRpt.pl?1-L_1_0-1"
HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture
def here(db):
    laid = world.make()
    for n in range(1, 6):
        with transaction.atomic():
            entry = services.enter(
                case_id=laid.case.id, event="order", title="Order", text=f"ORDER number {n}", at=AT, entered_by="user:1"
            )
            services.finish(entry)
    return laid


@pytest.fixture
def searcher(db):
    return callers.client(callers.person(account_type="search"))


def shown(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()


def report(browser, case: Case, headers: dict | None = None, **asked) -> str:
    headers = HERE if headers is None else headers
    return shown(browser.post(REPORT, {"all_case_ids": case.id, "case_num": " "} | asked, **headers))


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({}, "12345"),
        ({"date_from": "1/1/1960"}, "12345"),
        ({"documents_numbered_from_": "2", "documents_numbered_to_": "3"}, "23"),
        ({"sort1": "most recent date first"}, "54321"),
        ({"sort1": "document number descending"}, "54321"),
        ({"date_from": "05/01/2024", "date_to": "05/01/2024"}, "12345"),
        ({"date_type": "entered", "date_from": "05/01/2024"}, "12345"),
        ({"date_range_type": "Entered", "date_from": "05/02/2024"}, ""),
        ({"date_to": "04/30/2024"}, ""),
    ],
)
def test_a_selection_takes_its_entries_in_its_order(here, searcher, asked, numbers):
    assert "".join(re.findall(r"ORDER number (\d)", report(searcher, here.case, **asked))) == numbers


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"date_from": "05/02/2024", "date_to": "05/01/2024"}, DATES_REVERSED),
        ({"documents_numbered_from_": "3", "documents_numbered_to_": "2"}, NUMBERS_REVERSED),
        ({"all_case_ids": "987654"}, "Case not found."),
        ({"all_case_ids": "", "case_num": "99-99999"}, "Case not found."),
        ({"date_from": "yesterday"}, "is not a date"),
        ({"documents_numbered_from_": "x' OR 1=1"}, "is not a document number"),
    ],
)
def test_a_wrong_selection_is_refused_in_the_courts_words_and_costs_nothing(here, searcher, asked, words):
    assert words in report(searcher, here.case, **asked)
    assert not MeterLine.objects.exists()


def test_parties_are_shown_only_when_asked_for(here, searcher):
    assert "Birch" not in report(searcher, here.case)
    assert "Birch &amp; Sons" in report(searcher, here.case, list_of_parties_and_counsel="on")


def test_a_report_is_charged_once_with_its_receipt(here, searcher):
    page = report(searcher, here.case)
    line = MeterLine.objects.get()
    assert (line.pages, line.cents, line.description) == (1, 10, "Docket Report")
    assert "Transaction Receipt" in page and " Cost: " in page and "0.10" in page


def test_the_form_says_what_the_report_would_cost_before_anything_is_charged(here, searcher):
    page = shown(searcher.get(f"/cgi-bin/DktRpt.pl?{here.case.id}"))
    assert "0.10" in page and not MeterLine.objects.exists()
    assert re.search(r'<input type="hidden" id="all_case_ids" name="all_case_ids" value="\d+">', page)
    assert page.count('name="date_from"') == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_ORIGIN": "https://elsewhere.example"},
        {"HTTP_REFERER": "https://elsewhere.example/page"},
        {},
    ],
)
@pytest.mark.parametrize("address", [REPORT, "/cgi-bin/HistDocQry.pl?1-L_1_0-1", "/cgi-bin/iquery.pl?1-L_1_0-1"])
def test_another_site_cannot_run_up_a_persons_fees(here, searcher, headers, address):
    searcher.post(address, {"all_case_ids": here.case.id, "last_name": "Alder"}, **headers)
    assert not MeterLine.objects.exists()


def test_a_program_with_a_token_needs_no_form(here):
    program = callers.client(callers.person(kind="api"))
    assert "ORDER number 5" in report(program, here.case, {"HTTP_REFERER": "https://external"})


@pytest.mark.parametrize("who", ["nobody", "legacy", "billing"])
def test_people_who_may_not_search_see_no_docket(here, who):
    browser = callers.client(callers.kinds_of_person()[who])
    assert "ORDER number" not in report(browser, here.case)
    assert "ORDER number" not in shown(browser.get(f"/cgi-bin/HistDocQry.pl?{here.case.id}"))


def test_a_sealed_case_is_as_if_it_were_not_there(here, searcher):
    Case.objects.filter(id=here.case.id).update(restriction=5)
    none = report(searcher, here.case, all_case_ids="987654")
    assert report(searcher, here.case) == none
    for address in (
        "iqquerymenu.pl?{}",
        "DktRpt.pl?{}",
        "HistDocQry.pl?{}",
        "mobile_query.pl?search=caseInfo&caseid=={}",
    ):
        sealed = shown(searcher.get("/cgi-bin/" + address.format(here.case.id)))
        assert "Juniper" not in sealed and "Case not found." in sealed
    found = shown(searcher.post("/cgi-bin/iquery.pl?1-L_1_0-1", {"last_name": "Juniper"}, **HERE))
    assert "24-10001" not in found
    clerk = callers.client(callers.linked("clerk"))
    assert "ORDER number 5" in report(clerk, here.case)


def test_history_lists_what_the_docket_lists(here, searcher):
    form = shown(searcher.get(f"/cgi-bin/HistDocQry.pl?{here.case.id}"))
    nonce = re.search(r'HistDocQry.pl\?([^"]+)"', form)[1]
    asked = {"QueryType": "History", "sort1": "desc", "DisplayDktText": "DisplayDktText"}
    page = shown(searcher.post(f"/cgi-bin/HistDocQry.pl?{nonce}", asked, **HERE))
    assert re.findall(r"Docket Text: ORDER number (\d)", page) == list("54321")
    assert re.search(r"Entered:\s+\d\d/\d\d/\d{4}", re.sub(r"<[^>]+>", "", page).replace("&nbsp;", " "))


def test_a_history_of_no_case_says_that_the_request_is_incomplete(here, searcher):
    assert "Incomplete request." in shown(
        searcher.post("/cgi-bin/HistDocQry.pl?None", {"QueryType": "History"}, **HERE)
    )


@pytest.mark.parametrize("typed", ["24-10001", "2024-10001", "2410001", " 24-10001-ABC "])
def test_possible_case_numbers_finds_a_case_however_it_is_typed(here, searcher, typed):
    page = shown(searcher.get("/cgi-bin/possible_case_numbers.pl?" + typed.strip()))
    assert f'id="{here.case.id}"' in page and "Juniper Alder" in page


@pytest.mark.parametrize(("typed", "words"), [("24-77777", "Cannot find case 24-77777"), ("<x>&y", "Cannot find case")])
def test_possible_case_numbers_says_so_when_there_is_none(here, searcher, typed, words):
    assert words in shown(searcher.get("/cgi-bin/possible_case_numbers.pl?" + typed))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"last_name": "alder"}, True),
        ({"last_name": "Alder", "first_name": "Juniper"}, True),
        ({"last_name": "Alder", "first_name": "Rowan"}, False),
        ({"last_name": "Birch & S"}, True),
        ({"last_name": "Nobody"}, False),
        ({"filed_from": "01/01/2024", "filed_to": "01/31/2024"}, True),
        ({"Qry_filed_from": "02/01/2024", "Qry_filed_to": "02/28/2024"}, False),
    ],
)
def test_query_finds_cases_by_name_and_day(here, searcher, asked, found):
    page = shown(searcher.post("/cgi-bin/iquery.pl?1-L_1_0-1", asked, **HERE))
    assert ("24-10001" in page) is found
    assert ("Search for a case" in page) is not found, "who found nothing is led back to the search"
    assert MeterLine.objects.count() == 1


def test_query_by_number_leads_to_the_cases_summary_for_nothing(here, searcher):
    page = shown(searcher.post("/cgi-bin/iquery.pl?1-L_1_0-1", {"case_num": "24-10001"}, **HERE))
    assert "Date filed:" in page and f"/cgi-bin/DktRpt.pl?{here.case.id}" in page
    assert not MeterLine.objects.exists()


def test_mobile_query_counts_entries_for_nothing(here, searcher):
    page = shown(searcher.post(f"/cgi-bin/mobile_query.pl?search=caseInfo&caseid=={here.case.id}", **HERE))
    assert re.search(r'ui-li-count"> 5 </span>', page) and not MeterLine.objects.exists()
