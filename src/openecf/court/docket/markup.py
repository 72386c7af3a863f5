"""Pieces of docket markup that several kinds of courts share. Pure: facts in, markup out."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from openecf.court.cases.rules import AttorneyFacts, CaseFacts, PartyFacts
from openecf.court.docket.rules import DocumentFacts, EntryFacts, Selection, plain, safe
from openecf.court.documents.rules import AS_FILED, NO_HEADER

PUBLIC_HOST = "https://ecf.{court}.uscourts.gov"
BOXES = "<th><span class='usa-sr-only'>Choose</span></th>"
"""Above a column of boxes: the eye needs no word there, who hears the table does."""


@lru_cache(maxsize=20_000)
def us(day: date | None) -> str:
    """``01/02/2024``; empty for none."""
    return f"{day.month:02d}/{day.day:02d}/{day.year:04d}" if day else ""


def flags(case: CaseFacts) -> str:
    """The flags above a heading, at its right."""
    if not case.flags:
        return ""
    return f'<p class="docket-flags">{safe(", ".join(case.flags))}</p>'


def attorneys(party: PartyFacts) -> str:
    """The counsel column: each name in bold, then contact lines as text, then roles in italics.

    Something follows every name, because readers drop a name that ends the cell.
    """
    return "".join(_attorney(attorney) for attorney in party.attorneys)


def _attorney(attorney: AttorneyFacts) -> str:
    contact = "".join(f"<br>{plain(line)}" for line in attorney.contact_lines)
    roles = "".join(f"<br><i>{plain(role)}</i>" for role in attorney.printed_roles)
    return f"<b>{plain(attorney.name)}</b>{contact}{roles}<br><br>"


def party_lines(party: PartyFacts) -> str:
    """The lines under a party's name; what says TERMINATED in italics."""
    return "".join(
        f"<br><i>{plain(line)}</i>" if line.upper().startswith("TERMINATED") else f"<br>{plain(line)}"
        for line in party.printed_lines
    )


def size(document: DocumentFacts) -> str:
    """``1.0 MB``: as the source printed it, or from the bytes."""
    if document.size_text or not document.bytes:
        return document.size_text
    if document.bytes < 1_000_000:
        return f"{document.bytes / 1024:.1f} KB"
    return f"{document.bytes / 1024 / 1024:.1f} MB"


def pages(document: DocumentFacts) -> str:
    """``1 page``, ``2 pages``; empty when not known."""
    if not document.pages:
        return ""
    return f"{document.pages} page" if document.pages == 1 else f"{document.pages} pages"


def words(entry: EntryFacts) -> str:
    """Docket text; a struck entry's words stay readable under the mark."""
    text = safe(entry.wording)
    return f"<s>{text}</s> (STRICKEN)" if entry.struck else text


def asked(entry: EntryFacts) -> str:
    """What the address of a document says of the copy: nothing, or that it is to be as it was filed."""
    return f"?{AS_FILED}" if entry.as_filed else ""


def header(entry: EntryFacts) -> str:
    """The same as ``goDLS`` takes it."""
    return NO_HEADER if entry.as_filed else ""


def notice(entry: EntryFacts) -> str:
    """The link to an entry's notice. Its letters come from the style sheet: programs take the first word of this cell for
    the entry's number, which an order without a document has not."""
    if not entry.notice:
        return ""
    label = f"NEF: Notice of Electronic Filing, entry {safe(entry.number) or entry.seq}"
    address = f"/cgi-bin/DisplayReceipt.pl?{entry.case_id},{entry.seq}"
    return f"<a class='docket-notice' href='{address}' aria-label='{label}'></a>"


def together(case: CaseFacts, selection: Selection, *, at: str = "show_multidocs.pl?caseid=") -> str:
    """Where the form for several documents of a sheet leads; ``at``: up to the case's id."""
    return f"{at}{case.id}{f'&amp;{AS_FILED}' if selection.as_filed else ''}"


def buttons(address: str) -> str:
    """The end of the form for several documents that leads to ``address``: one PDF of them, or a ZIP."""
    return (
        f'<p class="docket-chosen"><input type="submit" class="usa-button" value="View Selected" formaction="{address}&amp;zipit=0"> '
        f'<input type="submit" class="usa-button usa-button--outline" value="Download Selected" formaction="{address}&amp;zipit=1"></p></form>'
    )


def measured(entry: EntryFacts) -> tuple[DocumentFacts, ...]:
    """The documents whose size is known: those that can be chosen together."""
    return tuple(document for document in entry.documents if document.bytes or document.size_text)
