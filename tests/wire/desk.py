"""A clerk at the court's own pages: opens a form, changes fields of it, sends it as a browser would."""

from __future__ import annotations

from lxml import html

from openecf.court.cases.models import Case
from openecf.court.people.models import CourtUser
from tests.wire.signed import CLERK, client_of


class Clerk:
    """A member of the clerk's office, signed on."""

    def __init__(self) -> None:
        CourtUser.objects.create(
            login="wire",
            group="clerk",
            account=CLERK.account,
            first_name="Ines",
            last_name="Delgado",
            email=CLERK.email,
        )
        self.browser = client_of(CLERK)

    def page(self, path: str) -> html.HtmlElement:
        """A page of the court; it must be there."""
        answer = self.browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        page = html.fromstring(answer.content.decode())
        page.make_links_absolute(f"http://testserver{path}")
        return page

    def link(self, page: html.HtmlElement, ending: str) -> str:
        """The one address on a page that ends so, as a path."""
        found = {a.get("href") for a in page.iterfind(".//main//a") if a.get("href", "").endswith(ending)}
        assert len(found) == 1, (ending, found)
        return found.pop().removeprefix("http://testserver")

    def link_in_list(self, path: str, ending: str) -> str:
        """The one address that ends so in a list of several pages, older ones after newer ones."""
        page = self.page(path)
        while not any(a.get("href", "").endswith(ending) for a in page.iterfind(".//main//a")):
            older = page.xpath(".//nav[contains(@class, 'ecf-pages')]//a[normalize-space()='Older entries']/@href")
            assert older, f"{ending} is on no page of {path}"
            page = self.page(older[0].removeprefix("http://testserver"))
        return self.link(page, ending)

    def save(self, path: str, **changes: str) -> None:
        """Open the form at a path, change fields, press its first button; the court must say that it is done."""
        form = next(one for one in self.page(path).forms if one.method == "POST" and "version" in one.fields)
        unknown = changes.keys() - form.fields.keys()
        assert not unknown, unknown
        fields = {name: _typed(form.inputs[name]) for name in form.fields}
        answer = self.browser.post(path, fields | {name: _lines(value) for name, value in changes.items()})
        assert answer.status_code == 302 and "?did=" in answer["Location"], (path, answer.status_code, _said(answer))

    def overview(self, case: Case) -> html.HtmlElement:
        """The page from which everything of a case can be edited."""
        return self.page(f"/cases/{case.id}/edit")


def _typed(field: html.HtmlElement) -> str:
    value = field.value or ""
    # A browser drops the line break with which the text of a text area begins.
    return _lines(value.removeprefix("\r").removeprefix("\n") if field.tag == "textarea" else value)


def _lines(text: str) -> str:
    """Text as a browser sends it: lines end with CR LF."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def _said(answer) -> list[str]:
    page = html.fromstring(answer.content.decode() or "<p></p>")
    return [one.text_content().strip() for one in page.find_class("usa-error-message")]
