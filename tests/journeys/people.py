"""Who the stories are about, and what a person does in a browser: sign on, open a page, type, click."""

from __future__ import annotations

from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.pages import whole
from tests.stand import Stand, person

PATIENCE = 60_000
"""Milliseconds until a page that does not come is a failure."""


class Visitors:
    """Browser profiles. A person signs on once; every later profile of theirs starts from what the first one held."""

    def __init__(self, browser: Browser, stand: Stand) -> None:
        self.browser = browser
        self.stand = stand
        self._kept: dict[str, dict] = {}
        self._open: list[BrowserContext] = []

    def stranger(self, **options: object) -> BrowserContext:
        """A new profile that nobody signed on with. ``options`` are Playwright's: viewport, locale, no script."""
        context = self.browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(PATIENCE)
        self._open.append(context)
        return context

    def signed_on(self, username: str, **options: object) -> BrowserContext:
        """A new profile of a person who signed on at the central site, and may have been at courts."""
        if username not in self._kept:
            context = self.stranger()
            page = context.new_page()
            page.goto(self.stand.url("central", "/login"))
            sign_on(page, username)
            self._kept[username] = context.storage_state()
            context.close()
        return self.stranger(storage_state=self._kept[username], **options)

    def at(self, court: str, username: str, **options: object) -> Page:
        """A page of the court's front, for a person who signed on there."""
        page = self.signed_on(username, **options).new_page()
        enter(page, self.stand, court)
        self._kept[username] = page.context.storage_state()
        return page

    def forget(self, username: str) -> None:
        """Sign on anew next time: the story before ended the sign-on."""
        self._kept.pop(username, None)

    def leave(self) -> None:
        while self._open:
            self._open.pop().close()


def sign_on(page: Page, username: str, password: str = "") -> None:
    """Fill Central Sign-On's form, and confirm what it tells before one goes on."""
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password or person(username).password)
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("button", name="Sign in").click()
    read_first(page)


def read_first(page: Page) -> None:
    """Before the first court of a sign-on, filers confirm the duty to redact; others read what their account lacks."""
    if "/csologin/told" not in whole(page).url:
        return
    redaction = page.get_by_text("I understand that, if I file")
    if redaction.count():
        redaction.click()
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("button", name="Continue").click()


def enter(page: Page, stand: Stand, court: str) -> None:
    """Open a court and log in there by the link of its masthead; asks nothing of who is signed on already."""
    page.goto(stand.url(court, "/"))
    login = page.get_by_role("link", name="Log in", exact=True)
    if login.count():
        with page.expect_navigation(wait_until="domcontentloaded"):
            login.first.click()
        read_first(page)


def speak(page: Page, stand: Stand, site: str, language: str) -> None:
    """Choose the language of a site for this browser."""
    cookie = {"name": f"openecf_{site}_language", "value": language, "url": stand.url(site)}
    page.context.add_cookies([cookie])
