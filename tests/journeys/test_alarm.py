"""While somebody guesses passwords all over PACER, a browser that the account does not know needs a mailed code, once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.looking import Looker
from tests.journeys.people import Visitors
from tests.stand import Stand, person

HANA = person("hlindqvist")


@pytest.fixture
def alarm(stand: Stand) -> Iterator[None]:
    """As the job raises it that counts failures; how many it takes is a matter of tests/central."""
    with stand.database("central") as database:
        database.execute("DELETE FROM account_alarm")
        database.execute("INSERT INTO account_alarm (raised_at, until) VALUES (now(), now() + interval '30 minutes')")
        yield
        database.execute("DELETE FROM account_alarm")


def give_password(page: Page, stand: Stand) -> None:
    page.goto(stand.url("central", "/login"))
    page.get_by_label("Username").fill(HANA.username)
    page.get_by_label("Password", exact=True).fill(HANA.password)
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("button", name="Sign in").click()


def send(page: Page, code: str) -> None:
    """Type a code where the page put the cursor or not, and press Enter: no mouse, no script of ours."""
    page.get_by_label("Code", exact=True).fill(code)
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.keyboard.press("Enter")


@pytest.mark.usefixtures("alarm")
def test_an_unknown_browser_gets_in_by_a_mailed_code_and_is_known_then(stand: Stand, visitors: Visitors) -> None:
    looker, page = Looker(), visitors.stranger().new_page()
    give_password(page, stand)
    expect(page.locator("main")).to_contain_text("we mailed you a code")
    looker.look(page)
    mail = stand.mail(HANA.email, "Your code to sign in to PACER")
    code = re.search(r"\b\d{8}\b", mail["text"])[0]
    send(page, f"{(int(code) + 1) % 10**8:08d}")
    expect(page.get_by_role("alert")).to_contain_text("You are not signed in")
    looker.look(page)
    send(page, f"{code[:4]} {code[4:]}")
    page.get_by_role("heading", name="Manage My Account").wait_for()
    page.get_by_role("link", name="Log out").click()
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_text("You are signed out").first.wait_for()
    give_password(page, stand)
    page.get_by_role("heading", name="Manage My Account").wait_for()  # now it is known
    visitors.forget(HANA.username)
    assert not looker.wrong, looker.say()
