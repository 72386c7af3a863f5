"""A report's page as a PDF: its tables and lines on letter paper, one page after another.

The pages of reports are simple markup, which programs read too: headings, tables, bold and italic words, line breaks,
links. That much is set here. The rows of the report's last table come in pieces, so that nobody holds all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import IO

import lxml.html
from reportlab.lib.pagesizes import letter
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from openecf.platform.pdf.faces import BOLD, REGULAR, said

PAGE_WIDTH, PAGE_HEIGHT = letter
LEFT = 40
WIDTH = PAGE_WIDTH - 2 * LEFT
TOP, BOTTOM = PAGE_HEIGHT - 40, 52
NUMBER, LAST_PAGE = PAGE_WIDTH - LEFT - 20, "last-page"
SIZE, LEADING = 9, 11.5
BETWEEN = 8
"""Points between two columns, and between two rows."""
ROW = (64.0, 62.0, WIDTH - 64 - 62)
"""The columns of the report's rows: a day, a number, and the text."""
RECEIPT = 8 * (LEADING + BETWEEN / 2)
"""Points that a receipt needs, with the line across the page above it: it is kept on one page."""
_BREAKS = frozenset({"p", "div", "li", "tr", "table", "ul", "h2", "h3", "center", "hr"})
_HEADINGS = frozenset({"h2", "h3", "center"})


@dataclass(frozen=True)
class Run:
    """Words of one look."""

    text: str
    bold: bool = False
    struck: bool = False
    href: str = ""


Line = list[Run]
Row = list[tuple[float, float, list[Line]]]
"""Cells: where each begins, how wide it is (points), its lines."""


def typeset(source: str, to: str, *, base: str, foot: str) -> None:
    """Set the pieces in the file ``source``, JSON strings of markup a line, as a PDF in the file ``to``.

    ``base``: the origin of links that name none; ``foot`` stands at the foot of each page, before its number. A piece that
    begins with ``<tr`` is rows of the report's table.
    """
    with open(source, encoding="utf-8") as pieces, open(to, "r+b") as out:
        paper = _Paper(out, base=base, foot=foot)
        for piece in pieces:
            markup = json.loads(piece)
            if markup.startswith("<tr"):
                for row in lxml.html.fragment_fromstring(f"<table>{markup}</table>").iterchildren("tr"):
                    paper.row(_report_row(row))
            elif markup.strip():
                paper.heading = []  # of a table that is over
                for block in _blocks(lxml.html.fragment_fromstring(markup, create_parent="div")):
                    paper.block(block)
        paper.end()


def _report_row(row: lxml.html.HtmlElement) -> Row:
    cells = [_lines(cell) for cell in row.iterchildren("td", "th")]
    first, middle, last = cells[0], [line for cell in cells[1:-1] for line in cell if line], cells[-1]
    return [(0, ROW[0], first), (ROW[0], ROW[1], middle), (ROW[0] + ROW[1], ROW[2], last)]


@dataclass(frozen=True)
class Block:
    """Something across the page. ``heads``: it names the columns of the rows that follow."""

    row: Row
    centered: bool = False
    heads: bool = False
    rule: bool = False


def _blocks(element: lxml.html.HtmlElement) -> Iterator[Block]:
    """What stands in an element, one below the other."""
    for child in element:
        if not isinstance(child.tag, str):
            continue
        if child.tag == "hr":
            yield Block([], rule=True)
        elif child.tag == "table":
            yield from _table(child)
        elif child.tag in _HEADINGS and child.find(".//table") is None:
            yield Block([(0, WIDTH, _lines(child))], centered=True)
        elif child.find(".//table") is not None:
            yield from _blocks(child)
        elif lines := [line for line in _lines(child) if line]:
            yield Block([(0, WIDTH, lines)])


