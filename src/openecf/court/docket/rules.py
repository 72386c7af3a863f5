"""Pure decisions of the docket room: what a docket sheet is made of, how entries are chained, how text is made safe."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from openecf.court.cases.rules import CaseFacts

FAILURES = (
    "MetaMask",
    "console.log(",
    "Drumpf",
    "The report may take",
    "The page ID does not",
    "There are no documents in this case",
    "Incomplete request",
    "To accept charges",
    "This case was administratively closed",
    "The start date must",
    "The starting document number",
    "Case not found",
    "Either you do not have permission",
    "Format: text",
    "Server timeout",
    "The case type was",
    "This case is in the process",
    "Submission already made",
    "The link to this page",
    "Click on the",
    "Access to the document",
    "Only applications for admission",
    "Only requests for a Certificate",
    "DO NOT POST IN THIS CASE",
    "Control F",
)
"""Words by which reading programs know that a report failed, wherever on the page they stand."""

LABELS = (
    "Assigned to:",
    "Referred to:",
    "Adversary Proceeding",
    "Lead BK Title",
    "Nature[s] of",
    "Docket Text",
    "Total file size of",
    "Footer format:",
    "Docketed",
    "Termed",
    "Nature of Suit",
    "Appeal From",
    "Fee Status",
    "Case Type Information",
    "Originating Court Information",
    "Panel Assignment",
    "Court Reporter",
    "Trial Judge",
    "Ordering Judge",
    "Date Filed",
    "Filed Date",
    "Date Disposed",
    "No docket entries found",
)
"""Labels that reading programs look for anywhere on a page. What people wrote may contain them."""


def _phrases(phrases: Sequence[str]) -> re.Pattern[str]:
    spaced = (r"\s+".join(re.escape(html.escape(word)) for word in phrase.split()) for phrase in phrases)
    return re.compile("|".join(spaced), re.IGNORECASE)


def _marks(phrases: Sequence[str]) -> tuple[str, ...]:
    """The longest word of each phrase: text that holds none of them holds no phrase, and that is quick to see."""
    return tuple({max(html.escape(phrase).casefold().split(), key=len) for phrase in phrases})


_FAILURES, _LABELS = _phrases(FAILURES), _phrases(LABELS)
_MARKS_OF_FAILURES, _MARKS_OF_LABELS = _marks(FAILURES), _marks(LABELS)
_SHORTEST = min(len(mark) for mark in (*_MARKS_OF_FAILURES, *_MARKS_OF_LABELS))
"""Text that is shorter than this holds no phrase: numbers of entries, most of all."""


def _disguised(match: re.Match[str]) -> str:
    phrase = match[0]
    return f"&#{ord(phrase[0])};{phrase[1:]}"


def _parted(match: re.Match[str]) -> str:
    phrase = match[0]
    return f"{phrase[0]}<span>{phrase[1:-1]}</span>{phrase[-1]}"


_MARKS = re.compile("|".join(re.escape(mark) for mark in (*_MARKS_OF_FAILURES, *_MARKS_OF_LABELS)))
_CLEAN: set[str] = set()
"""Words of the record that are part of no phrase: most text is made of words that were looked at before."""
_MOST_CLEAN = 100_000
_DAY = re.compile(r"\(?[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}[).,;]*")
"""A day as dockets write it: every mark has a letter in it, and there are not many days."""


def _is_clean(escaped: str) -> bool:
    """Whether text surely holds no phrase. No mark has a space in it, so that each word can be looked at by itself."""
    if len(escaped) < _SHORTEST:
        return True
    unseen = set(escaped.casefold().split()) - _CLEAN
    if not unseen:
        return True
    if _MARKS.search(" ".join(unseen)):
        return False
    if len(_CLEAN) < _MOST_CLEAN:
        _CLEAN.update([word for word in unseen if word.strip(".,;:()[]'\"").isalpha() or _DAY.fullmatch(word)])
    return True


def plain(text: str) -> str:
    """``text`` as HTML in one piece, its first letter written by number where programs would take it for a failure."""
    if not text:
        return ""
    escaped = html.escape(text)
    if _is_clean(escaped):
        return escaped
    folded = escaped.casefold()
    return _FAILURES.sub(_disguised, escaped) if any(mark in folded for mark in _MARKS_OF_FAILURES) else escaped


def safe(text: str) -> str:
    """``text`` as HTML that shows exactly the same words and cannot be taken for one of the page's own labels.

    A label in it is parted by an element that changes nothing to the eye. Not for text whose pieces programs put
    together with spaces (headings) or take without its elements (counsel): those are ``plain``.
    """
    if not text:
        return ""
    escaped = html.escape(text)
    if _is_clean(escaped):
        return escaped
    found = plain(text)
    folded = found.casefold()
    return _LABELS.sub(_parted, found) if any(mark in folded for mark in _MARKS_OF_LABELS) else found


def one_line(markup: str) -> str:
    """Markup without line breaks, tabs and backslashes, so that stored rows can be copied out as they are."""
    return markup.replace("\\", "&#92;").replace("\r", "").replace("\n", " ").replace("\t", " ")


@dataclass(frozen=True)
class DocumentFacts:
    """A document of an entry, as a docket row shows it. ``bytes`` 0: size not known."""

    part: int
    doc_id: str
    description: str = ""
    pages: int = 0
    bytes: int = 0
    size_text: str = ""
    restriction: int = 0
    sha256: str = ""
    transcript: bool = False


@dataclass(frozen=True)
class EntryFacts:
    """A docket entry, as a docket row shows it. ``documents`` holds only those that the reader may open."""

    case_id: int
    seq: int
    number: str
    first_date: date | None
    filed: date | None
    entered: datetime | None
    text: str
    entered_note: str = ""
    title: str = ""
    restriction: int = 0
    struck: bool = False
    has_pacer_seq: bool = True
    elsewhere: str = ""
    documents: tuple[DocumentFacts, ...] = ()
    as_filed: bool = False
    """Its links ask for copies without the court's line."""
    notice: bool = False
    """Its notice is linked, because the reader asked for that and may see it."""

    @property
    def wording(self) -> str:
        """Docket text with its suffix, as printed."""
        return f"{self.text} {self.entered_note}" if self.entered_note and self.text else self.text or self.entered_note

    @property
    def main(self) -> DocumentFacts | None:
        """The main document; None for text-only entries."""
        for document in self.documents:
            if document.part == 0:
                return document
        return None

    @property
    def doc_id(self) -> str:
        """What the entry's number links to: flag digit 0 when there are attachments to choose from, else 1."""
        main = self.main
        if self.elsewhere or main is None:
            return self.elsewhere
        flag = "0" if len(self.documents) > 1 else "1"
        return f"{main.doc_id[:3]}{flag}{main.doc_id[4:]}"


