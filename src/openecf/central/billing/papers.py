"""A statement on paper: one PDF, the same bytes for the same bill."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import BinaryIO

from django.utils.translation import gettext as _
from pikepdf import Pdf
from reportlab.lib import colors
from reportlab.lib.units import inch
from reportlab.platypus import Flowable, LongTable, Spacer, Table

from openecf.central import paper
from openecf.central.billing.bills import Bill
from openecf.central.paper import BOLD, REGULAR, RULE, WIDTH, cell, said
from openecf.kernel.money import Money
from openecf.platform.config import this_site


def title(bill: Bill) -> str:
    """What the paper and its mail are called."""
    words = _("PACER Invoice {number}") if bill.is_invoice else _("PACER Statement of Account {number}")
    return words.format(number=bill.number)


def file_name(bill: Bill) -> str:
    return f"pacer-{'invoice' if bill.is_invoice else 'statement'}-{bill.number}.pdf"


def printed(bill: Bill) -> bytes:
    """The bill as a PDF."""
    return paper.printed(
        title=title(bill), foot=bill.number, demonstration=_("Demonstration: nobody owes this."), story=_story(bill)
    )


def _story(bill: Bill) -> list[Flowable]:
    story = paper.heading(_("INVOICE") if bill.is_invoice else _("STATEMENT OF ACCOUNT"))
    facts = [
        (_("Number"), bill.number),
        (_("Date"), f"{bill.made_on:%m/%d/%Y}"),
        (_("Account number"), bill.account_number),
        (_("Quarter"), f"{bill.since:%m/%d/%Y} - {bill.until:%m/%d/%Y}"),
        *([(_("Pay by"), f"{bill.due_on:%m/%d/%Y}")] if bill.is_invoice else []),
    ]
    beside = Table([[cell(name), cell(value)] for name, value in facts], colWidths=[1.3 * inch, 1.9 * inch])
    top = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, 0), 0)]
    story += [
        Table([[paper.lines(bill.address), beside]], colWidths=[WIDTH - 3.3 * inch, 3.3 * inch], style=top),
        Spacer(1, 14),
    ]
    story += [_totals(bill), Spacer(1, 14)]
    if bill.is_firm:
        story += [_members(bill), Spacer(1, 14)]
    return story + [paper.note(each) for each in notes(bill)]


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
    style = [("FONTNAME", (0, 0), (-1, -1), REGULAR), ("ALIGN", (1, 0), (1, -1), "RIGHT"), ("LINEBELOW", (0, 0), (-1, -2), 0.25, RULE),
             ("FONT", (0, -1), (-1, -1), BOLD, 12), ("LINEABOVE", (0, -1), (-1, -1), 1, colors.black)]  # fmt: skip
    return Table([(said(name), amount) for name, amount in rows], colWidths=[WIDTH - 1.5 * inch, 1.5 * inch], style=style)  # fmt: skip


def _members(bill: Bill) -> LongTable:
    """A firm's members, by cost centre, each centre with its sum."""
    head = [_("Cost center"), _("Account"), _("Name"), _("Transactions"), _("Pages"), _("Used")]
    rows: list[list[object]] = [[said(word) for word in head]]
    style: list[tuple] = [
        ("FONT", (0, 0), (-1, 0), BOLD, 9), ("FONT", (0, 1), (-1, -1), REGULAR, 9),
        ("ALIGN", (3, 0), (-1, -1), "RIGHT"), ("LINEBELOW", (0, 0), (-1, 0), 1, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]  # fmt: skip
    for centre in dict.fromkeys(item.cost_centre for item in bill.items):
        mine = [item for item in bill.items if item.cost_centre == centre]
        rows += [
            [cell(item.cost_centre or "-"), item.number, cell(item.name), f"{item.accesses:,}", f"{item.pages:,}",
             f"${item.cost}"]
            for item in mine
        ]  # fmt: skip
        rows.append(["", "", cell(_("Sum of {centre}").format(centre=centre or _("no cost center"))),
                     f"{sum(one.accesses for one in mine):,}", f"{sum(one.pages for one in mine):,}",
                     f"${sum((one.cost for one in mine), Money())}"])  # fmt: skip
        style += [("LINEABOVE", (0, len(rows) - 1), (-1, len(rows) - 1), 0.25, RULE),
                  ("FONT", (3, len(rows) - 1), (-1, len(rows) - 1), BOLD, 9)]  # fmt: skip
    widths = [1.2 * inch, 0.8 * inch, WIDTH - 4.6 * inch, 1 * inch, 0.7 * inch, 0.9 * inch]
    return LongTable(rows, colWidths=widths, style=style, repeatRows=1)


def joined(papers: Iterable[BinaryIO]) -> bytes:
    """Several papers as one, to be printed at once."""
    out = io.BytesIO()
    with Pdf.new() as whole:
        for each in papers:
            with Pdf.open(each) as one:
                whole.pages.extend(one.pages)
        whole.save(out)
    return out.getvalue()


def notes(bill: Bill) -> list[str]:
    """What a reader of the bill should know, a sentence or two each; for the page, too."""
    told = []
    if bill.late_accesses:
        told.append(
            _(
                "{n} transactions (${amount}) of earlier quarters reached the Service Center after their statement was "
                "made. They are counted here."
            ).format(n=bill.late_accesses, amount=bill.late)
        )
    if bill.waived:
        told.append(_("Use of ${waiver} or less in a quarter is waived.").format(waiver=bill.waiver))
    elif bill.billed:
        told.append(
            _("More than ${waiver} was used in the quarter, so all of it is billed.").format(waiver=bill.waiver)
        )
    if bill.is_invoice and (to := this_site().config.service_center.checks_to):
        told.append(
            _("To pay by check, write account number {number} on it and mail it to: {address}.").format(
                number=bill.account_number, address=", ".join(to)
            )
        )
    return told
