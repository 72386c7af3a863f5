"""A person at the filing pages: each method answers one page, as the page asks it."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Page

from tests.court import pdfs
from tests.journeys.courts import CourtStory
from tests.journeys.pages import main_of, press
from tests.stand import Stand

Paper = tuple[str, bytes | Path]
"""A file's name and its bytes, or where it is: the browser itself reads what is large."""


def motion(words: str = "MOTION", pages: int = 3) -> Paper:
    return "motion.pdf", pdfs.plain(pages, words)


class Filing:
    """One filing of one person at one court."""

    def __init__(self, page: Page, stand: Stand, court: CourtStory) -> None:
        self.page = page
        self.stand = stand
        self.court = court
        self.text_on_docket = ""
        """The docket text, once the final page showed it."""

    @property
    def step(self) -> str:
        """The page of the filing that is open: case, parties, association, documents, … done."""
        found = re.search(r"/filing/[0-9a-f-]{36}/(\w*)", self.page.url)
        return found[1] if found else ""

    @property
    def said(self) -> str:
        """What the page says, in one line."""
        return main_of(self.page)

    @property
    def problems(self) -> str:
        """What the page's alert says; empty when there is none."""
        alert = self.page.get_by_role("alert")
        return " ".join(alert.first.inner_text().split()) if alert.count() else ""

    def press(self, button: str) -> None:
        """Press a button and wait for the page that it leads to."""
        press(self.page, button)

    def begin(self, typed: str, title: str) -> None:
        """Find an event by a word of it, and choose it."""
        self.page.goto(self.stand.url(self.court.id, "/filing/"))
        self.page.get_by_label("Look for an event").fill(typed)
        self.press("Search")
        self.press(title)

    def case(self, number: str) -> None:
        self.page.get_by_label("Case number").fill(number)
        self.press("Next")

    def tick(self, *names: str) -> None:
        """Tick boxes by the words beside them; design-system boxes are clicked by their label."""
        for name in names:
            self.page.locator("label", has_text=name).first.click()

    def parties(self, *names: str) -> None:
        self.tick(*names)
        self.press("Next")

    def documents(self, main: Paper, attachments: Sequence[tuple[Paper, str, str]] = ()) -> None:
        """Upload the main PDF, and attachments with their category and description."""
        self.page.get_by_label(re.compile("main document", re.I)).first.set_input_files(as_file(main))
        self.attach(attachments)
        self.press("Next")

    def attach(self, attachments: Sequence[tuple[Paper, str, str]]) -> None:
        if attachments and not self.page.locator("#attachment_1").is_visible():
            self.page.get_by_text("Attachments", exact=True).click()
        for row, (paper, category, description) in enumerate(attachments, start=1):
            self.page.locator(f"#attachment_{row}").set_input_files(as_file(paper))
            self.page.locator(f"#attachment_{row}_category").select_option(category)
            self.page.locator(f"#attachment_{row}_description").fill(description)

    def related(self, outcomes: Mapping[str, str] | None = None) -> None:
        """Tick entries by their number and, for an order, say what becomes of each."""
        for number, outcome in (outcomes or {}).items():
            box = self.page.get_by_label(f"Refer to entry {number}", exact=True)
            box.focus()
            box.press("Space")
            if outcome:
                self.page.get_by_label(f"Decision on entry {number}", exact=True).select_option(outcome)
        self.press("Next")

    def details(self, **answers: str) -> None:
        """The event's questions by field name."""
        for name, value in answers.items():
            field = self.page.locator(f"[name={name}]")
            if field.evaluate("each => each.tagName") == "SELECT":
                field.select_option(value) if value else field.select_option(index=1)
            else:
                field.fill(value)
        self.press("Next")

    def text(self, free: str = "", prefix: str = "") -> None:
        if prefix:
            self.page.locator("[name=prefix]").select_option(prefix)
        if free:
            self.page.locator("[name=free]").fill(free)
        self.press("Next")

    def submit(self) -> None:
        self.text_on_docket = self.final_text
        self.press("Submit this filing")

    def discard(self) -> None:
        """Throw the draft away from its last page, which asks once."""
        self.page.get_by_role("link", name="Discard the draft").click()
        self.press("Discard the draft")

    @property
    def final_text(self) -> str:
        return " ".join(self.page.locator("#final-text").inner_text().split())

    @property
    def number(self) -> str:
        """The number that the entry got; empty for an entry without one."""
        found = re.search(r"Entered as document (\d+)", self.said)
        return found[1] if found else ""

    def up_to_final(self) -> None:
        """The court's usual motion with one attachment, up to the page with the final text."""
        paper = self.court.motion
        self.begin(paper.typed, paper.title)
        self.case(self.court.typed)
        self.parties(self.court.filer)
        exhibit = ("exhibit.pdf", pdfs.plain(2, "EXHIBIT"))
        self.documents(motion(), [(exhibit, paper.category, paper.description)])
        if self.step == "related":
            self.related()
        self.text(free=f"{paper.free}, lot {random.randint(10_000, 99_999)}")


def as_file(paper: Paper) -> dict[str, object] | Path:
    """A paper as Playwright uploads it."""
    name, content = paper
    return content if isinstance(content, Path) else {"name": name, "mimeType": "application/pdf", "buffer": content}
