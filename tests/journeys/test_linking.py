"""Marisol links her court-issued account once, and those who cannot link are told why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page

from openecf.platform.demo_cast import COURT_PASSWORD
from tests.journeys.courts import CourtStory, each_court
from tests.journeys.pages import main_of, menu_of, press, whole
from tests.journeys.people import Visitors, enter, read_first, sign_on
from tests.stand import Stand, until

MARISOL = "mquimby-law"


@pytest.fixture
def unlinked(court: CourtStory, stand: Stand) -> None:
    """Marisol's login as the court issued it, also when an earlier story linked it."""
    issue_again(stand, court.id, "mquimby")


def issue_again(stand: Stand, court: str, login: str) -> None:
    with stand.database(court) as database:
        database.execute(
            """UPDATE court_user SET account = NULL, account_number = '', linked_at = NULL,
               password = CASE WHEN password = '' THEN spent_password ELSE password END, spent_password = ''
               WHERE login = %s""",
            [login],
        )
        database.execute("DELETE FROM throttle_counter WHERE key LIKE 'link%'")


def prove(page: Page, login: str, password: str) -> None:
    page.get_by_label("CM/ECF login").fill(login)
    page.get_by_label("CM/ECF password").fill(password)
    press(page, "Submit")


@each_court
def test_one_sign_on_pacer_menu_link_and_the_filing_menus(court, unlinked, stand, visitors):
    """The road of issue's first day: one sign-on, the PACER menu, linking, both letters, the filing menus."""
    page = visitors.stranger().new_page()
    page.goto(stand.url("central", "/login"))
    sign_on(page, MARISOL)
    enter(page, stand, court.id)
    assert "/csologin/login.jsf" not in page.url, "the court asks for no second sign-on"
    assert "Welcome, Marisol Quimby" in main_of(page)
    assert court.filing_menu not in menu_of(page), "not linked: the PACER menu only"
    assert {"Query", "Reports", "Utilities"} == set(menu_of(page))

    page.get_by_role("navigation", name="Main menu").get_by_role("link", name="Utilities").click()
    page.get_by_role("link", name=court.link_label).click()
    read_first(page)
    prove(page, "mquimby", COURT_PASSWORD)
    said = main_of(page)
    assert "Are these both you?" in said
    for words in ("Marisol Quimby", "7100001", "mquimby-law", "Quimby & Okafor LLP"):
        assert words in said
    assert "FL0044021" not in said, "the bar id is shown in part only"
    linked_at = datetime.now(UTC)
    press(page, "Yes, link these accounts")
    assert "Your accounts are linked" in main_of(page)
    assert court.filing_menu in menu_of(page), "the very next page has the filing menus"

    for address in ("mquimby@office.example", "mquimby-law@counsel.example"):
        letter = letter_to(stand, address, court, since=linked_at)
        assert "The old login and password no longer work." in letter["text"]
        assert "If this was not you" in letter["text"]


def letter_to(stand: Stand, address: str, court: CourtStory, since: datetime) -> dict:
    """The letter about the link that came after ``since``."""

    def arrived() -> dict | None:
        letters = (
            mail
            for mail in stand.mails(address)
            if "was linked to PACER" in mail["subject"] and stand.url(court.id) in mail["text"]
        )
        return next((mail for mail in letters if datetime.fromisoformat(mail["received"]) > since), None)

    return until(arrived, seconds=60, what=f"the letter about the link to {address}")


@each_court
def test_the_old_login_says_what_became_of_it(court, stand, visitors):
    page = visitors.stranger().new_page()
    page.goto(stand.url(court.id, "/cgi-bin/ShowLogin"))
    said = main_of(page)
    assert "You now log in with PACER" in said
    assert court.link_label in said
    assert page.get_by_role("link", name="Log in with PACER").count() == 1


def test_a_second_court_needs_no_sign_on_and_signing_out_signs_out_everywhere(stand, visitors):
    page = visitors.stranger().new_page()
    enter(page, stand, "flsb")
    sign_on(page, "hlindqvist")
    assert "Welcome, Hana Lindqvist" in main_of(page)
    for court in ("flsd", "ca11"):
        enter(page, stand, court)
        assert page.url == stand.url(court, "/"), "no form in between"
        assert "Welcome, Hana Lindqvist" in main_of(page)
    page.get_by_role("link", name="Log out").click()
    if whole(page).get_by_role("button", name="Sign out everywhere").count():
        press(page, "Sign out everywhere")
    for court in ("flsb", "flsd", "ca11"):
        until(
            lambda court=court: page.goto(stand.url(court, "/")) and page.get_by_role("link", name="Log in").count(),
            seconds=10,
            what=f"{court} to know that Hana signed out",
        )
    page.goto(stand.url("central", "/login"))
    assert page.get_by_label("Username").is_visible()


def refusal_of(visitors: Visitors, stand: Stand, court: str, who: str) -> str:
    """What a person reads who asks to link, without typing anything."""
    page = visitors.at(court, who)
    page.goto(stand.url(court, "/utilities/link"))
    read_first(page)
    return main_of(page)


@each_court
@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("oldone", "was made before August 11, 2014"),
        ("quimby-billing", "manages billing only"),
        ("frontdesk-shared", "This PACER account is shared by several people."),
        ("tokafor-law", "Your PACER account is linked to an account with this court already."),
    ],
)
def test_who_cannot_link_reads_why(court, who, says, stand, visitors):
    assert says in refusal_of(visitors, stand, court.id, who)


@each_court
def test_a_wrong_password_is_refused_and_guessing_is_slow(court, unlinked, stand, visitors):
    page = visitors.at(court.id, MARISOL)
    page.goto(stand.url(court.id, "/utilities/link"))
    read_first(page)
    said = ""
    for _try in range(8):
        prove(page, "mquimby", "not-the-password")
        said = main_of(page)
        if "tried too often" in said:
            break
        assert "This court has no account with that login and password." in said
    assert "That was tried too often with a wrong password. Wait 15 minutes, then try again." in said
    page.goto(stand.url(court.id, "/utilities/link"))
    prove(page, "mquimby", COURT_PASSWORD)
    assert "tried too often" in main_of(page), "the right password waits too"


@each_court
def test_a_login_that_is_linked_already_says_so_to_who_knows_its_password(court, unlinked, stand, visitors):
    page = visitors.at(court.id, MARISOL)
    page.goto(stand.url(court.id, "/utilities/link"))
    read_first(page)
    prove(page, "tokafor", COURT_PASSWORD)
    assert "This court login is linked to a PACER account already" in main_of(page)


@pytest.fixture
def tomorrow(stand: Stand) -> Iterator[datetime]:
    """nysb goes live in ten days, as an operator sets it; afterwards it is live again."""
    day = datetime.now(UTC) + timedelta(days=10)
    before = (datetime.now(UTC) - timedelta(days=400)).date().isoformat()
    stand.run("court", "profile", "nysb", f"live_at={day.date().isoformat()}")
    yield day
    stand.run("court", "profile", "nysb", f"live_at={before}")


def test_a_court_that_is_not_live_yet_names_its_day(tomorrow, stand, visitors):
    page = visitors.at("nysb", MARISOL)

    def told() -> str:
        page.goto(stand.url("nysb", "/utilities/link"))
        said = main_of(page)
        return said if "not live on NextGen yet" in said else ""

    said = until(told, seconds=30, every=1, what="nysb to know its new date")
    assert f"The court goes live on {tomorrow:%B} {tomorrow.day}, {tomorrow.year}." in said
