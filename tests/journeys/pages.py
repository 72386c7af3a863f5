"""What a story does with any page: read it, press a button of it, open it again until it says something."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.stand import until


def whole(page: Page) -> Page:
    """The page, once all of it is there: a click alone waits for its first byte only. One that sends the reader on to the
    sign-on by itself is not the last."""
    page.wait_for_load_state("domcontentloaded")
    page.locator("meta[http-equiv=refresh]").wait_for(state="detached")
    page.wait_for_load_state("domcontentloaded")
    return page


def main_of(page: Page) -> str:
    """The words of the whole page that came last, in one line."""
    whole(page)
    return " ".join(page.locator("main").inner_text().split())


def menu_of(page: Page) -> list[str]:
    """The words of the menu bar."""
    whole(page)
    return [words.strip() for words in page.locator(".ecf-menu > div > ul > li > *:first-child").all_inner_texts()]


def opened(page: Page, address: str) -> str:
    """The words of an address."""
    page.goto(address)
    return main_of(page)


def press(page: Page, button: str) -> None:
    """Press a button and wait for the page that it leads to."""
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("button", name=button, exact=True).click()


def page_that_says(page: Page, address: str, words: str) -> str:
    """Open a page again and again until it says so: a court's processes keep its profile for three seconds, and what
    another site tells takes the bus."""

    def told() -> str:
        said = opened(page, address)
        return said if words in said else ""

    return until(told, seconds=20, every=0.5, what=f"{address} to say {words!r}")
