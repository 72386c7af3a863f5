"""``python -m tests.journeys.guide_pictures``: the pictures of the courts' guides, taken anew from a demonstration.

``OPENECF_STAND`` borrows an installation that runs; it is left as a demonstration that was played with. Pictures are
palette PNGs, each below 40 KB, of what the page's main part shows.
"""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

import openecf.court.transition
from openecf.platform.demo_cast import COURT_PASSWORD
from tests.journeys.conftest import CHROMIUM, SWITCHES
from tests.journeys.notices import DAY, issue_again, live_again, set_hours
from tests.journeys.people import Visitors, read_first
from tests.journeys.pictures import an_installation
from tests.stand import Stand

PICTURES = Path(openecf.court.transition.__file__).parent / "static" / "transition" / "guides"
MOST_BYTES = 40_000
WINDOW = {"width": 900, "height": 640}
COURT, LEGACY, FILER, LOGIN = "nysb", "oldone", "mquimby-law", "mquimby"


def keep(page: Page, name: str) -> None:
    """What the window shows, with as many colours as fit into the size."""
    page.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (64, 32, 16, 8):
        out = io.BytesIO()
        shot.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() < MOST_BYTES:
            break
    (PICTURES / f"{name}.png").write_bytes(out.getvalue())
    print(f"{name}.png: {out.tell() // 1000} KB, {colours} colours", flush=True)


def upgrade(visitors: Visitors, stand: Stand, legacy: str) -> None:
    page = visitors.signed_on(legacy, viewport=WINDOW).new_page()
    page.goto(stand.url("central", "/pscof/manage"))
    keep(page, "upgrade-1")
    page.get_by_role("link", name="Upgrade").first.click()
    keep(page, "upgrade-2")
    page.get_by_role("link", name="Begin").click()
    page.locator("h1").scroll_into_view_if_needed()
    keep(page, "upgrade-3")


def password(visitors: Visitors, stand: Stand) -> None:
    now = datetime.now(UTC)
    set_hours(stand, COURT, announced_at=now - 10 * DAY, resets_end_at=now + 20 * DAY, live_at=now + 29 * DAY)
    page = visitors.stranger(viewport=WINDOW).new_page()
    page.wait_for_timeout(3500)
    page.goto(stand.url(COURT, "/login/court"))
    keep(page, "password-1")
    page.goto(stand.url(COURT, "/login/court/reset"))
    keep(page, "password-2")
    live_again(stand, COURT)
    page.wait_for_timeout(3500)


def link(visitors: Visitors, stand: Stand, court: str = COURT, name: str = "link") -> None:
    issue_again(stand, court, LOGIN)
    if court == COURT:  # the sign-on is the same for every court
        stranger = visitors.stranger(viewport=WINDOW).new_page()
        stranger.goto(stand.url(court, "/login"))
        keep(stranger, f"{name}-1")
    page = visitors.at(court, FILER, viewport=WINDOW)
    page.goto(stand.url(court, "/utilities/"))
    keep(page, f"{name}-2")
    page.goto(stand.url(court, "/utilities/link"))
    read_first(page)
    keep(page, f"{name}-3")
    page.get_by_label("CM/ECF login").fill(LOGIN)
    page.get_by_label("CM/ECF password").fill(COURT_PASSWORD)
    page.get_by_role("button", name="Submit", exact=True).click()
    keep(page, f"{name}-4")
    page.get_by_role("button", name="Yes, link these accounts").click()
    keep(page, f"{name}-5")
    issue_again(stand, court, LOGIN)


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = next(path for name in CHROMIUM if (path := shutil.which(name)))
    with an_installation() as stand, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(SWITCHES))
        visitors = Visitors(browser, stand)
        upgrade(visitors, stand, LEGACY)
        password(visitors, stand)
        link(visitors, stand)
        browser.close()


if __name__ == "__main__":
    main()
