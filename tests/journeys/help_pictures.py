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
from tests.journeys.guide_pictures import LEGACY, WINDOW, keep
from tests.journeys.people import Visitors, read_first
from tests.journeys.pictures import an_installation
from tests.stand import Stand

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


def linking(visitors: Visitors, stand: Stand, court: str, name: str) -> None:
    """Where the item is, and where the court's login is typed."""
    page = visitors.at(court, "mquimby-law", viewport=WINDOW)
    page.goto(stand.url(court, "/utilities/"))
    keep(page, f"{name}-2")
    page.goto(stand.url(court, "/utilities/link"))
    read_first(page)
    keep(page, f"{name}-3")


def main() -> None:
    guide_pictures.PICTURES = guide_pictures.Path(openecf.central.service_center.__file__).parent.joinpath(*PLACE)
    guide_pictures.PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = next(path for name in CHROMIUM if (path := shutil.which(name)))
    with an_installation() as stand, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(SWITCHES))
        visitors = Visitors(browser, stand)
        beginning(visitors, stand)
        guide_pictures.upgrade(visitors, stand, LEGACY)
        guide_pictures.link(visitors, stand)
        for court, name in (("flsd", "district"), ("ca11", "appellate")):
            linking(visitors, stand, court, name)
        browser.close()


if __name__ == "__main__":
    main()
