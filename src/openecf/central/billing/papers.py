"""A statement on paper: one PDF, the same bytes for the same bill."""

from __future__ import annotations

import io
import unicodedata
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, LongTable, PageTemplate, Paragraph, Spacer, Table

from openecf.central.billing.bills import Bill
from openecf.kernel.money import Money
from openecf.platform.config import this_site

_WIDTH = letter[0] - 2 * inch
_PLAIN = ParagraphStyle("plain", fontName="Helvetica", fontSize=10, leading=13)
_SMALL = ParagraphStyle("small", parent=_PLAIN, fontSize=9, leading=11)
_TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=16, leading=22)
_RULE = colors.Color(0.6, 0.6, 0.6)


def title(bill: Bill) -> str:
    """What the paper and its mail are called."""
    words = _("PACER Invoice {number}") if bill.is_invoice else _("PACER Statement of Account {number}")
    return words.format(number=bill.number)


def file_name(bill: Bill) -> str:
    return f"pacer-{'invoice' if bill.is_invoice else 'statement'}-{bill.number}.pdf"


def printed(bill: Bill) -> bytes:
    """The bill as a PDF."""
    out = io.BytesIO()
    paper = BaseDocTemplate(
        out, pagesize=letter, invariant=True, title=title(bill), author="PACER Service Center", lang="en-US",
        leftMargin=inch, rightMargin=inch, topMargin=inch, bottomMargin=inch,
    )  # fmt: skip
    area = Frame(inch, inch, _WIDTH, letter[1] - 2 * inch, 0, 0, 0, 0)

    def foot(canvas: Canvas, _paper: BaseDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(inch, 0.6 * inch, _said(bill.number))
        canvas.drawRightString(letter[0] - inch, 0.6 * inch, _("Page {n}").format(n=canvas.getPageNumber()))
        if this_site().config.demonstration:
            canvas.drawCentredString(letter[0] / 2, 0.6 * inch, _("Demonstration: nobody owes this."))

    paper.addPageTemplates([PageTemplate("page", [area], onPage=foot)])
    paper.build(_story(bill))
    return out.getvalue()


def _story(bill: Bill) -> list[Flowable]:
    heading = _("INVOICE") if bill.is_invoice else _("STATEMENT OF ACCOUNT")
    story: list[Flowable] = [Paragraph(_("PACER Service Center"), _PLAIN), Paragraph(heading, _TITLE), Spacer(1, 8)]
    facts = [
        (_("Number"), bill.number),
        (_("Date"), f"{bill.made_on:%m/%d/%Y}"),
        (_("Account number"), bill.account_number),
        (_("Quarter"), f"{bill.since:%m/%d/%Y} - {bill.until:%m/%d/%Y}"),
        *([(_("Pay by"), f"{bill.due_on:%m/%d/%Y}")] if bill.is_invoice else []),
    ]
    address = Paragraph("<br/>".join(escape(_said(line)) for line in bill.address), _PLAIN)
    beside = Table([[_cell(name), _cell(value)] for name, value in facts], colWidths=[1.3 * inch, 1.9 * inch])
    story += [Table([[address, beside]], colWidths=[_WIDTH - 3.3 * inch, 3.3 * inch], style=[("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, 0), 0)]), Spacer(1, 14)]  # fmt: skip
    story += [_totals(bill), Spacer(1, 14)]
    if bill.is_firm:
        story += [_members(bill), Spacer(1, 14)]
    return story + [Paragraph(escape(_said(note)), _SMALL) for note in notes(bill)]


def _totals(bill: Bill) -> Table:
    rows = [
        (_("Transactions"), f"{bill.accesses:,}"),
        (_("Pages"), f"{bill.pages:,}"),
        (_("Used"), f"${bill.used}"),
        (_("Waived"), f"-${bill.waived}" if bill.waived else "$0.00"),
        (_("Billed for the quarter"), f"${bill.billed}"),
        (_("Credit brought forward"), f"-${bill.credit_before}")
        if bill.credit_before
        else (_("Balance brought forward"), f"${bill.owed_before}"),
        (_("Amount due"), f"${bill.due}")
        if not bill.credit_left
        else (_("Credit (nothing is due)"), f"${bill.credit_left}"),
    ]
    style = [("ALIGN", (1, 0), (1, -1), "RIGHT"), ("LINEBELOW", (0, 0), (-1, -2), 0.25, _RULE),
             ("FONT", (0, -1), (-1, -1), "Helvetica-Bold", 12), ("LINEABOVE", (0, -1), (-1, -1), 1, colors.black)]  # fmt: skip
    return Table([(_said(name), amount) for name, amount in rows], colWidths=[_WIDTH - 1.5 * inch, 1.5 * inch], style=style)  # fmt: skip


def _members(bill: Bill) -> LongTable:
    """A firm's members, by cost centre, each centre with its sum."""
    head = [_("Cost center"), _("Account"), _("Name"), _("Transactions"), _("Pages"), _("Used")]
    rows: list[list[object]] = [[_said(word) for word in head]]
    style: list[tuple] = [
        ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 9), ("FONTSIZE", (0, 1), (-1, -1), 9),
        ("ALIGN", (3, 0), (-1, -1), "RIGHT"), ("LINEBELOW", (0, 0), (-1, 0), 1, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]  # fmt: skip
    for centre in dict.fromkeys(item.cost_centre for item in bill.items):
        mine = [item for item in bill.items if item.cost_centre == centre]
        rows += [
            [_cell(item.cost_centre or "-"), item.number, _cell(item.name), f"{item.accesses:,}", f"{item.pages:,}",
             f"${item.cost}"]
            for item in mine
        ]  # fmt: skip
        rows.append(["", "", _cell(_("Sum of {centre}").format(centre=centre or _("no cost center"))),
                     f"{sum(one.accesses for one in mine):,}", f"{sum(one.pages for one in mine):,}",
                     f"${sum((one.cost for one in mine), Money())}"])  # fmt: skip
        style += [("LINEABOVE", (0, len(rows) - 1), (-1, len(rows) - 1), 0.25, _RULE),
                  ("FONT", (3, len(rows) - 1), (-1, len(rows) - 1), "Helvetica-Bold", 9)]  # fmt: skip
    widths = [1.2 * inch, 0.8 * inch, _WIDTH - 4.6 * inch, 1 * inch, 0.7 * inch, 0.9 * inch]
    return LongTable(rows, colWidths=widths, style=style, repeatRows=1)


def notes(bill: Bill) -> list[str]:
    """What a reader of the bill should know, a sentence or two each; for the page, too."""
    said = []
    if bill.late_accesses:
        said.append(
            _(
                "{n} transactions (${amount}) of earlier quarters reached the Service Center after their statement was "
                "made. They are counted here."
            ).format(n=bill.late_accesses, amount=bill.late)
        )
    if bill.waived:
        said.append(_("Use of ${waiver} or less in a quarter is waived.").format(waiver=bill.waiver))
    elif bill.billed:
        said.append(
            _("More than ${waiver} was used in the quarter, so all of it is billed.").format(waiver=bill.waiver)
        )
    return said


def _cell(text: str) -> Paragraph:
    return Paragraph(escape(_said(text)), _SMALL)


def _said(text: str) -> str:
    """Text in the letters that the paper's font has; of others the nearest ones."""
    letters = []
    for one in text:
        try:
            one.encode("cp1252")
            letters.append(one)
        except UnicodeEncodeError:
            letters.append(unicodedata.normalize("NFKD", one).encode("ascii", "ignore").decode() or "?")
    return "".join(letters)
