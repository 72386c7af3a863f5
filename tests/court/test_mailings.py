"""Mailings: who in a case is told electronically, who is not, and the labels."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pytest

from openecf.court.cases.models import Case, Party
from openecf.court.notices import labels
from openecf.court.notices.rules import postal_lines
from openecf.court.people import services as people
from tests.court import callers
from tests.court import world as invented
from tests.court.agency import said
from tests.court.world import AT


def text_of(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "\n")


@pytest.fixture
def world(db):
    return invented.make()


@pytest.fixture
def browser(world):
    return callers.client(callers.person(name="Tobias Okafor", account=world.counsel.account))


def test_both_lists_say_what_a_filing_of_this_moment_would_do(world, browser):
    people.set_case_way(
        user_id=world.stranger.pk, address="", case_id=world.case.pk, own_case=False, how="filing", by="user:1", at=AT
    )
    status, words = said(browser.get("/utilities/mailings", {"number": world.case.number}, follow=True))
    assert status == 200
    electronic, manual = words.split("Manual notice list")
    for each in ("Tobias Okafor", "tokafor@counsel.example, docketing@counsel.example", "pvandermeer@counsel.example",
                 "nstranger@counsel.example asked to hear of this case"):  # fmt: skip
        assert each in electronic
    assert "Rowan Sorrel 12 Quarry Road Port Ashgrove, FL 33101" in manual and "Okafor" not in manual


@pytest.mark.parametrize("level", [1, 2])
def test_in_a_case_that_is_closed_to_others_who_has_no_account_is_served_otherwise(world, browser, level):
    """Nobody is mailed what they may not read; they are in the case all the same."""
    Case.objects.filter(pk=world.case.pk).update(restriction=level)
    status, words = said(browser.get(f"/utilities/mailings/{world.case.pk}"))
    electronic, manual = words.split("Manual notice list")
    assert status == 200 and "tokafor@counsel.example" in electronic and "Sorrel" not in electronic
    assert "Rowan Sorrel 12 Quarry Road Port Ashgrove, FL 33101" in manual and "Okafor" not in manual


def test_labels_are_of_those_who_are_served_otherwise_and_have_an_address(world, browser):
    Party.objects.create(case=world.case, position=9, name="Nowhere Known", type="Creditor")
    sheet = browser.get(f"/utilities/mailings/{world.case.pk}/labels")
    assert sheet["Content-Type"] == "application/pdf"
    words = text_of(sheet.content)
    assert "Rowan Sorrel\n12 Quarry Road\nPort Ashgrove, FL 33101" in words
    assert "Nowhere" not in words and "Okafor" not in words


@pytest.mark.parametrize(("lines", "address"), [
    ("12 Saltmarsh Lane\nCoral Harbor, FL 33199\nMIAMI-DADE-FL\nSSN / ITIN: xxx-xx-0101", "12 Saltmarsh Lane|Coral Harbor, FL 33199"),
    ("aka\nVerity Ashdown\n804 Pelican Court\nWest Tamarind, FL 33198-0001\naka\nV. Ash", "804 Pelican Court|West Tamarind, FL 33198-0001"),
    ("doing business as Sea Grape\nTax ID / EIN: 00-0000142\n9 Bar Harbor Road\nMiami FL 33199", "9 Bar Harbor Road|Miami FL 33199"),
    ("4 Rue Jean-Luc\n75001 Paris\nFrance\nTel.: +33 1 23 45 67\nxxx-xx-0101", "4 Rue Jean-Luc|75001 Paris|France"),
    ("SSN / ITIN: xxx-xx-0977", ""), ("TERMINATED: 01/02/2024", ""), (" \n", ""), ("x" * 20000, "x" * 120),
])  # fmt: skip
def test_of_what_the_docket_prints_under_a_name_only_the_address_goes_on_envelopes_and_into_notices(
    world, browser, lines, address
):
    Party.objects.filter(case=world.case, name="Rowan Sorrel").update(lines=lines)
    assert postal_lines(lines) == tuple(filter(None, address.split("|")))
    status, words = said(browser.get(f"/utilities/mailings/{world.case.pk}"))
    assert status == 200 and "xxx-xx" not in words and "00-0000142" not in words
    sheet = browser.get(f"/utilities/mailings/{world.case.pk}/labels")
    assert not address or "xxx-xx" not in text_of(sheet.content)


def test_where_nobody_has_a_postal_address_the_page_says_so_and_offers_no_labels(world, browser):
    Party.objects.filter(case=world.case).update(lines="")
    page = f"/utilities/mailings/{world.case.pk}"
    answer = browser.get(page)
    assert (
        "Rowan Sorrel No address is on record." in said(answer)[1] and "There are no labels to print" in said(answer)[1]
    )
    assert "/labels" not in answer.content.decode()
    again = browser.get(f"{page}/labels")
    assert (again.status_code, again.headers["Location"]) == (302, page), (
        "a kept address leads to the page that says why"
    )


@pytest.mark.parametrize("path", ["/utilities/mailings/{case}", "/utilities/mailings/{case}/labels"])
def test_a_sealed_case_is_not_there_for_strangers(world, path):
    Case.objects.filter(pk=world.case.pk).update(restriction=4)
    stranger = callers.client(callers.person(name="Nadia Stranger", account=world.stranger.account))
    assert stranger.get(path.format(case=world.case.pk)).status_code == 404
    status, words = said(stranger.get("/utilities/mailings", {"number": world.case.number}, follow=True))
    assert "No case has this number" in words and "Alder" not in words


def test_sixty_one_labels_are_three_sheets_and_a_long_line_stays_in_its_label():
    long = "The Committee of Unsecured Creditors of the Heron & Sorrel Lumber and Quarry Corporation of Port Ashgrove, Inc."
    sheet = labels.sheet(
        [(long, "ünïcode Straße 5", "\u6771\u4eac"), *[(f"Creditor {n}", "1 Pier") for n in range(60)]]
    )
    assert len(pikepdf.open(io.BytesIO(sheet)).pages) == 3
    words = text_of(sheet)
    assert "The Committee of Unsecured" in words and "ünïcode Straße 5" in words and "Creditor 59" in words
    page = pypdfium2.PdfDocument(sheet)[0].get_textpage()
    right_edges = [page.get_rect(n)[2] for n in range(page.count_rects()) if page.get_rect(n)[3] > 740]
    assert right_edges[0] < labels.LEFT + labels.WIDTH
