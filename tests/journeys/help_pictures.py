"""``python -m tests.journeys.help_pictures``: the pictures of the Service Center's guides, taken anew from a demonstration.

``OPENECF_STAND`` borrows an installation that runs; it is left as a demonstration that was played with. Those of
upgrading and of linking at a bankruptcy court are the courts' own guides' (``guide_pictures``), taken here once more.
"""

from __future__ import annotations

import shutil

from playwright.sync_api import sync_playwright

import openecf.central.service_center
from tests.journeys import guide_pictures
from tests.journeys.conftest import CHROMIUM, SWITCHES
from tests.journeys.guide_pictures import COURT, LEGACY, WINDOW, keep
from tests.journeys.people import Visitors
from tests.journeys.pictures import an_installation
from tests.stand import Stand, person

TO_TOP = "element => element.scrollIntoView()"
PLACE = ("static", "service_center", "guides")


def beginning(visitors: Visitors, stand: Stand) -> None:
    """A new account, the second factor, registering at a court."""
    page = visitors.stranger(viewport=WINDOW).new_page()
    page.goto(stand.url("central", "/pscof/register"))
    keep(page, "start-1")
    page = visitors.signed_on("nhalloran-law", viewport=WINDOW).new_page()
    page.goto(stand.url("central", "/pscof/manage/factors"))
    page.get_by_role("heading", name="Two-step sign-in").evaluate(TO_TOP)
    keep(page, "start-3")
    page.goto(stand.url("central", "/pscof/manage/maintenance"))
    page.get_by_role("heading", name="Maintenance", exact=True).evaluate(TO_TOP)
    keep(page, "start-4")


def registering(visitors: Visitors, stand: Stand, kind: str, name: str) -> None:
    """The first page of a registration with that kind of account chosen."""
    page = visitors.stranger(viewport=WINDOW).new_page()
    page.goto(stand.url("central", "/pscof/register"))
    page.locator(f"label[for={page.locator(f'input[value={kind}]').get_attribute('id')}]").click()
    page.locator("fieldset").evaluate(TO_TOP)
    keep(page, name)


def firm(visitors: Visitors, stand: Stand) -> None:
    """A firm asks an account, its owner is asked, the firm's rules and its members. The question is taken back."""
    page = visitors.signed_on("quimby-billing", viewport=WINDOW).new_page()
    page.goto(stand.url("central", "/pscof/firm"))
    page.get_by_role("heading", name="Members").evaluate(TO_TOP)
    keep(page, "firms-5")
    asked = person("tokafor-law")
    page.get_by_label("Account number").fill(asked.number)
    page.get_by_label("Last name of its owner").fill(asked.last)
    page.get_by_role("heading", name="Ask an account to join").evaluate(TO_TOP)
    keep(page, "firms-2")
    page.get_by_role("button", name="Ask", exact=True).click()
    member = visitors.signed_on(asked.username, viewport=WINDOW).new_page()
    member.goto(stand.url("central", "/pscof/manage/firm"))
    member.get_by_role("heading", name="Who pays for this account").evaluate(TO_TOP)
    keep(member, "firms-3")
    page.goto(stand.url("central", "/pscof/firm/rules"))
    page.get_by_label("Format of client codes").fill("AA-9999")
    page.get_by_text("Members must give a client code to search").click()
    page.get_by_role("heading", name="Rules for members").evaluate(TO_TOP)
    keep(page, "firms-4")
    page.goto(stand.url("central", "/pscof/firm/requests"))
    page.get_by_role("button", name="Take back").first.click()


def agents(visitors: Visitors, stand: Stand) -> None:
    """Where an attorney names an agent, and where the agent chooses; what an office's shared account reads."""
    page = visitors.at("flsb", "tokafor-law", viewport=WINDOW)
    page.goto(stand.url("flsb", "/utilities/agents"))
    page.get_by_role("heading", name="Add a filing agent").evaluate(TO_TOP)
    keep(page, "agents-3")
    page = visitors.at("flsb", "isedgwick", viewport=WINDOW)
    page.goto(stand.url("flsb", "/utilities/acting"))
    keep(page, "agents-4")
    page = visitors.at("flsb", "frontdesk-shared", viewport=WINDOW)
    page.goto(stand.url("flsb", "/utilities/link"))
    keep(page, "own-1")


def upgrading(visitors: Visitors, stand: Stand) -> None:
    """The steps of upgrading after those that the courts' own guides show. The account stays as it was."""
    page = visitors.signed_on(LEGACY, viewport=WINDOW).new_page()
    page.goto(stand.url("central", "/pscof/upgrade/person"))
    for name in ("upgrade-4", "upgrade-5"):
        page.get_by_role("button", name="Continue").last.click()
        page.locator(".ecf-step-heading").evaluate(TO_TOP)
        keep(page, name)


def main() -> None:
    guide_pictures.PICTURES = guide_pictures.Path(openecf.central.service_center.__file__).parent.joinpath(*PLACE)
    guide_pictures.PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = next(path for name in CHROMIUM if (path := shutil.which(name)))
    with an_installation() as stand, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(SWITCHES))
        visitors = Visitors(browser, stand)
        beginning(visitors, stand)
        guide_pictures.upgrade(visitors, stand, LEGACY)
        upgrading(visitors, stand)
        for court, name in ((COURT, "link"), ("flsd", "district"), ("ca11", "appellate")):
            guide_pictures.link(visitors, stand, court, name)
        registering(visitors, stand, "paa", "firms-1")
        registering(visitors, stand, "non-attorney", "agents-1")
        firm(visitors, stand)
        agents(visitors, stand)
        browser.close()


if __name__ == "__main__":
    main()
