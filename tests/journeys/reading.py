"""A person who opens documents: what came as a PDF is kept for the story to look into."""

from __future__ import annotations

import io
import re

import pypdfium2
from playwright.sync_api import Page, Route

from tests.journeys.people import PATIENCE

DOCUMENTS = re.compile(r"/docs?1/|/cgi-bin/show_multidocs|/cmecf/servlet/TransportRoom")
VIEWER = "<!doctype html><html lang='en'><title>PDF</title><p>A PDF came.</p></html>"


class Shelf:
    """The PDFs and ZIPs that a page was given, in order. The browser's own viewer does not open: it is slow."""

    def __init__(self, page: Page) -> None:
        self.files: list[bytes] = []
        page.route(DOCUMENTS, self._pass_on)

    def _pass_on(self, route: Route) -> None:
        answer = route.fetch(max_redirects=0, timeout=PATIENCE)
        if re.match(r"application/(pdf|zip)", answer.headers.get("content-type", "")):
            self.files.append(answer.body())
            route.fulfill(status=200, content_type="text/html", body=VIEWER)
        else:
            route.fulfill(response=answer)

    @property
    def last(self) -> bytes:
        assert self.files, "no document came"
        return self.files[-1]


def words_of(pdf: bytes) -> list[str]:
    """What each page of a PDF says, in one line a page."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()
