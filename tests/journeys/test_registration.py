"""A new attorney with the local form: Nerys registers at a court, the clerk asks for more, she answers, and files."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from playwright.sync_api import Page

from tests.journeys.looking import Looker
from tests.journeys.pages import main_of, menu_of, opened, page_that_says, press
from tests.journeys.people import Visitors, enter, sign_on
from tests.journeys.test_payments import pay_by_card
from tests.stand import Stand, until

NERYS, CLERK, COURT = "nhalloran-law", "clerk-delgado", "flsb"


@pytest.fixture
def newcomer(stand: Stand) -> None:
    """Nerys has asked nobody, also when an earlier run let her in."""
    hers = "(SELECT r.id FROM efile_request r JOIN account a ON a.id = r.account_id WHERE a.username = 'nhalloran-law')"
    with stand.database("central") as central:
        for table in ("efile_news", "efile_paper"):
            central.execute(f"DELETE FROM {table} WHERE request_id IN {hers}")
        central.execute(f"DELETE FROM efile_request WHERE id IN {hers}")
        central.execute(
            "DELETE FROM registered_court WHERE account_id = (SELECT id FROM account WHERE username = 'nhalloran-law')"
        )
    at_court = "(SELECT id FROM filing_request WHERE account_number = '7100031')"
    with stand.database(COURT) as court:
        for table in ("filing_request_act", "filing_request_version"):
            court.execute(f"DELETE FROM {table} WHERE request_id IN {at_court}")
        court.execute(f"DELETE FROM filing_request WHERE id IN {at_court}")
        court.execute("DELETE FROM court_user WHERE account_number = '7100031'")


def pick(page: Page, label: str) -> None:
    page.get_by_text(label, exact=True).click()


def certificate() -> bytes:
    out, made = io.BytesIO(), pikepdf.new()
    made.add_blank_page()
    made.save(out)
    return out.getvalue()


def test_a_new_attorney_with_the_local_form(newcomer, stand: Stand, visitors: Visitors):
    looker, page = Looker(), visitors.stranger().new_page()
    page.goto(stand.url(COURT, "/nextgen"))
    looker.look(page)
    said = main_of(page)
    assert "New attorneys complete this court's local registration form LF-95" in said
    page.get_by_role("link", name="Register as an attorney (with LF-95)").click()
    sign_on(page, NERYS)
    page_that_says(page, page.url, "The court's own form LF-95")  # the court tells its rules over the bus once it runs
    looker.look(page)
    press(page, "Begin")
    answer_the_steps(page, looker)
    assert "Step 8 of 8: Summary" in main_of(page) and "The court charges $200.00 once it approves" in main_of(page)
    looker.look(page)
    press(page, "Submit")
    assert "Your request is sent." in main_of(page)
    mine = page.url.partition("?")[0]
    until(lambda: "Received by the court" in opened(page, mine), seconds=30, what="the court's receipt")

    desk = visitors.at(COURT, CLERK)
    desk.goto(stand.url(COURT, "/court/registrations?q=Halloran"))
    looker.look(desk)
    desk.get_by_role("link", name="Halloran, Nerys").first.click()
    looker.look(desk)
    said = main_of(desk)
    for words in ("LF-95: Attorney registration for electronic filing", "0055123", "Chapter 7", "certificate.pdf"):
        assert words in said, words
    until(
        lambda: desk.reload() and desk.get_by_role("link", name="certificate.pdf").count(), seconds=30, what="the PDF"
    )
    desk.get_by_text("Ask for more", exact=True).click()
    desk.locator("#id_more-said").fill("On which day were you admitted to the Florida bar?")
    press(desk, "Ask the applicant")
    assert "The applicant is asked, and told by mail." in main_of(desk)
    mail = stand.mail("nhalloran-law@counsel.example", "On which day were you admitted")
    assert "the court asks for more" in mail["subject"]

    until(lambda: "The court asks for more" in opened(page, mine), seconds=30, what="the court's question")
    assert "On which day were you admitted to the Florida bar?" in main_of(page)
    looker.look(page)
    page.get_by_role("link", name="Change and send again").click()
    page.get_by_role("link", name="Change Bar admissions").click()
    page.locator("#id_admitted0").fill("2019-05-06")
    press(page, "Continue")
    press(page, "Send again")

    def second_version() -> bool:
        desk.reload()
        return "version 2" in main_of(desk)

    until(second_version, seconds=30, what="the second version at the desk")
    assert "05/06/2019" in main_of(desk)
    press(desk, "Approve")
    assert "Approved. The applicant can file, and is told by mail." in main_of(desk)
    assert "nhalloran (Attorney)" in main_of(desk)
    stand.mail("nhalloran-law@counsel.example", "You may file at the U.S. Bankruptcy Court")
    until(lambda: "You can file at this court" in opened(page, mine), seconds=30, what="the approval")
    assert "$200.00, due" in main_of(page)

    pays_the_fee(page, stand, looker, mine)
    enter(page, stand, COURT)
    assert "Bankruptcy" in menu_of(page), "no separate link: the filing menus are there"
    assert not looker.wrong, looker.say()


def pays_the_fee(page: Page, stand: Stand, looker: Looker, mine: str) -> None:
    """On the court's page, through the payment service and back, with the receipt in the request."""
    enter(page, stand, COURT)
    opened(page, mine)
    page.get_by_role("link", name="Pay the fee of $200.00 on the court's page").click()
    page.get_by_role("button", name="Pay $200.00 at the payment service").wait_for()
    looker.look(page)
    press(page, "Pay $200.00 at the payment service")
    with page.expect_navigation(url=re.compile("/registration/fee/[0-9a-f-]+$")):
        page.get_by_role("button", name="Cancel and go back").click()
    press(page, "Pay $200.00 at the payment service")
    pay_by_card(page, "4000 0000 0000 0002", "200.00")
    assert "Your payment was not made" in main_of(page)
    looker.look(page)
    press(page, "Pay $200.00 at the payment service")
    pay_by_card(page, "4111 1111 1111 1111", "200.00")
    assert "Your fee is paid" in main_of(page)
    looker.look(page)
    receipt = re.search(r"Receipt number (\w+)", main_of(page))[1]
    until(lambda: f"Pay.gov: {receipt}" in opened(page, mine), seconds=30, what="the receipt in the request")
    assert "$200.00, paid" in main_of(page)


def answer_the_steps(page: Page, looker: Looker) -> None:
    looker.look(page)
    pick(page, "Attorney admission and e-filing (fee $200.00)")
    pick(page, "No, I am new to this court")
    press(page, "Continue")
    assert "You register as Nerys Halloran" in main_of(page)
    press(page, "Continue")
    looker.look(page)
    page.locator("#id_bar0").select_option(label="Florida")
    page.locator("#id_number0").fill("0055123")
    press(page, "Continue")
    press(page, "Continue")
    page.locator("input[type=file]").set_input_files(
        {"name": "certificate.pdf", "mimeType": "application/pdf", "buffer": certificate()}
    )
    press(page, "Continue")
    assert "LF-95: Attorney registration for electronic filing" in main_of(page)
    press(page, "Continue")
    assert "There is a problem" in main_of(page), "the form is completed before access"
    looker.look(page)
    page.locator("#id_form-district_bar").get_by_text("Yes").click()
    pick(page, "The court's lessons online")
    page.locator("#id_form-trained_on").fill("2026-02-03")
    pick(page, "Chapter 7")
    pick(page, "I declare under penalty of perjury that these answers are true.")
    press(page, "Continue")
    for field in ("e_service", "redaction"):
        page.locator(f"label[for=id_{field}]").click()
    press(page, "Continue")
