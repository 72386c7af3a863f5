"""Looking at pages: axe-core's findings, sideways scrolling, and every page that links lead to.

With ``OPENECF_LOOK=FOLDER`` every page that is looked at is also pictured there, as on a phone and as on a desk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from playwright.sync_api import Error, Page

from tests.journeys.pages import whole

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = os.environ.get("OPENECF_LOOK", "")
PHONE, DESK = (390, 844), (1280, 900)
FINDINGS = """async (rules) => {
  const found = await axe.run(document, {resultTypes: ["violations"], rules});
  return found.violations.map((one) =>
    `${one.id} (${one.impact}): ` + one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" ; "));
}"""
WIDER = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return "";
  const wide = [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1)
    .map((one) => one.tagName.toLowerCase() + (one.className ? "." + one.className : ""));
  return `${root.scrollWidth} px wide: ` + [...new Set(wide)].slice(0, 4).join(" ");
}"""
NOT_FOLLOWED = re.compile(r"log ?out|sign-off|/static/|\.(json|csv)\b|/pdf$|/metrics|/oauth2/|mailto:", re.IGNORECASE)


@cache
def axe() -> str:
    return AXE.read_text("utf-8")


def axe_finds(page: Page, rules: dict[str, object]) -> list[str]:
    whole(page).wait_for_load_state()  # its styles, too
    page.evaluate(axe())
    return page.evaluate(FINDINGS, rules)


class Looker:
    """Looks at pages and keeps what is wrong with them."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.seen = 0

    def look(self, page: Page, *, colours: bool = True) -> None:
        """axe-core on the page as it stands, and whether its body scrolls sideways on a phone or a desk."""
        self.seen += 1
        rules = {} if colours else {"color-contrast": {"enabled": False}}
        found = axe_finds(page, rules)
        where = page.url
        self.wrong += [f"{where}\n    {finding}" for finding in found]
        for width, height in (PHONE, DESK):
            page.set_viewport_size({"width": width, "height": height})
            if wider := page.evaluate(WIDER):
                self.wrong.append(f"{where}\n    scrolls sideways at {width} px: {wider}")
            if PICTURES:
                name = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", urlsplit(where).path).strip("/").replace("/", "-")
                page.screenshot(path=Path(PICTURES) / f"{self.seen:02d}-{name}-{width}.png", full_page=True)

    def say(self) -> str:
        """All that is wrong, one finding a line."""
        return f"{len(self.wrong)} findings on {self.seen} pages:\n" + "\n".join(dict.fromkeys(self.wrong))


def kind_of(address: str) -> str:
    """What pages have in common whose addresses differ in numbers only."""
    parts = urlsplit(address)
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|(?<=^/courts/)\w+", "0", parts.path)
    query = re.sub(r"\d[\d,.:-]*", "0", re.sub(r"=(?!\w+\.jsp)[^&]*", "=", parts.query))
    return f"{parts.netloc}{path}?{query}"


MOST_PAGES = 400 if os.environ.get("OPENECF_THOROUGH") else 80


def walk(page: Page, starts: list[str], *, most: int = MOST_PAGES, of_a_kind: int = 1) -> Iterator[str]:
    """Every page that links lead to within the sites of ``starts``, ``of_a_kind`` of each kind; the page is open."""
    hosts = {urlsplit(start).netloc for start in starts}
    came_from = f"http://{urlsplit(starts[0]).netloc}/"  # courts answer many pages to their own links only
    waiting, known = list(starts), dict.fromkeys(map(kind_of, starts), 1)
    while waiting and most > 0:
        address = waiting.pop(0)
        try:
            answer = page.goto(address, referer=came_from)
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            continue
        is_page = answer is not None and "text/html" in answer.headers.get("content-type", "")
        if not is_page or urlsplit(whole(page).url).netloc not in hosts:
            continue
        links = page.eval_on_selector_all("a[href]", "all => all.map((one) => one.href)")
        most -= 1
        yield page.url
        for link in (urldefrag(each).url for each in links):
            if urlsplit(link).netloc not in hosts or NOT_FOLLOWED.search(link):
                continue
            if known.get(kind_of(link), 0) < of_a_kind:
                known[kind_of(link)] = known.get(kind_of(link), 0) + 1
                waiting.append(link)
