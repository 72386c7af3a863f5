"""Sentences of the notices about accounts: one's own, never shared; upgraded once; linked once; the menus after it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.courts import BANKRUPTCY, CourtStory
from tests.journeys.looking import Looker
from tests.journeys.notices import (
    OWN_PASSWORD,
    issue_again,
    register,
    upgrade_security,
    upgrade_to_security,
)
from tests.journeys.pages import main_of, menu_of, press, whole
from tests.journeys.people import enter, read_first, sign_on
from tests.journeys.test_linking import COURT_PASSWORD, MARISOL, prove
from tests.stand import Stand, person

PACER_MENU = {"Query", "Reports", "Utilities"}


def test_an_attorney_who_shares_an_office_login_gets_one_of_her_own_and_links_it(stand, visitors):
    """Shared PACER accounts cannot be used; obtain your own individual account: refused, told why and how, linked."""
    issue_again(stand, "flsb", "nopacer")
    page = visitors.at("flsb", "frontdesk-shared")
    assert menu_of(page) and BANKRUPTCY.filing_menu not in menu_of(page)
    page.goto(stand.url("flsb", "/utilities/link"))
    read_first(page)
    said = main_of(page)
    assert "shared by several people" in said and "whose act a filing was" in said
    assert page.get_by_label("CM/ECF login").count() == 0, "nobody is asked for a password that cannot help"

    own = f"ofrimpong{time.time_ns() % 10**8}"
    page.get_by_role("link", name="Register for an account").last.click()
    register(page, stand, own)
    assert "Your account is ready" in main_of(page) and own in main_of(page)

    alone = visitors.stranger().new_page()
    enter(alone, stand, "flsb")
    sign_on(alone, own, OWN_PASSWORD)
    assert set(menu_of(alone)) == PACER_MENU
    alone.get_by_role("navigation", name="Main menu").get_by_role("link", name="Utilities").click()
    alone.get_by_role("link", name=BANKRUPTCY.link_label).click()
    read_first(alone)
    prove(alone, "nopacer", COURT_PASSWORD)
    assert "Odalys Frimpong" in main_of(alone)
    press(alone, "Yes, link these accounts")
    assert BANKRUPTCY.filing_menu in menu_of(alone)


def test_before_linking_there_is_a_pacer_menu_only_and_a_refresh_gives_the_filing_menus(stand, visitors):
    """The notice's words: at first only a PACER menu; once linked, a refresh gives the CM/ECF menus."""
    issue_again(stand, "flsb", "mquimby")
    first, second = (visitors.at("flsb", MARISOL) for _tab in range(2))
    assert set(menu_of(first)) == set(menu_of(second)) == PACER_MENU
    second.goto(stand.url("flsb", "/filing/"))
    assert "Link your court-issued account first" in main_of(second)
    second.goto(stand.url("flsb", "/"))
    first.goto(stand.url("flsb", "/utilities/link"))
    read_first(first)
    prove(first, "mquimby", COURT_PASSWORD)
    press(first, "Yes, link these accounts")
    assert set(menu_of(second)) == PACER_MENU, "the page that was open before"
    second.reload()
    assert BANKRUPTCY.filing_menu in menu_of(second)
    second.get_by_role("navigation", name="Main menu").get_by_role("link", name="Bankruptcy").first.click()
    assert "/filing/" in second.url


@pytest.fixture
def legacy(stand: Stand, visitors):
    """Walter's account as it was before August 11, 2014."""
    visitors.forget("oldone")
    yield "oldone"
    visitors.forget("oldone")


def test_how_do_i_know_whether_my_account_is_upgraded(legacy, stand, visitors):
    """Log into Manage My Account and check the Account Type, or click on any option: you are prompted to upgrade."""
    page = visitors.stranger().new_page()
    page.goto(stand.url("central", "/nextgen"))
    assert "How do I know if I have an upgraded account?" in main_of(page)
    page.get_by_role("link", name="Verify your upgrade status").click()
    sign_on(page, legacy)
    said = main_of(page)
    assert "Legacy PACER Account" in said and "Upgrade this account" in said
    for option in ("Change user name", "Change password", "Change e-mail address", "PACER billing preferences"):
        page.goto(stand.url("central", "/pscof/manage"))
        link = page.get_by_role("link", name=option)
        if link.count():
            link.click()
            assert "/pscof/upgrade" in page.url, option


@pytest.fixture
def as_before(stand: Stand) -> Iterator[None]:
    """After the story Walter's account is a legacy one again."""
    columns = "username, password, upgraded_at, email, mailbox, city, county, address1, zip, phone, firm, user_type"
    with stand.database("central") as database:
        row = database.execute(f"SELECT id, {columns} FROM account WHERE number = '7100005'").fetchone()  # noqa: S608
    yield
    places = ", ".join(f"{name} = %s" for name in columns.split(", "))
    with stand.database("central") as database:
        database.execute(f"UPDATE account SET {places} WHERE id = %s", [*row[1:], row[0]])  # noqa: S608


