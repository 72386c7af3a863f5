"""Paper of the Service Center: the parts that invoices, receipts and letters are printed of. The same bytes for the same
facts."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table

from openecf.platform.config import this_site
from openecf.platform.pdf.faces import BOLD, REGULAR, said

WIDTH = letter[0] - 2 * inch
RULE = colors.Color(0.6, 0.6, 0.6)
PLAIN = ParagraphStyle("plain", fontName=REGULAR, fontSize=10, leading=13)
SMALL = ParagraphStyle("small", parent=PLAIN, fontSize=9, leading=11)
TITLE = ParagraphStyle("title", fontName=BOLD, fontSize=16, leading=22)


def printed(*, title: str, foot: str, demonstration: str, story: Sequence[Flowable], numbered: bool = True) -> bytes:
    """A story as a PDF; ``demonstration`` stands at the foot of each page where nothing is real.

    ``numbered``: pages have numbers, which a stack of letters has not.
    """
    out = io.BytesIO()
    paper = BaseDocTemplate(
        out, pagesize=letter, invariant=True, title=title, author="PACER Service Center", lang="en-US",
        leftMargin=inch, rightMargin=inch, topMargin=inch, bottomMargin=inch,
    )  # fmt: skip
    area = Frame(inch, inch, WIDTH, letter[1] - 2 * inch, 0, 0, 0, 0)

    def at_foot(canvas: Canvas, _paper: BaseDocTemplate) -> None:
        canvas.setFont(REGULAR, 8)
        canvas.drawString(inch, 0.6 * inch, said(foot))
        if numbered:
            canvas.drawRightString(letter[0] - inch, 0.6 * inch, said(_("Page {n}").format(n=canvas.getPageNumber())))
        if this_site().config.demonstration:
            canvas.drawCentredString(letter[0] / 2, 0.6 * inch, said(demonstration))

    paper.addPageTemplates([PageTemplate("page", [area], onPage=at_foot)])
    paper.build(list(story))
    return out.getvalue()


def heading(words: str) -> list[Flowable]:
    return [Paragraph(_("PACER Service Center"), PLAIN), Paragraph(escape(said(words)), TITLE), Spacer(1, 8)]


def lines(of: Iterable[str]) -> Paragraph:
    """Lines of an address."""
    return Paragraph("<br/>".join(escape(said(line)) for line in of), PLAIN)


def facts(of: Iterable[tuple[str, str]]) -> Table:
    """Names and values in two columns."""
    rows = [[cell(name), cell(value)] for name, value in of]
    return Table(rows, colWidths=[1.6 * inch, WIDTH - 1.6 * inch], style=[("LEFTPADDING", (0, 0), (0, -1), 0)])


def space(points: int = 14) -> Spacer:
    return Spacer(1, points)


def note(words: str) -> Paragraph:
    return Paragraph(escape(said(words)), SMALL)


def cell(text: str) -> Paragraph:
    return Paragraph(escape(said(text)), SMALL)
