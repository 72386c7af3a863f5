"""A docket sheet as a PDF: the same selection, the same words, the same price as on the page."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import IO, TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_lazy

from openecf.court.docket import reading
from openecf.court.docket.rules import Selection
from openecf.court.fees import services as fees
from openecf.court.people.rules import Reader
from openecf.kernel.refusal import Refusal
from openecf.platform.config import this_site
from openecf.platform.pdf import printing
from openecf.platform.pdf.lying import path_of

if TYPE_CHECKING:
    from openecf.court.cases.models import Case

MOST_PRINTED = 5_000
"""Entries of a sheet that is set as a PDF, on about 350 pages: three seconds of a processor, and 40 MB of its memory."""


class TooLongToPrint(Refusal):
    """The selection takes more entries than a PDF is made of. Nothing was charged."""

    code = "too-long-to-print"


class CannotPrint(Refusal):
    """The PDF was not ready in time. Nothing was charged."""

    said = gettext_lazy(
        "The PDF could not be made. Nothing was charged. Choose fewer entries, or the page (HTML), and try again."
    )
    code = "cannot-print"


@dataclass(frozen=True)
class Printed:
    """A sheet on paper: an open file, and what it is called when it is saved."""

    file: IO[bytes]
    filename: str


def sheet(*, reader: Reader, case: Case, selection: Selection, base: str, at: datetime) -> Printed:
    """The docket sheet of a case the reader may see, as a PDF, charged to the reader once it is made.

    ``base``: the origin that its links lead to. Raises TooLongToPrint, CannotPrint, printing.PressesBusy and what
    ``fees.charge`` does.
    """
    # Boxes to tick are of no use on paper.
    selection = reading.for_reader(reader, replace(selection, multiple=False))
    facts = reading.facts_for(case, selection)
    parts = reading.parts_of(reader, case, facts, selection)
    if parts.entries > MOST_PRINTED:
        raise TooLongToPrint(_too_long(parts.entries), case=case.id)
    billed = reading.billed(reader, case, facts, selection, text_bytes=parts.text_bytes, at=at)
    receipt = render_to_string("fees/receipt.html", {"receipt": fees.quote(**billed)})
    pieces = chain((piece.decode() for piece in parts), (receipt,))
    file = _set(pieces, base=base, foot=_foot(facts.heading_number))
    try:
        fees.charge(**billed)
    except Refusal:
        file.close()
        raise
    return Printed(file, f"{facts.heading_number.replace(':', '-')}_docket.pdf")


def _set(pieces: Iterable[str], *, base: str, foot: str) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    try:
        printing.typeset(pieces, to=path_of(file), base=base, foot=foot)
    except BaseException as failed:
        file.close()
        if isinstance(failed, printing.Unusable):
            raise CannotPrint from None
        raise
    return file


def _foot(number: str) -> str:
    if not this_site().config.demonstration:
        return number
    return f"{number}   {gettext('Demonstration: this case is invented.')}"


def _too_long(entries: int) -> str:
    return gettext(
        "A PDF holds %(most)s entries of a docket at most, and this selection takes %(entries)s. Nothing was charged. "
        "Choose fewer entries, or the page (HTML), which has no limit."
    ) % {"most": f"{MOST_PRINTED:,}", "entries": f"{entries:,}"}