def a_quarter_of_an_hour_later(stand: Stand) -> None:
    """Walter left his place, and anybody may sit there."""
    with stand.database("central") as database:
        database.execute(
            "UPDATE signon_session SET auth_time = auth_time - interval '16 minutes' WHERE account_id = %s",
            [person("oldone").id],
        )


def test_an_account_is_upgraded_step_by_step_and_opens_the_courts(legacy, as_before, stand, visitors):
    """How do I upgrade: Person, Address, Security, once for all courts; then a court lets its owner search."""
    page = visitors.stranger().new_page()
    page.goto(stand.url("central", "/pscof/manage"))
    sign_on(page, legacy)
    page.goto(stand.url("central", "/pscof/manage"))
    page.locator("main").get_by_role("link", name="Upgrade", exact=True).first.click()
    name = f"brandywine{time.time_ns() % 10**6}"
    upgrade_to_security(page)
    assert not page.get_by_label("Current password").count(), "he signed on a moment ago"
    a_quarter_of_an_hour_later(stand)
    looker = Looker()
    upgrade_security(page, name, current="")
    looker.look(page)
    upgrade_security(page, name, current="not-his-password")
    expect(page.locator("main")).to_contain_text("The current password is not right")
    looker.look(page)
    upgrade_security(page, name, current=person(legacy).password)
    assert not looker.wrong, looker.say()
    assert "Upgrade complete" in main_of(page) and name in main_of(page)
    page.get_by_role("link", name="Close").click()
    assert "Account Type Upgraded PACER Account" in main_of(page)
    own = visitors.stranger().new_page()
    enter(own, stand, "flsb")
    sign_on(own, name, OWN_PASSWORD)
    assert set(menu_of(own)) == PACER_MENU
    assert "Done: It is upgraded." in main_of(own)


def test_a_newer_account_reads_upgraded(stand, visitors):
    page = visitors.signed_on("hlindqvist").new_page()
    page.goto(stand.url("flsb", "/nextgen"))
    page.get_by_role("link", name="Verify your upgrade status").click()
    if whole(page).get_by_label("Username").count():
        sign_on(page, "hlindqvist")
    said = main_of(page)
    assert "Account Type Upgraded PACER Account" in said and "Upgrade this account" not in said


def test_an_account_that_is_not_upgraded_works_at_no_court(legacy, stand, visitors):
    """Only upgraded accounts will work with NextGen: told at the sign-on, and at each door of each court."""
    page = visitors.stranger().new_page()
    page.goto(stand.url("flsb", "/login"))
    page.get_by_label("Username").fill(legacy)
    page.get_by_label("Password", exact=True).fill("lantern-harbor-juniper")
    press(page, "Sign in")
    assert "Upgrade it once, for all courts" in main_of(page)
    read_first(page)
    for path in ("/cgi-bin/iquery.pl", "/filing/", "/utilities/"):
        page.goto(stand.url("flsb", path))
        assert "Your PACER account has to be upgraded" in main_of(page), path
    page.goto(stand.url("flsb", "/utilities/link"))
    assert "is not upgraded. Upgrade it in Manage My Account" in main_of(page)


@pytest.mark.parametrize("court", [BANKRUPTCY], ids=str)
def test_an_account_upgraded_for_another_court_starts_at_linking(court: CourtStory, stand, visitors):
    """Upgraded once for all: Tobias files at two courts already; at this one nobody asks him to upgrade again."""
    with stand.database(court.id) as database:
        database.execute(
            "UPDATE court_user SET account = NULL, account_number = '', linked_at = NULL, password = spent_password,"
            " spent_password = '' WHERE login = 'tokafor' AND spent_password <> ''"
        )
        database.execute("DELETE FROM throttle_counter WHERE key LIKE 'link%%'")
        held = database.execute("SELECT password FROM court_user WHERE login = 'tokafor'").fetchone()[0]
    assert held, "the court's login of Tobias is as it was issued"
    page = visitors.stranger().new_page()
    enter(page, stand, "nysb")
    sign_on(page, "tokafor-law")
    assert "Bankruptcy" in menu_of(page), "he files at the other court"
    enter(page, stand, court.id)
    said = main_of(page)
    assert "Done: It is upgraded." in said and "To do: If you file at this court, link it:" in said
    page.locator("main").get_by_role("link", name=court.link_label).click()
    read_first(page)
    prove(page, "tokafor", COURT_PASSWORD)
    press(page, "Yes, link these accounts")
    assert court.filing_menu in menu_of(page)
    visitors.forget("tokafor-law")