@dataclass(frozen=True)
class Selection:
    """What a reader asked of a docket report. Dates and numbers are inclusive; None leaves that end open."""

    by_entered: bool = False
    date_from: date | None = None
    date_to: date | None = None
    number_from: int | None = None
    number_to: int | None = None
    parties: bool = False
    terminated_parties: bool = False
    member_cases: bool = False
    multiple: bool = False
    as_filed: bool = False
    notices: bool = False
    defendants: tuple[str, ...] = ()
    """Names of the only defendants that it is about; ``others``: of those that it is not about. Empty: all."""
    others: tuple[str, ...] = ()
    sort: str = "oldest"
    parts: frozenset[str] = field(default=frozenset())

    @property
    def shows_entries(self) -> bool:
        """Whether it takes entries at all: a trial court's does, that of a court of appeals where they are asked for."""
        return not self.parts or "incDktEntries" in self.parts

    @property
    def as_stored(self) -> bool:
        """Whether its rows are those that are stored with the entries, the same for everybody."""
        return not (self.multiple or self.as_filed or self.notices)

    @property
    def words(self) -> str:
        """The search criteria, as the receipt names them."""
        said = []
        if self.date_from:
            said.append(f"Start date: {self.date_from:%m/%d/%Y}")
        if self.date_to:
            said.append(f"End date: {self.date_to:%m/%d/%Y}")
        if self.number_from is not None:
            said.append(f"Starting with document: {self.number_from}")
        if self.number_to is not None:
            said.append(f"Ending with document: {self.number_to}")
        if self.defendants:
            said.append(f"Defendants: {', '.join(self.defendants)}")
        return " ".join(said)


class SheetLayout(Protocol):
    """How this kind of court lays out a docket sheet. Markup is a contract with reading programs."""

    def entered_note(self, at: datetime) -> str:
        """The suffix that tells when an entry was entered; ``at`` is in the court's own time."""

    def row(self, entry: EntryFacts) -> str:
        """One entry's table row."""

    def multiple_rows(self, entry: EntryFacts) -> str:
        """The entry's rows when the reader wants to choose several documents."""

    def head(self, case: CaseFacts, selection: Selection, *, entries: bool) -> str:
        """Everything from the court's name down to the opened table of entries (or none, without ``entries``)."""

    def foot(self, case: CaseFacts, selection: Selection, *, entries: bool) -> str:
        """What closes the table of entries."""


_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def link(previous: str, facts: Sequence[object]) -> str:
    """The next link of a case's chain: SHA-256 over the link before and what is now said, in hex."""
    said = _as_json([previous, *facts])
    return hashlib.sha256(said.encode()).hexdigest()


def identity(document: DocumentFacts) -> list[object]:
    """What the chain says of a document: its part, its number, the hash of its bytes ("": we do not hold them)."""
    return [document.part, document.doc_id, document.sha256]


def entry_link(previous: str, entry: EntryFacts) -> str:
    """The chain's link for an entry: its place, its words, its documents' hashes."""
    documents = [identity(document) for document in entry.documents]
    entered = int(entry.entered.timestamp()) if entry.entered else None
    return link(
        previous,
        [
            "entry",
            entry.case_id,
            entry.seq,
            entry.number,
            entry.filed,
            entered,
            entry.text,
            entry.entered_note,
            documents,
        ],
    )


def correction_link(
    previous: str,
    *,
    case_id: int,
    seq: int,
    text: str,
    struck: bool,
    reason: str,
    at: datetime,
    added: Sequence[Sequence[object]] = (),
) -> str:
    """The chain's link for a correction of an entry. ``added``: documents that came to it, as ``identity`` says them."""
    facts = ["correction", case_id, seq, text, struck, reason, int(at.timestamp())]
    return link(previous, [*facts, added] if added else facts)


def number_sort(number: str) -> int | None:
    """A document number's place in numeric order; None for text-only entries and for what is no number."""
    return int(number) if number.isdecimal() else None


_TAG = re.compile(r"<[^>]*>")


def text_bytes(row: str) -> int:
    """Bytes of extracted text of a row, for billing."""
    return len(_TAG.sub("", row).encode())
