"""The second step in a real browser: a passkey from Chromium's own authenticator, and a court that asks filers for one."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from openecf.platform.demo_cast import PASSWORD
from tests.journeys.looking import Looker
from tests.journeys.pages import page_that_says, press
from tests.journeys.people import Visitors, read_first
from tests.stand import OPENECF, Stand
from tests.telephone import Phone

PETRA, TOBIAS = "pvandermeer", "tokafor-law"


def by_name(stand: Stand, path: str) -> str:
    """An address of the central site by a name: browsers know no passkeys for numbers."""
    return stand.url("central", path).replace("127.0.0.1", "localhost")


@pytest.fixture(autouse=True)
def one_factor_again(stand: Stand, visitors: Visitors) -> Iterator[None]:
    """Other stories know these people with a password alone."""
    yield
    with stand.database("central") as database:
        theirs = "(SELECT id FROM account WHERE username = ANY(%s))"
        for table in ("factor_passkey", "factor_app", "factor_recovery_code"):
            database.execute(f"DELETE FROM {table} WHERE account_id IN {theirs}", [[PETRA, TOBIAS]])  # noqa: S608
        database.execute(
            f"UPDATE account SET second_factor_since = NULL, language = '' WHERE id IN {theirs}",  # noqa: S608
            [[PETRA, TOBIAS]],
        )
        database.execute(
            "UPDATE signon_session SET ended_at = now(), ended_why = 'test' "  # noqa: S608
            f"WHERE ended_at IS NULL AND account_id IN {theirs}",
            [[PETRA, TOBIAS]],
        )
    visitors.forget(PETRA)
    visitors.forget(TOBIAS)


def with_authenticator(page: Page) -> None:
    """What this browser has from now on: an authenticator of its own, which knows its owner."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def give_password(page: Page, username: str) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_added_and_signs_in_alone_and_after_a_password(stand: Stand, visitors: Visitors) -> None:
    page, looker = visitors.stranger().new_page(), Looker()
    with_authenticator(page)
    page.goto(by_name(stand, "/pscof/manage/factors"))
    give_password(page, PETRA)
    looker.look(page)
    page.get_by_role("link", name="Add a passkey").click()
    looker.look(page)
    page.get_by_label("Name of this passkey").fill("This computer")
    page.get_by_label("Current password").fill(PASSWORD)
    press(page, "Continue")
    looker.look(page)
    press(page, "Create the passkey")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("main")).to_contain_text("This computer")
    looker.look(page)
    page.get_by_role("link", name="Remove").click()
    looker.look(page)

    page.goto(by_name(stand, "/csologin/logout"))
    press(page, "Sign out everywhere")
    page.goto(by_name(stand, "/csologin/login.jsf"))
    page.get_by_label("Client code").fill("acme-7")
    press(page, "Sign in with a passkey")
    expect(page.get_by_role("heading", name="Manage My Account")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("7100003")
    with stand.database("central") as database:
        [code] = database.execute(
            "SELECT s.client_code FROM signon_session s JOIN account a ON a.id = s.account_id"
            " WHERE a.number = '7100003' AND s.ended_at IS NULL AND s.acr = 'urn:openecf:aal2'"
        ).fetchone()
    assert code == "acme-7", "what was typed beside it counts"

    page.goto(by_name(stand, "/csologin/logout"))
    press(page, "Sign out everywhere")
    page.goto(by_name(stand, "/csologin/login.jsf"))
    give_password(page, PETRA)
    expect(page.get_by_role("heading", name="Your passkey")).to_be_visible()
    looker.look(page)
    press(page, "Use my passkey")
    expect(page.get_by_role("heading", name="Manage My Account")).to_be_visible()
    assert not looker.wrong, "\n".join(looker.wrong)


def test_a_browser_without_the_passkey_says_so_and_the_password_is_still_there(
    stand: Stand, visitors: Visitors
) -> None:
    page = visitors.stranger().new_page()
    with_authenticator(page)
    page.goto(by_name(stand, "/csologin/login.jsf"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Your browser showed no passkey")
    expect(page.get_by_label("Password", exact=True)).to_be_enabled()


def test_without_script_no_passkey_is_offered(stand: Stand, visitors: Visitors) -> None:
    page = visitors.stranger(java_script_enabled=False).new_page()
    page.goto(by_name(stand, "/csologin/login.jsf"))
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()


def profile(stand: Stand, setting: str) -> None:
    command = [OPENECF, "court", "profile", "flsb", setting, "--var", str(stand.var)]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def asking_court(stand: Stand) -> Iterator[None]:
    """The bankruptcy court asks filers for a second factor from today."""
    profile(stand, f"filing_needs_mfa={datetime.now(ZoneInfo('America/New_York')):%Y-%m-%d}")
    yield
    profile(stand, "filing_needs_mfa=")


def test_a_filer_is_led_through_the_second_step_and_back_to_the_draft(
    stand: Stand, visitors: Visitors, request: pytest.FixtureRequest
) -> None:
    page, looker = visitors.at("flsb", TOBIAS), Looker()
    page.goto(stand.url("flsb", "/filing/?q=letter"))
    page.locator(".ecf-events button").first.click()
    page.wait_for_url(re.compile(r"/filing/[0-9a-f-]{36}/"))
    draft = page.url
    request.getfixturevalue("asking_court")
    page_that_says(page, draft, "One step more before you file")
    expect(page.get_by_role("main")).to_contain_text("your drafts are kept")
    looker.look(page)
    page.get_by_role("link", name="Continue with the second step").click()

    expect(page.get_by_role("heading", name="Add an authenticator app")).to_be_visible()
    looker.look(page)
    page.get_by_label("Name of this app").fill("Telephone")
    page.get_by_label("Current password").fill(PASSWORD)
    press(page, "Continue")
    phone = Phone.reading(page.get_by_role("link", name="open it in the app").get_attribute("href"))
    page.get_by_label("Code", exact=True).fill(phone.next())
    press(page, "Finish")
    page.get_by_role("link", name="I have kept them; go on").click()
    read_first(page)
    assert page.url == draft, "back on the same page of the same draft"
    expect(page.get_by_role("heading", name="One step more")).to_have_count(0)
    assert not looker.wrong, "\n".join(looker.wrong)
