"""A day's notices in one mail: chosen in Manage My Account, kept by the court, read at the end of the day."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.journeys.courts import BANKRUPTCY
from tests.journeys.filing import Filing
from tests.journeys.looking import Looker
from tests.journeys.notices import run_job
from tests.journeys.pages import main_of, page_that_says, press
from tests.journeys.people import Visitors
from tests.stand import Stand, person, until

COURT = "flsb"
ONCE_A_DAY = "Once a day, a summary of all filings"
AT_ONCE = "At once, one e-mail for each filing"
PETRA = "pvandermeer@counsel.example"
OVER = """
UPDATE notice_summary SET day = day - 30;
UPDATE notice SET at = at - interval '1 day';
UPDATE notice_summary_line SET at = at - interval '1 day';
DELETE FROM notice_summary_day WHERE day > current_date - 4;
"""
"""The day is over, told to the court's database because no page can: notices are of yesterday."""


def choose(page: Page, stand: Stand, often: str, username: str = "pvandermeer") -> None:
    """Say in Manage My Account how often notices come, and wait until the court has heard of it."""
    page.goto(stand.url("central", "/pscof/manage/efile/email"))
    page.locator("label", has_text=often).click()
    page.get_by_label("Current password").fill(person(username).password)
    press(page, "Save")


def summary(stand: Stand, text: str) -> dict | None:
    """The mail that tells of a filing. The job is told to look again: a worker keeps the court's hour for three seconds."""
    run_job(stand, COURT, "openecf.notices.summaries", queue="mail")
    return next((mail for mail in stand.mails(PETRA) if text in mail["text"]), None)


@pytest.fixture
def petra(visitors: Visitors, stand: Stand) -> Iterator[Page]:
    """Opposing counsel, who gets her notices once a day until the story is over."""
    page = visitors.signed_on("pvandermeer").new_page()
    choose(page, stand, ONCE_A_DAY)
    yield page
    choose(page, stand, AT_ONCE)
    visitors.leave()


def test_who_chose_a_summary_gets_the_days_filings_in_one_mail_with_a_free_look_each(
    petra: Page, visitors: Visitors, stand: Stand
):
    her = visitors.at(COURT, "pvandermeer")
    page_that_says(her, stand.url(COURT, "/utilities/email"), ONCE_A_DAY)
    looker = Looker()
    looker.look(her)
    her.get_by_role("link", name="Change pvandermeer@counsel.example").click()
    looker.look(her)
    tobias = visitors.at(COURT, "tokafor-law")
    texts = []
    for _n in range(2):
        filing = Filing(tobias, stand, BANKRUPTCY)
        filing.up_to_final()
        filing.submit()
        texts.append(filing.text_on_docket)
    for text in texts:
        assert stand.mail("tokafor-law@counsel.example", text), "he is told at once"
        assert not any(text in mail["text"] for mail in stand.mails(PETRA)), "and she is not"
    stand.run("court", "profile", COURT, "summaries_at=00:00")
    with stand.database(COURT) as database:
        database.execute(OVER)
    mail = until(lambda: summary(stand, texts[0]), seconds=40, every=3, what="the day's summary")
    assert re.match(r"\d+ filings on \d\d/\d\d/\d{4}: ", mail["subject"])
    assert all(text in " ".join(mail["text"].split()) and text in " ".join(mail["html"].split()) for text in texts)
    links = re.findall(r'href="([^"]+/docs?1/[^"]+magic_num=\d+[^"]*)"', mail["html"].replace("&amp;", "&"))
    assert len(set(links)) == len(links) >= 2, "each filing opens by a link of its own"
    stranger = visitors.stranger().new_page()
    stranger.goto(links[-1])
    stranger.locator("table.ecf-documents a").first.click()
    assert "View document" in main_of(stranger), "without signing on, and nothing is charged"
    assert len([each for each in stand.mails(PETRA) if texts[1] in " ".join(each["text"].split())]) == 1
    assert not looker.wrong, looker.say()


def test_the_clerks_office_announces_something_to_those_who_want_to_hear_it(visitors: Visitors, stand: Stand):
    simeon = visitors.at(COURT, "slarkspur-law")
    simeon.goto(stand.url(COURT, "/utilities/email"))
    simeon.locator("label", has_text="General announcements of the court").click()
    press(simeon, "Save")
    clerk, looker = visitors.at(COURT, "clerk-delgado"), Looker()
    clerk.goto(stand.url(COURT, "/court/"))
    clerk.get_by_role("link", name="Announcements by e-mail").click()
    looker.look(clerk)
    clerk.get_by_label("Title").fill("The intake desk moves to the second floor")
    clerk.get_by_label("Text").fill("From Monday on.\n\nFiling on line goes on as ever.")
    press(clerk, "Look at it before sending")
    assert "The intake desk moves" in main_of(clerk) and "cannot be taken back" in main_of(clerk)
    looker.look(clerk)
    press(clerk, "Send")
    assert "mails written" in page_that_says(clerk, clerk.url, "mails written")
    looker.look(clerk)
    told = stand.mail(PETRA, "second floor")
    assert "From Monday on." in told["text"] and "/utilities/email" in told["text"]
    assert not any("second floor" in mail["subject"] for mail in stand.mails("slarkspur-law@counsel.example"))
    assert not looker.wrong, looker.say()
