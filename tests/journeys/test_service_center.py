"""The Service Center in a browser: a filer who lost her telephone gets in again by two people and her own mailbox; a
question of somebody without an account is answered; every page of the desk is looked at."""

from __future__ import annotations

import os
import re
from base64 import b32decode
from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import Page, expect

from openecf.central.factors import rules
from openecf.cli.demo import code_now
from tests.journeys.looking import Looker, walk
from tests.journeys.people import Visitors, speak
from tests.stand import Stand, person

AGENT, SUPERVISOR, FILER = "ofairweather", "bsundqvist", "slarkspur-law"
LANGUAGES = ("en", "es", "ht") if os.environ.get("OPENECF_THOROUGH") else ("en",)


_signed_on: dict[str, dict] = {}


def to_the_desk(visitors: Visitors, stand: Stand, who: str) -> Page:
    """Sign in with password and code, once for all stories: a code counts once. Open the desk from Manage My Account."""
    page = visitors.stranger(storage_state=_signed_on.get(who)).new_page()
    if who not in _signed_on:
        _sign_in(page, stand, who)
        _signed_on[who] = page.context.storage_state()
    page.goto(stand.url("central", "/pscof/manage"))
    page.get_by_role("link", name="Service Center desk").click()
    page.get_by_role("heading", name="Service Center desk").wait_for()
    return page


def _choose(page: Page, password: str) -> None:
    """Type a new password as somebody does who is helped by the page, and looks at it once."""
    field, told = page.get_by_label("New password", exact=True), page.get_by_role("status")
    field.fill("gravel")
    expect(told).to_have_text("Characters still needed: 9")
    page.get_by_role("button", name=re.compile("^Show password ?: New password$")).click()
    expect(field).to_have_attribute("type", "text")
    field.fill(f"{FILER} gravel tulip")
    expect(told).to_contain_text("It contains your name, user name or e-mail address")
    field.fill(password)
    expect(told).to_have_text("This is a strong password.")
    page.get_by_role("button", name=re.compile("^Hide password ?: New password$")).press("Enter")
    expect(field).to_have_attribute("type", "password")


def _sign_in(page: Page, stand: Stand, who: str) -> None:
    page.goto(stand.url("central", "/login"))
    page.get_by_label("Username").fill(who)
    page.get_by_label("Password", exact=True).fill(person(who).password)
    page.get_by_role("button", name="Sign in").click()
    page.locator("input[name=code]").fill(code_now(who, at=datetime.now(UTC)))
    page.locator("main form button").last.click()
    page.get_by_role("heading", name="Manage My Account").wait_for()


def mail_to(stand: Stand, address: str, subject: str) -> str:
    """The text of the newest mail of that subject."""
    with stand.database("central") as database:
        rows = database.execute(
            "SELECT text FROM mail_outgoing WHERE recipients ? %s AND subject = %s ORDER BY id DESC LIMIT 1",
            [address, subject],
        ).fetchall()
    assert rows, f"no mail {subject!r} to {address}"
    return rows[0][0]


def link_in(text: str) -> str:
    return re.search(r"http://\S+", text)[0]


def set_up_an_app(page: Page, stand: Stand, who: str) -> None:
    page.goto(stand.url("central", "/pscof/manage/factors/add"))
    page.get_by_label("Name of this app").fill("Telephone")
    page.get_by_label("Current password").fill(person(who).password)
    page.get_by_role("button", name="Continue").click()
    address = page.locator("a[href^='otpauth:']").get_attribute("href")
    secret = re.search(r"secret=([A-Z2-7]+)", address)[1]
    page.get_by_label("Code", exact=True).fill(code_of(secret))
    page.locator("main form button").last.click()
    page.get_by_text("recovery codes").first.wait_for()


def code_of(secret: str) -> str:
    return rules.code_of(b32decode(secret), rules.step_at(datetime.now(UTC)))


def test_a_locked_out_filer_gets_in_again_by_two_people_and_her_own_mailbox(stand, visitors):
    filer = person(FILER)
    hers = visitors.signed_on(FILER).new_page()
    set_up_an_app(hers, stand, FILER)
    try:
        agent = to_the_desk(visitors, stand, AGENT)
        agent.get_by_role("searchbox").fill(filer.number)
        agent.get_by_role("button", name="Search").click()
        agent.get_by_role("link", name=filer.number, exact=True).click()
        agent.get_by_role("link", name="Verify the caller").click()
        agent.get_by_role("button", name="Mail a code").click()
        code = re.search(
            r"\d{4} \d{4}", mail_to(stand, filer.email, "The code that the PACER Service Center asks you for")
        )[0]
        agent.get_by_label("Code that the caller reads out").fill(code)
        agent.get_by_role("button", name="Check the code").click()
        agent.get_by_role("link", name="Verify further").click()
        agent.get_by_text("Called back at a number").click()
        agent.get_by_role("button", name="Note it").click()
        agent.get_by_role("link", name="Ask for a reset of the second factors").click()
        agent.get_by_label("Reason").fill("Telephone fell into the harbor")
        agent.get_by_role("button", name="Ask for a reset").click()
        agent.get_by_text("It waits for a supervisor now").wait_for()
        boss = to_the_desk(visitors, stand, SUPERVISOR)
        boss.get_by_role("link", name="Reset the second factors").first.click()
        boss.get_by_text("Telephone fell into the harbor").wait_for()
        boss.get_by_role("button", name="Approve").click()
        boss.get_by_text("Done").first.wait_for()
        hers.goto(stand.url("central", "/pscof/manage"))
        assert "/csologin/login" in hers.url, "every sign-in has ended"
        hers.goto(link_in(mail_to(stand, filer.email, "Reset PACER Password")))
        _choose(hers, "gravel tulip seventh moor")
        hers.get_by_label("New password again").fill("gravel tulip seventh moor")
        hers.locator("main form button").last.click()
        hers.goto(stand.url("central", "/login"))
        hers.get_by_label("Username").fill(FILER)
        hers.get_by_label("Password", exact=True).fill("gravel tulip seventh moor")
        hers.get_by_role("button", name="Sign in").click()
        hers.goto(stand.url("central", "/pscof/manage/history"))
        hers.get_by_text("The second factors were taken away by two people").wait_for()
    finally:
        as_before(stand, filer)
        visitors.forget(FILER)