def _table(table: lxml.html.HtmlElement) -> Iterator[Block]:
    of_the_report = table.get("rules") == "all"
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue
        cells = list(row.iterchildren("td", "th"))
        if of_the_report and len(cells) > 1:
            yield Block(_report_row(row), heads=True)
        elif len(cells) == 1 and cells[0].find("table") is not None:
            yield from _blocks(cells[0])
        elif any(line for cell in cells for line in _lines(cell)):
            yield Block(list(_columns(cells)))


def _columns(cells: Sequence[lxml.html.HtmlElement]) -> Iterator[tuple[float, float, list[Line]]]:
    """Cells beside each other, as wide as they say, or in equal parts."""
    shares = [_share(cell) for cell in cells]
    start, whole = 0.0, sum(shares)
    for cell, share in zip(cells, shares, strict=True):
        width = WIDTH * share / whole
        yield start, width, _lines(cell)
        start += width


def _share(cell: lxml.html.HtmlElement) -> float:
    width = cell.get("width", "")
    # Without a width, a third of the line stands for a cell: what has one says 20, 40 or 60 per cent.
    return float(width[:-1]) if width.endswith("%") else 33.0 * int(cell.get("colspan", "1"))


def _lines(element: lxml.html.HtmlElement) -> list[Line]:
    lines: list[Line] = [[]]
    _read(element, lines, Run("", bold=element.tag in ("th", "h2", "h3")))
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def _read(element: lxml.html.HtmlElement, lines: list[Line], look: Run) -> None:
    """Add what an element says to the lines."""
    _say(element.text, lines, look)
    for child in element:
        if isinstance(child.tag, str):
            if child.tag == "br" or (child.tag in _BREAKS and lines[-1]):
                lines.append([])
            if child.tag == "a" and child.get("aria-label", "") and not child.text_content().strip():
                _say(child.get("aria-label").partition(":")[0], lines, _look(child, look))
            _read(child, lines, _look(child, look))
            if child.tag in _BREAKS and lines[-1]:
                lines.append([])
            elif child.tag in ("td", "th"):
                _say(" ", lines, look)
        _say(child.tail, lines, look)


def _look(element: lxml.html.HtmlElement, look: Run) -> Run:
    return Run(
        "",
        bold=look.bold or element.tag in ("b", "strong", "th", "h2", "h3"),
        struck=look.struck or element.tag == "s",
        href=element.get("href", "") if element.tag == "a" else look.href,
    )


def _say(text: str | None, lines: list[Line], look: Run) -> None:
    if text and (text.strip() or lines[-1]):
        lines[-1].append(Run(said(text.replace("\t", " ").replace("\n", " ")), look.bold, look.struck, look.href))


@lru_cache(maxsize=50_000)
def _wide(word: str, face: str) -> float:
    return stringWidth(word, face, SIZE)


def _wrapped(line: Line, width: float) -> Iterator[Line]:
    """A line in pieces that fit the width, each run of them with the space before it, if there is one."""
    fits: Line = []
    used = 0.0
    spaced = False
    for run in line:
        face = BOLD if run.bold else REGULAR
        blank = _wide(" ", face)
        taken = ""
        for n, word in enumerate(run.text.split(" ")):
            spaced = spaced or n > 0
            if not word:
                continue
            needed = _wide(word, face)
            if (fits or taken) and used + needed + (blank if spaced else 0) > width:
                yield [*fits, Run(taken, run.bold, run.struck, run.href)] if taken else fits
                fits, taken, used, spaced = [], "", 0.0, False
            elif spaced and (fits or taken):
                taken, used = f"{taken} ", used + blank
            spaced = False
            while needed > width:
                piece = _beginning(word, face, width)
                yield [Run(piece, run.bold, run.struck, run.href)]
                word, needed = word[len(piece) :], needed - _wide(piece, face)
            taken, used = taken + word, used + needed
        if taken:
            fits = [*fits, Run(taken, run.bold, run.struck, run.href)]
    if fits:
        yield fits


