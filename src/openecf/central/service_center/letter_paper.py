"""Activation letters on paper, each on a sheet of its own, in its reader's language.

The address stands where the window of a number 10 envelope shows it when the sheet is folded in three.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, PageBreak, Paragraph

from openecf.central import paper
from openecf.central.accounts import rules
from openecf.central.accounts.services import in_words_of
from openecf.central.accounts.services.lettering import Printed
from openecf.central.service_center.context import reach
from openecf.platform.config import this_site

_TOKEN = ParagraphStyle("token", parent=paper.TITLE, fontSize=20, leading=28, spaceBefore=8, spaceAfter=8)


def printed(letters: Sequence[Printed]) -> bytes:
    """The letters as one PDF to print and put into envelopes."""
    story: list[Flowable] = []
    for one in letters:
        with in_words_of(one.account):
            story += [*_letter(one), PageBreak()]
    return paper.printed(
        title=_("Activation letters"), foot="PACER Service Center", demonstration=_("Demonstration: do not mail this."),
        story=story[:-1], numbered=False,
    )  # fmt: skip


def _letter(one: Printed) -> list[Flowable]:
    account = one.account
    return [
        Paragraph(escape(paper.said(_("PACER Service Center"))), paper.PLAIN),
        paper.space(60),
        paper.lines(rules.postal_lines(account)),
        paper.space(54),
        Paragraph(escape(paper.said(_("Activate case search"))), paper.TITLE),
        paper.space(6),
        *_says(_("You registered PACER account {number}. This letter shows that we reach you by mail. To search cases with "
                 "the account, sign in to Manage My Account and type this token under “Activate case search”:")
               .format(number=account.number)),
        Paragraph(rules.shown_token(one.token), _TOKEN),
        *_says(f"{this_site().config.base_url}/pscof/manage/activate"),
        *_says(_("The token is good once, until {day}, and only for that account. If another letter was sent to you since, "
                 "this one is good no more.").format(day=date_format(one.expires_at, "DATE_FORMAT"))),
        *_says(_("Nobody from the Service Center or a court asks for it. If you did not register, destroy this letter: "
                 "without it nobody searches with the account.")),
        *_says(" · ".join(part for part in (reach().phone, reach().email) if part)),
    ]  # fmt: skip


def _says(words: str) -> list[Flowable]:
    return [Paragraph(escape(paper.said(words)), paper.PLAIN), paper.space(8)] if words else []
