"""A new account and its letter, from the desk that prints it to the first search; and an exemption that is chosen when
signing on."""

from __future__ import annotations

import re

import pypdfium2
from playwright.sync_api import Page, expect

from tests.journeys.looking import Looker
from tests.journeys.pages import main_of, opened, press
from tests.journeys.people import Visitors, enter
from tests.journeys.test_service_center import AGENT, to_the_desk
from tests.stand import Stand, person, until

WINIFRED, TOBIAS = "wgreenaway", "tokafor-law"


def waits_again(stand: Stand) -> None:
    """Winifred waits for a letter that nobody printed, whatever an earlier run did."""
    hers = [person(WINIFRED).id]
    with stand.database("central") as central:
        central.execute("DELETE FROM account_activation_letter WHERE account_id = %s", hers)
        central.execute("INSERT INTO account_activation_letter (account_id, asked_at, printings, digest) "
                        "VALUES (%s, now(), 0, '')", hers)  # fmt: skip
        central.execute("UPDATE account SET search_status = 'inactive', search_note = 'letter' WHERE id = %s", hers)
        central.execute("DELETE FROM throttle_counter WHERE key LIKE 'activation:%%'")


def token_on_paper(page: Page, button: str | re.Pattern) -> str:
    """The token of Winifred's letter, as it comes out of the printer."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    sheets = [one.get_textpage().get_text_bounded() for one in pypdfium2.PdfDocument(download.value.path())]
    hers = next(sheet for sheet in sheets if person(WINIFRED).number in sheet)
    assert "Winifred Greenaway" in hers and "Activate case search" in hers
    return re.search(r"\b(?:[2-9A-Y]{4}-){2}[2-9A-Y]{4}\b", hers)[0]


def test_a_new_account_searches_once_the_token_of_its_letter_was_typed(stand: Stand, visitors: Visitors):
    waits_again(stand)
    visitors.forget(WINIFRED)
    looker, hers = Looker(), visitors.signed_on(WINIFRED).new_page()
    enter(hers, stand, "flsb")
    hers.goto(stand.url("flsb", "/cgi-bin/iquery.pl"))
    assert "Your account cannot search cases at present" in main_of(hers)
    hers.get_by_role("link", name="Manage My Account").first.click()
    assert "You cannot search cases yet" in main_of(hers)
    looker.look(hers)
    hers.get_by_role("link", name="Activate case search").click()
    assert "1 Lantern Street" in main_of(hers) and "prints it on its next working day" in main_of(hers)
    looker.look(hers)

    desk = to_the_desk(visitors, stand, AGENT)
    desk.get_by_role("link", name=re.compile("Letters")).click()
    looker.look(desk)
    spoiled = token_on_paper(desk, re.compile(r"Print \d+ letter"))
    desk.reload()
    looker.look(desk)
    token = token_on_paper(desk, "Print the chosen ones again")
    desk.goto(desk.url)
    press(desk, "Mark the chosen ones as mailed")
    assert "Marked as mailed: " in main_of(desk)
    stand.mail(person(WINIFRED).email, "activation token")

    for typed, said in ((spoiled, "not the token of your latest letter"), ("", "Type the token of your letter")):
        hers.get_by_label("Activation token").fill(typed)
        press(hers, "Activate")
        assert said in main_of(hers)
    looker.look(hers)
    hers.get_by_label("Activation token").fill(token.lower().replace("-", " "))
    press(hers, "Activate")
    assert "Case search is active" in main_of(hers)
    query = stand.url("flsb", "/cgi-bin/iquery.pl")
    until(lambda: "cannot search" not in opened(hers, query), seconds=20, what="the court to ask who she is again")
    expect(hers.get_by_role("button", name="Run query")).to_be_visible()  # by itself, over her sign-on
    assert not looker.wrong, looker.say()


def test_an_appointed_attorney_chooses_at_the_sign_on_to_read_as_exempt(stand: Stand, visitors: Visitors):
    looker, page = Looker(), visitors.stranger().new_page()
    page.goto(stand.url("flsb", "/"))
    page.get_by_role("link", name="Log in", exact=True).first.click()
    page.get_by_label("Username").fill(TOBIAS)
    page.get_by_label("Password", exact=True).fill(person(TOBIAS).password)
    press(page, "Sign in")
    expect(page.get_by_label("Not exempt: what I look at is charged")).to_be_checked()
    looker.look(page)
    page.get_by_text("I understand that, if I file").click()
    page.get_by_text(re.compile(r"Exempt: CJA panel attorney")).click()
    press(page, "Continue")
    page.goto(stand.url("flsb", "/cgi-bin/iquery.pl"))
    assert "You read as exempt from fees." in main_of(page)
    page.get_by_role("link", name="Change PACER exemption status").first.click()
    page.get_by_text("not exempt: what I look at is charged").click()
    page.locator("main form button").last.click()
    page.goto(stand.url("flsb", "/cgi-bin/iquery.pl"))
    assert "You are not exempt in this sign-on" in main_of(page)
    assert not looker.wrong, looker.say()
