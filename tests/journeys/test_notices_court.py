"""Sentences of the notices about a court's move: the old password, the last day to reset it, old links, the list.

Told at nysb, whose hours are set as its operator sets them; afterwards it is live again, as the demonstration has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.notices import DAY, issue_again, live_again, set_hours
from tests.journeys.pages import main_of, menu_of, page_that_says, press
from tests.journeys.people import read_first, sign_on
from tests.journeys.test_linking import COURT_PASSWORD, MARISOL, prove
from tests.stand import Stand

COURT, HERE = "nysb", ZoneInfo("America/New_York")
OWN_LOGIN = "mquimby"
NEW = "three-herons-on-a-pier"
LINK_LABEL = "Link a CM/ECF account to my PACER account"


@pytest.fixture
def now(stand: Stand) -> Iterator[datetime]:
    """Stories set nysb's hours as they need them; her court password is the one that the court issued."""
    issue_again(stand, COURT, OWN_LOGIN)
    with stand.database(COURT) as database:  # nopacer's is COURT_PASSWORD too, and no story at this court changes it
        database.execute(
            "UPDATE court_user SET password = (SELECT password FROM court_user WHERE login = 'nopacer')"
            " WHERE login = %s",
            [OWN_LOGIN],
        )
    yield datetime.now(UTC)
    live_again(stand, COURT)


def announced(stand: Stand, now: datetime) -> None:
    set_hours(stand, COURT, announced_at=now - 10 * DAY, resets_end_at=now + 20 * DAY, live_at=now + 29 * DAY)


def resets_over(stand: Stand, now: datetime) -> None:
    set_hours(stand, COURT, announced_at=now - 30 * DAY, resets_end_at=now - DAY, live_at=now + 8 * DAY)


def log_in_with_the_court(page, stand: Stand, password: str) -> str:
    page.goto(stand.url(COURT, "/login/court"))
    page.get_by_label("Court login").fill(OWN_LOGIN)
    page.get_by_label("Court password").fill(password)
    press(page, "Log in")
    return main_of(page)


def new_password_by(page, link: str) -> str:
    page.goto(link)
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password again").fill(NEW)
    press(page, "Set the password")
    return main_of(page)


def test_a_password_is_reset_by_mail_before_the_last_day(now, stand, visitors):
    """If you do not know your login or password, go to the ECF login page and click Reset."""
    announced(stand, now)
    page = visitors.stranger().new_page()
    page_that_says(page, stand.url(COURT, "/login/court"), "From ")
    page.get_by_role("link", name="I do not know my password").click()
    assert "This works until" in main_of(page)
    page.get_by_label("Court login").fill(OWN_LOGIN)
    press(page, "Mail me a link")
    assert "a link is on its way" in main_of(page)
    letter = stand.mail("mquimby@office.example", "/login/court/reset/", seconds=60)
    assert "Your new password is set" in new_password_by(page, next(x for x in letter["links"] if "/reset/" in x))
    assert "do not fit" in log_in_with_the_court(page, stand, COURT_PASSWORD)
    assert "Marisol Quimby" in log_in_with_the_court(page, stand, NEW)


def test_a_password_forgotten_after_the_last_day_is_replaced_by_the_clerks_office_only(now, stand, visitors):
    """Not recoverable except by the court: told to ask it; the clerk gives a new one; it links on the first day."""
    resets_over(stand, now)
    page = visitors.stranger().new_page()
    # Not what any page has: the court's processes may keep what the story before this one set for three seconds.
    said = page_that_says(page, stand.url(COURT, "/login/court/reset"), "can no longer be reset by mail")
    assert "Ask the clerk's office" in said and "help desk" in said

    clerk = visitors.stranger().new_page()
    clerk.goto(stand.url(COURT, "/login/court?next=/court/logins"))
    clerk.get_by_label("Court login").fill("idelgado")
    clerk.get_by_label("Court password").fill(COURT_PASSWORD)
    press(clerk, "Log in")
    if "do not fit" in main_of(clerk):  # the demonstration's clerk is linked, as at a court that is live
        live_again(stand, COURT)
        clerk = visitors.at(COURT, "clerk-delgado")
        page_that_says(clerk, stand.url(COURT, "/court/logins"), "Court logins")
    clerk.get_by_label("Last name, login").fill("quimby")
    press(clerk, "Find")
    clerk.get_by_role("link", name="Quimby, Marisol").click()
    clerk.get_by_label("How you made sure").fill("called back at the number on file")
    clerk.get_by_text("Mail a link").click()
    press(clerk, "Give a new password")
    assert "A link is on its way to mquimby@office.example" in main_of(clerk)
    letter = stand.mail("mquimby@office.example", "The clerk's office sends you this link", seconds=60)
    resets_over(stand, now)
    page_that_says(page, stand.url(COURT, "/login/court"), "From ")
    assert "Your new password is set" in new_password_by(page, next(x for x in letter["links"] if "/reset/" in x))

    live_again(stand, COURT)
    page = visitors.at(COURT, MARISOL)
    page_that_says(page, stand.url(COURT, "/nextgen"), "has been live")
    page.goto(stand.url(COURT, "/utilities/link"))
    read_first(page)
    prove(page, OWN_LOGIN, COURT_PASSWORD)
    assert "ask the clerk's office: the court cannot look a password up" in main_of(page)
    prove(page, OWN_LOGIN, NEW)
    press(page, "Yes, link these accounts")
    assert "Your accounts are linked" in main_of(page)


