"""Our Pay.gov client and the pages around it, against the U.S. Tax Court's public test server of Pay.gov.

That server is nobody's package here. Whoever has it running says so, and these stories are told:

    OPENECF_PAYGOV_URL=http://127.0.0.1:3366/wsdl OPENECF_PAYGOV_PAGES_URL=http://127.0.0.1:3366/pay \
    OPENECF_PAYGOV_APP_ID=ustc-test-pay-gov-app OPENECF_PAYGOV_TOKEN=asdf123 \
    python -m pytest tests/journeys/test_taxcourt_server.py

The installation that the stories start (or borrow, ``OPENECF_STAND``) inherits the same settings; nothing of our code
knows which server it talks to. What that server does not refuse (a token completed twice, a payer who chose nothing) is
not asked of it here; ``tests/platform/test_payments_gateway.py`` has the sandbox for that.
"""

from __future__ import annotations

import os
import re
import uuid
from datetime import date

import httpx
import pytest
from playwright.sync_api import Page, expect

from openecf.kernel.money import Money
from openecf.platform.config import PaymentsConfig
from openecf.platform.payments.gateway import Away, PayGov, Refused
from openecf.platform.payments.rules import State
from tests.stand import person

PAGES = os.environ.get("OPENECF_PAYGOV_PAGES_URL", "")


def _is_theirs() -> bool:
    """Its page without a token is a fault of Pay.gov's words."""
    try:
        return bool(PAGES) and "4117" in httpx.get(PAGES, timeout=5).text
    except httpx.HTTPError:
        return False


pytestmark = pytest.mark.skipif(not _is_theirs(), reason="the Tax Court's test server is not there")
NEW = "/pscof/manage/payments/new"


def client(**other: str) -> PayGov:
    told = {
        "url": os.environ["OPENECF_PAYGOV_URL"],
        "pages_url": PAGES,
        "app_id": os.environ.get("OPENECF_PAYGOV_APP_ID", ""),
        "access_token": os.environ.get("OPENECF_PAYGOV_TOKEN", ""),
    }
    return PayGov(PaymentsConfig.model_validate(told | other))


def begun(amount: str = "405.00") -> tuple[str, str]:
    """A number of ours, and the token that the server gives for it."""
    number = f"P{uuid.uuid4().hex[:20]}"
    token = client().start(
        number=number, amount=Money.of(amount), url_success="https://court.example/back?a=1&b=2",
        url_cancel="https://court.example/cancelled",
    )  # fmt: skip
    return number, token


def chosen(token: str, method: str, outcome: str) -> None:
    assert httpx.post(f"{PAGES}/{method}/{outcome}", params={"token": token}).status_code == 200


@pytest.mark.parametrize(
    ("method", "outcome", "state", "said"),
    [
        ("PLASTIC_CARD", "Success", State.SUCCEEDED, "Success"),
        ("PLASTIC_CARD", "Failed", State.FAILED, "Failed"),
        ("ACH", "Success", State.PENDING, "Received"),
        ("ACH", "Failed", State.PENDING, "Received"),
        ("PAYPAL", "Success", State.PENDING, "Received"),
    ],
)
@pytest.mark.parametrize("amount", ["405.00", "0.07", "30.10", "99999.99"])
def test_a_payment_is_completed_and_looked_up(method, outcome, state, said, amount):
    number, token = begun(amount)
    assert len(token) == 32
    chosen(token, method, outcome)
    told = client().complete(token=token)
    assert (told.number, told.amount, told.outcome, told.status, told.method) == (
        number, Money.of(amount), state, said, method,
    )  # fmt: skip
    assert told.tracking and isinstance(told.paid_on, date)
    assert client().details(tracking=told.tracking) == told


def test_the_call_without_details_gives_the_number_that_details_are_asked_for_by():
    number, token = begun()
    chosen(token, "PLASTIC_CARD", "Success")
    tracking = client().call("completeOnlineCollection", token=token)["paygov_tracking_id"]
    assert client().details(tracking=tracking).number == number


def test_what_is_refused_with_a_fault_is_refused_and_what_is_turned_away_was_not_done():
    with pytest.raises(Refused) as refused:
        client().complete(token="")
    assert refused.value.code == "4117"
    _number, token = begun()
    for wrong in ({"access_token": "no-such"}, {"access_token": ""}, {"url": os.environ["OPENECF_PAYGOV_URL"] + "/no"}):
        with pytest.raises(Away):
            client(**wrong).complete(token=token)


def _pay(page: Page, by: str) -> None:
    expect(page).to_have_title("Test Pay Page")
    page.get_by_role("link", name=re.compile(by)).click()


def _begin(page: Page, stand, amount: str) -> None:
    page.goto(stand.url("central", NEW))
    page.get_by_label("Amount, in dollars").fill(amount)
    page.get_by_role("button", name="Continue to the payment service").click()


def test_a_reader_pays_by_card_at_that_servers_page_after_a_declined_card_and_a_change_of_mind(visitors, stand):
    page, who = visitors.signed_on("hlindqvist").new_page(), person("hlindqvist")
    _begin(page, stand, "12.50")
    _pay(page, "Cancel Payment")
    expect(page.get_by_role("heading", name="Your payment of $12.50 was given up")).to_be_visible()
    _begin(page, stand, "405.00")
    _pay(page, r"Credit Card - Failed")
    expect(page.get_by_role("heading", name="Your payment of $405.00 was not made")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    _pay(page, r"Credit Card - Success")
    expect(page.get_by_role("heading", name="Your payment was received")).to_be_visible()
    said = re.search(r"Receipt number\s+([A-Za-z0-9][A-Za-z0-9 ]{19}[A-Za-z0-9])", page.locator("main").inner_text())
    assert said and said[1] in stand.mail(who.email, "Receipt")["text"]


def test_a_bank_account_is_on_its_way(visitors, stand):
    page = visitors.signed_on("tokafor-law").new_page()
    _begin(page, stand, "30.10")
    _pay(page, r"ACH - Success")
    expect(page.get_by_role("heading", name="Your payment of $30.10 is on its way")).to_be_visible()