def as_before(stand: Stand, filer) -> None:
    """For the stories after this one: her password of the cast, and no second factor."""
    other = next(one for one in (person("mquimby-law"),))
    with stand.database("central") as database:
        database.execute("DELETE FROM factor_app WHERE account_id = %s", [filer.id])
        database.execute(
            "UPDATE account SET second_factor_since = NULL, password = (SELECT password FROM account WHERE id = %s) "
            "WHERE id = %s",
            [other.id, filer.id],
        )


def test_a_question_without_an_account_is_sent_by_the_mailbox_and_answered(stand, visitors):
    guest = visitors.stranger().new_page()
    guest.goto(stand.url("central", "/help"))
    guest.get_by_role("link", name="Write to the Service Center").click()
    guest.get_by_label("Your name").fill("Wilhelmina Asante")
    guest.get_by_label("Your e-mail address").fill("wilhelmina@elsewhere.example")
    guest.get_by_label("What is it about?").select_option("linking")
    guest.get_by_label("Your message").fill("May my assistant file for me?")
    guest.get_by_role("button", name="Mail me the link").click()
    address = link_in(
        mail_to(stand, "wilhelmina@elsewhere.example", "Confirm your message to the PACER Service Center")
    )
    guest.goto(address)
    guest.get_by_role("button", name="Send it to the Service Center").click()
    guest.get_by_text("We have your message").wait_for()
    agent = to_the_desk(visitors, stand, AGENT)
    agent.get_by_role("link", name=re.compile("Tickets")).click()
    agent.get_by_role("row", name=re.compile("Wilhelmina Asante")).get_by_role("link").click()
    agent.get_by_label("Text").fill("Yes, as a filing agent with an account of the own.")
    agent.get_by_role("button", name="Send").click()
    guest.goto(address)
    guest.get_by_text("as a filing agent").wait_for()
    guest.get_by_role("button", name="My question is answered").click()
    guest.get_by_text("The ticket is closed").wait_for()


def test_an_owner_stops_by_the_mailed_link_what_somebody_asked_for_in_her_name(stand, visitors):
    owner = person("mquimby-law")
    agent = to_the_desk(visitors, stand, AGENT)
    base = stand.url("central", f"/service-center/desk/accounts/{owner.number}")
    agent.goto(f"{base}/verify")
    agent.get_by_text("Called back at a number").click()
    agent.get_by_role("button", name="Note it").click()
    agent.get_by_role("link", name="Set another e-mail address").click()
    agent.get_by_label("New e-mail address").fill("thief@elsewhere.example")
    agent.get_by_label("Reason").fill("Says that she changed firms")
    agent.get_by_role("button", name="Set another e-mail address").click()
    agent.get_by_text("Both addresses are mailed").wait_for()
    hers = visitors.stranger().new_page()
    hers.goto(link_in(mail_to(stand, owner.email, "The Service Center was asked to change your PACER account")))
    hers.get_by_text("thief@elsewhere.example").wait_for()
    hers.get_by_role("button", name="I did not ask for it").click()
    hers.get_by_role("heading", name="It is stopped").wait_for()
    agent.goto(base)
    agent.get_by_text("Stopped by the owner").wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_desk(language, stand, visitors):
    page = to_the_desk(visitors, stand, SUPERVISOR)
    speak(page, stand, "central", language)
    starts = [stand.url("central", path) for path in (
        "/service-center/desk?q=quimby", "/service-center/desk/accounts/7100002", "/service-center/desk/tickets?state=closed",
    )]  # fmt: skip
    looker = Looker()
    for _address in walk(page, starts):
        looker.look(page, colours=language == "en")
        assert page.locator("html").get_attribute("lang") == language, page.url
    assert looker.seen > 12 and not looker.wrong, looker.say()


def test_the_status_page_knows_the_courts_that_run(stand):
    told = httpx.get(stand.url("central", "/status.json"), timeout=60).json()
    assert told["central"] == "up" and {row["court_id"] for row in told["courts"]} >= {"flsb", "flsd", "ca11"}
