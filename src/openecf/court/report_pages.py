"""What the pages of all reports share: how their addresses and forms are read, and the page that says why there is none."""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

INCOMPLETE = gettext_noop("Incomplete request. Please try your query again by choosing the Query or Reports option")
DATES_REVERSED = gettext_noop("The start date must be less than or equal to the end date")
_DAY_FORMATS = ["%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d"]


class BadSelection(ValueError):
    """A selection that no report fits; the text is the one that courts' systems give."""


def day(written: str) -> date | None:
    """A day as it is typed into a report's form; None for an empty field. BadSelection when it is no day."""
    written = written.strip()
    if not written:
        return None
    for shape in _DAY_FORMATS:
        try:
            return datetime.strptime(written, shape).date()
        except ValueError:
            continue
    raise BadSelection(_("“%(typed)s” is not a date in the form mm/dd/yyyy.") % {"typed": written[:20]})


def days(first: str, last: str) -> tuple[date | None, date | None]:
    """A range of days as typed, either end open. BadSelection when an end is no day, or comes before the other."""
    start, end = day(first), day(last)
    if start and end and start > end:
        raise BadSelection(DATES_REVERSED)
    return start, end


def case_id_of(written: str) -> int | None:
    """A case id out of a form; None when there is none, or several."""
    found = re.fullmatch(r"\s*([0-9]{1,15})\s*,?\s*", written)
    return int(found[1]) if found else None


def nonce(case_id: int = 1) -> str:
    """What stands behind the question mark of a report's address; names the case, so that nothing is kept for it."""
    return f"{secrets.randbelow(10**15):015d}-L_{case_id}_0-1"


def case_of_nonce(query: str) -> int | None:
    """The case that a nonce of this site names."""
    found = re.search(r"-L_([0-9]{1,15})_", query)
    return int(found[1]) if found else None


def said(request: HttpRequest, words: str, *, status: int = 200) -> HttpResponse:
    """A report page that says why there is no report, in the words that programs know."""
    return render(request, "docket/said.html", {"words": words}, status=status)