def _beginning(word: str, face: str, width: float) -> str:
    """As many letters of a word as fit: one at least."""
    used = 0.0
    for n, one in enumerate(word):
        used += _wide(one, face)
        if used > width:
            return word[: n or 1]
    return word


class _Paper:
    """Pages that fill from top to bottom."""

    def __init__(self, out: IO[bytes], *, base: str, foot: str) -> None:
        self.canvas = Canvas(out, pagesize=letter, invariant=True, pageCompression=1, lang="en-US")
        self.canvas.setTitle(foot)
        self.base, self.foot = base, foot
        self.heading: Row = []
        self.y = TOP

    def block(self, block: Block) -> None:
        self.y -= BETWEEN / 2
        if block.heads:
            self.heading = [(start, width, _bold(lines)) for start, width, lines in block.row]
            self.y -= LEADING
            self._draw(self.heading)
        elif block.rule:
            self._room(RECEIPT)
            self._rule()
        else:
            self._draw(block.row, centered=block.centered)

    def row(self, row: Row) -> None:
        """One of the report's rows, with a line above it."""
        self._room(LEADING + BETWEEN)
        self._rule()
        self._draw(row)

    def end(self) -> None:
        last = self.canvas.getPageNumber()
        self._close_page()
        self.canvas.beginForm(LAST_PAGE)
        self.canvas.setFont(REGULAR, 8)
        self.canvas.drawString(0, 0, str(last))
        self.canvas.endForm()
        self.canvas.save()

    def _draw(self, row: Row, *, centered: bool = False) -> None:
        columns = [
            (start, width, [piece for line in lines for piece in (_wrapped(line, width - BETWEEN) if line else [[]])])
            for start, width, lines in row
        ]
        for n in range(max((len(pieces) for _start, _width, pieces in columns), default=0)):
            self._room(LEADING)
            self.y -= LEADING
            for start, width, pieces in columns:
                if n < len(pieces):
                    free = width - sum(_wide(run.text, _face(run)) for run in pieces[n])
                    self._write(pieces[n], LEFT + start + (free / 2 if centered else 0))

    def _write(self, line: Iterable[Run], x: float) -> None:
        for run in line:
            width = _wide(run.text, _face(run))
            self.canvas.setFont(_face(run), SIZE)
            self.canvas.drawString(x, self.y, run.text)
            if run.struck:
                self.canvas.line(x, self.y + SIZE / 3, x + width, self.y + SIZE / 3)
            if run.href:
                address = self.base + run.href if run.href.startswith("/") else run.href
                self.canvas.linkURL(address, (x, self.y - 2, x + width, self.y + SIZE), thickness=0)
                self.canvas.line(x, self.y - 1.5, x + width, self.y - 1.5)
            x += width

    def _room(self, needed: float) -> None:
        if self.y - needed >= BOTTOM:
            return
        self._close_page()
        self.y = TOP
        if heading := self.heading:
            self.heading = []  # it has room on a new page, however narrow its columns are
            self._draw(heading)
            self.heading = heading

    def _close_page(self) -> None:
        self.canvas.setFont(REGULAR, 8)
        self.canvas.drawString(LEFT, 30, said(self.foot))
        self.canvas.drawRightString(NUMBER, 30, f"Page {self.canvas.getPageNumber()} of")
        self.canvas.saveState()
        self.canvas.translate(NUMBER + 3, 30)
        self.canvas.doForm(LAST_PAGE)  # drawn once it is known
        self.canvas.restoreState()
        self.canvas.showPage()

    def _rule(self) -> None:
        self.y -= BETWEEN / 2
        self.canvas.setLineWidth(0.4)
        self.canvas.line(LEFT, self.y, LEFT + WIDTH, self.y)


def _face(run: Run) -> str:
    return BOLD if run.bold else REGULAR


def _bold(lines: Iterable[Line]) -> list[Line]:
    return [[Run(run.text, bold=True) for run in line] for line in lines]
