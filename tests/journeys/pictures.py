"""``python -m tests.journeys.pictures``: the README's pictures, taken anew from a running demonstration.

``OPENECF_STAND`` borrows an installation that runs; else one is started. Pictures are palette PNGs, each below 150 KB.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from openecf.platform.demo_cast import COURT_PASSWORD
from tests.journeys.conftest import CHROMIUM, SWITCHES
from tests.journeys.courts import BANKRUPTCY, DISTRICT
from tests.journeys.filing import Filing
from tests.journeys.people import Visitors, enter, read_first
from tests.stand import Stand

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
MOST_BYTES = 150_000
DESK, PHONE = {"width": 1160, "height": 760}, {"width": 390, "height": 1100}
TALL = {"width": 1160, "height": 1150}


def keep(page: Page, name: str) -> None:
    """One picture of what the window shows, with as many colours as fit into the size."""
    page.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (128, 64, 32, 16):
        out = io.BytesIO()
        shot.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() < MOST_BYTES:
            break
    path = PICTURES / f"{name}.png"
    path.write_bytes(out.getvalue())
    print(f"{path.relative_to(PICTURES.parents[1])}: {out.tell() // 1000} KB, {colours} colours", flush=True)


def central(visitors: Visitors, stand: Stand) -> None:
    """The central site's front page, its sign-on, and an account's own page."""
    page = visitors.stranger(viewport=DESK).new_page()
    page.goto(stand.url("central", "/"))
    keep(page, "central")
    enter(page, stand, BANKRUPTCY.id)
    keep(page, "sign-on")
    page = visitors.signed_on("tokafor-law", viewport=DESK).new_page()
    page.goto(stand.url("central", "/pscof/manage"))
    keep(page, "manage-account")


def link(visitors: Visitors, stand: Stand) -> None:
    """Both identities, side by side."""
    page = visitors.at(BANKRUPTCY.id, "mquimby-law", viewport=DESK)
    page.goto(stand.url(BANKRUPTCY.id, "/utilities/link"))
    read_first(page)
    if page.get_by_label("CM/ECF login").count():
        page.get_by_label("CM/ECF login").fill("mquimby")
        page.get_by_label("CM/ECF password").fill(COURT_PASSWORD)
        page.get_by_role("button", name="Submit", exact=True).click()
        keep(page, "link")


def filing(visitors: Visitors, stand: Stand) -> None:
    """The last page before a filing, and the notice after it, down to its stamps."""
    made = Filing(visitors.at(DISTRICT.id, "tokafor-law", viewport=DESK), stand, DISTRICT)
    made.up_to_final()
    keep(made.page, "file-final")
    made.submit()
    made.page.set_viewport_size(TALL)
    made.page.locator(".ecf-notice").evaluate("element => element.scrollIntoView()")
    keep(made.page, "notice")


def docket(visitors: Visitors, stand: Stand) -> None:
    """A docket sheet on a desk and on a phone."""
    for size, name in ((TALL, "docket"), (PHONE, "docket-phone")):
        page = visitors.at(DISTRICT.id, "hlindqvist", viewport=size)
        page.goto(stand.url(DISTRICT.id, "/cgi-bin/iquery.pl"))
        page.get_by_label("Case number").fill(DISTRICT.typed)
        page.get_by_role("button", name="Run query").click()
        page.get_by_role("link", name="Docket sheet", exact=True).last.click()
        page.locator("main form [type=submit]").click()
        if size is TALL:  # parties above, entries below
            top = page.locator("main table[rules=all]").bounding_box()["y"]
            page.evaluate("top => window.scrollTo(0, top)", top - TALL["height"] / 2)
        keep(page, name)


def moving(visitors: Visitors, stand: Stand) -> None:
    """Which courts have moved, and what a court tells its filers of it."""
    page = visitors.stranger(viewport=DESK).new_page()
    page.goto(stand.url("central", "/courts"))
    keep(page, "courts")
    page = visitors.at(BANKRUPTCY.id, "mquimby-law", viewport=TALL)
    page.goto(stand.url(BANKRUPTCY.id, "/nextgen"))
    keep(page, "nextgen")


def registering(visitors: Visitors, stand: Stand) -> None:
    """Somebody who is new at a court, on the desk of its clerk."""
    page = visitors.at(BANKRUPTCY.id, "clerk-delgado", viewport=TALL)
    page.goto(stand.url(BANKRUPTCY.id, "/court/registrations"))
    page.get_by_role("link", name="Oduya, Bastien").click()
    keep(page, "registration")


def agents(visitors: Visitors, stand: Stand) -> None:
    """A filing agent chooses whom to act for."""
    page = visitors.at(BANKRUPTCY.id, "isedgwick", viewport=DESK)
    page.goto(stand.url(BANKRUPTCY.id, "/utilities/acting"))
    keep(page, "acting")


def help_and_money(visitors: Visitors, stand: Stand) -> None:
    """The questions that people have, and the bill."""
    page = visitors.stranger(viewport=DESK).new_page()
    page.goto(stand.url("central", "/help"))
    keep(page, "help")
    page = visitors.signed_on("hlindqvist", viewport=TALL).new_page()
    page.goto(stand.url("central", "/pscof/manage/payments"))
    keep(page, "payments")


@contextmanager
def an_installation() -> Iterator[Stand]:
    borrowed = os.environ.get("OPENECF_STAND")
    stand = Stand(Path(borrowed) if borrowed else None)
    try:
        yield stand
    finally:
        stand.discard()


def main() -> int:
    PICTURES.mkdir(parents=True, exist_ok=True)
    found = next(path for name in CHROMIUM if (path := shutil.which(name)))
    with an_installation() as stand, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(SWITCHES))
        visitors = Visitors(browser, stand)
        for scene in (central, docket, moving, registering, agents, help_and_money, filing, link):
            scene(visitors, stand)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