def test_a_bookmark_and_a_password_that_the_browser_kept_lead_to_what_changed(now, stand, visitors):
    """Existing links and stored credentials no longer work after the first day: the old page says so, and what to do."""
    announced(stand, now)
    page = visitors.stranger().new_page()
    page_that_says(page, stand.url(COURT, "/login/court"), "From ")
    assert "Marisol Quimby" in log_in_with_the_court(page, stand, COURT_PASSWORD)
    page.goto(stand.url(COURT, "/filing/"))
    assert "Log in with PACER" not in main_of(page)
    live_again(stand, COURT)
    for bookmark in ("/cgi-bin/ShowLogin", "/login/court", "/login/court?next=/filing/"):
        said = page_that_says(page, stand.url(COURT, bookmark), "You now log in with PACER")
        assert LINK_LABEL in said and "one last time" in said
        assert page.locator("input[type=password]").count() == 0, "nothing for a browser to fill in"
    page.goto(stand.url(COURT, "/filing/"))
    assert "Marisol" not in main_of(page), "the session of the old login is over"
    page.goto(stand.url(COURT, "/login/court/reset"))
    assert "now uses Central Sign-On" in main_of(page)


def test_linking_waits_for_the_first_day_and_says_so(now, stand, visitors):
    """Wait until the day, then link: before it the checklist says what is done, the link page names the day."""
    announced(stand, now)
    page = visitors.at(COURT, MARISOL)
    page_that_says(page, stand.url(COURT, "/nextgen"), "goes live on NextGen")
    said = main_of(page)
    assert "Done: You have a PACER account." in said and "Done: It is upgraded." in said
    assert "Later: On or after" in said
    page.goto(stand.url(COURT, "/utilities/link"))
    day = (now + 29 * DAY).astimezone(HERE)
    assert "not live on NextGen yet" in main_of(page) and f"{day:%B}" in main_of(page)


def test_a_court_that_is_not_live_keeps_its_own_login_and_the_list_says_which(now, stand, visitors):
    """You continue to use your CM/ECF login in courts that have not moved; see the list of the courts that have."""
    announced(stand, now)
    page = visitors.stranger().new_page()
    page_that_says(page, stand.url(COURT, "/"), "Log in to file (court login)")
    assert "Marisol Quimby" in log_in_with_the_court(page, stand, COURT_PASSWORD)
    page.get_by_role("navigation", name="Main menu").get_by_role("link", name="Bankruptcy").first.click()
    assert "/filing/" in page.url
    page_that_says(page, stand.url("central", "/courts?q=nysb"), "Not yet: its own login")
    page.goto(stand.url("central", "/courts?q=flsb"))
    assert "Not yet" not in main_of(page)


def test_the_preparation_sheet_is_printed(now, stand, visitors):
    """A sheet to record the court-issued login on: on paper it has the lines to fill in and nothing of the page round it."""
    announced(stand, now)
    page = visitors.stranger().new_page()
    page_that_says(page, stand.url(COURT, "/nextgen"), "goes live on NextGen")
    page.get_by_role("link", name="A sheet to write them on").click()
    said = main_of(page)
    for line in ("Court login (as this court issued it)", "Court password", "PACER account number (7 digits)"):
        assert line in said
    assert page.locator("main input").count() == 0, "nothing is typed into the page: it goes nowhere"
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print").click()
    assert page.title() == "printed"
    page.emulate_media(media="print")
    assert page.locator("table.ecf-sheet").is_visible()
    assert not page.locator(".ecf-menu").is_visible() and not page.get_by_role("button", name="Print").is_visible()
    assert page.pdf(format="Letter")[:4] == b"%PDF"


@pytest.mark.parametrize(
    ("language", "chosen", "words"),
    [
        ("es", "Español", ("Información", "cuenta de PACER", "vincul")),
        ("ht", "Kreyòl", ("PACER", "kont", "lye")),
    ],
)
def test_the_courts_pages_are_read_in_spanish_and_haitian_creole(language, chosen, words, now, stand, visitors):
    """Translate: Español | Creole. One choice, and it stays on the pages that follow, up to the sign-on."""
    page = visitors.stranger().new_page()
    page.goto(stand.url("flsb", "/nextgen"))
    page.get_by_role("button", name=chosen).or_(page.get_by_role("link", name=chosen)).first.click()
    page.wait_for_load_state("domcontentloaded")
    for path in ("/nextgen", "/nextgen/preparation-sheet", "/login/court", "/"):
        page.goto(stand.url("flsb", path))
        assert page.locator("html").get_attribute("lang") == language, path
    page.goto(stand.url("flsb", "/nextgen"))
    said = main_of(page)
    for word in words:
        assert word.lower() in said.lower(), said[:400]
    assert "With NextGen you log in once" not in said
    page.locator("main a[href$='/nextgen/notices/2']").click()
    assert page.locator("main h1").get_attribute("lang") == language, "the court's own notice, too"
    page.goto(stand.url("flsb", "/login"))
    assert page.locator("html").get_attribute("lang") == language, "Central Sign-On goes on in the language"


def test_one_sign_on_opens_every_court(stand, visitors):
    """Single-login access to all federal courts: two bankruptcy courts, a district and an appellate one."""
    page = visitors.stranger().new_page()
    page.goto(stand.url("central", "/login"))
    sign_on(page, "hlindqvist")
    for court in ("flsb", "nysb", "flsd", "ca11"):
        page.goto(stand.url(court, "/login"))
        read_first(page)
        assert "Welcome, Hana Lindqvist" in main_of(page), court
        assert menu_of(page)
