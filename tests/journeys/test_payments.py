"""A firm's clerk pays; a reader pays an invoice, and disputes a charge of it. In a real browser, through the sandbox."""

from __future__ import annotations

import re
import uuid

import httpx
from playwright.sync_api import Page, expect

from tests.journeys.looking import Looker
from tests.stand import person

NEW = "/pscof/manage/payments/new"
OWED = """
INSERT INTO ledger_line (payer_id, at, kind, cents, reference, note, by)
VALUES (%s, now(), 'moved', %s, %s, '', 'test')
"""
"""What a firm takes over with a new member's balance: the shortest way to owe something."""


def pay_by_card(page: Page, number: str, amount: str) -> None:
    """At the payment service's own page."""
    expect(page).to_have_title(re.compile("Pay.gov sandbox"))
    expect(page.get_by_role("heading", name=f"Pay ${amount}")).to_be_visible()
    page.get_by_label("Name on the card").fill("A. Clerk")
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Good through").fill("09/31")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="by card").click()


def test_a_firms_clerk_pays_what_the_firm_owes_and_files_the_receipt(visitors, stand):
    firm = person("quimby-billing")
    with stand.database("central") as connection:
        connection.execute(OWED, [firm.id, 4210, f"test:{uuid.uuid4()}"])
    page, looker = visitors.signed_on("quimby-billing").new_page(), Looker()
    page.goto(stand.url("central", "/pscof/manage/payments"))
    page.get_by_role("link", name="Make a payment").click()
    looker.look(page)
    owed = re.search(r"You owe \$([\d.]+)\.", page.locator("main").inner_text())[1]
    page.get_by_role("button", name="Continue to the payment service").click()
    looker.look(page)

    pay_by_card(page, "4000 0000 0000 0002", owed)
    expect(page.get_by_role("heading", name=f"Your payment of ${owed} was not made")).to_be_visible()
    looker.look(page)
    page.get_by_role("button", name="Try again").click()
    pay_by_card(page, "4111 1111 1111 1111", owed)
    expect(page.get_by_role("heading", name="Your payment was received")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Nothing is owed.")
    looker.look(page)

    with page.expect_download() as download:
        page.get_by_role("link", name="Download the receipt as PDF").click()
    assert download.value.suggested_filename.startswith("pacer-receipt-")
    receipt = re.search(r"Receipt number\s+(\w+)", page.locator("main").inner_text())[1]
    assert f"${owed}" in stand.mail(firm.email, receipt)["text"]
    page.get_by_role("link", name="All payments").click()
    expect(page.locator("main")).to_contain_text("nothing is owed")
    looker.look(page)
    books = httpx.get(stand.facts["paygov"]["url"], timeout=60).text
    assert receipt in books
    page.goto(page.url.replace("/pscof/manage/payments", "/pscof/manage"))
    assert not looker.wrong, looker.say()


def test_who_changes_their_mind_at_the_payment_service_owes_as_before(visitors, stand):
    page = visitors.signed_on("hlindqvist").new_page()
    page.goto(stand.url("central", NEW))
    page.get_by_label("Amount, in dollars").fill("12.50")
    page.get_by_role("button", name="Continue to the payment service").click()
    page.get_by_role("button", name="Cancel and go back").click()
    expect(page.get_by_role("heading", name="Your payment of $12.50 was given up")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="There is nothing to pay here")).to_be_visible()
    page.goto(stand.url("central", "/pscof/manage/payments"))
    expect(page.locator("main")).not_to_contain_text("12.50")


def test_a_reader_pays_the_invoice_from_its_mail_and_disputes_a_charge_of_it(visitors, stand):
    who = person("pvandermeer")
    link = re.search(r"http\S+/pscof/manage/payments/new\?invoice=\S+", stand.mail(who.email, "Invoice")["text"])[0]
    page, looker = visitors.signed_on("pvandermeer").new_page(), Looker()
    page.goto(link)
    expect(page.get_by_label(re.compile(r"^Invoice 7100003-Q"))).to_be_checked()
    page.get_by_role("button", name="Continue to the payment service").click()
    page.get_by_role("button", name="by PayPal").click()
    expect(page.get_by_role("heading", name="Your payment was received")).to_be_visible()
    expect(page.locator("main")).to_contain_text("PayPal")

    page.get_by_role("link", name="All payments").click()
    page.get_by_role("link", name="Credit Requests and refunds").click()
    page.get_by_role("link", name="New Credit Request").click()
    looker.look(page)
    quarter = re.search(r"invoice=(\d{4})-Q(\d)", link)
    first = f"{quarter[1]}-{int(quarter[2]) * 3 - 2:02d}-01"
    page.get_by_label("From").fill(first)
    page.get_by_role("button", name="Show the charges").click()
    page.locator("label", has_text="$3.00").first.click()
    page.get_by_text("The document or page did not open").click()
    page.get_by_label("What happened").fill("Every page was blank.")
    page.get_by_role("button", name="Send the Credit Request").click()
    expect(page.locator("main")).to_contain_text("Waiting for the Service Center")
    looker.look(page)
    assert not looker.wrong, looker.say()
