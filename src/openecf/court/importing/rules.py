"""What a docket from elsewhere holds, whatever kind of court it comes from. Pure values; each bench fills them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openecf.court.cases.rules import AttorneyFacts, CountFacts, Originating, PartyFacts
from openecf.court.docket.rules import DocumentFacts
from openecf.kernel.refusal import Refusal


class CannotRead(Refusal):
    """A file is not a docket of this court in the shape that the importer knows."""

    said = "This is not docket JSON of this court."
    code = "cannot-read"


@dataclass(frozen=True)
class ImportedEntry:
    """One entry. ``seq`` 0: the source gave none. ``documents``: in the order of their parts, as the chain has them.
    ``links_to``: its number leads to another than its first document.

    ``skipped``: places in its list of attachments, from 0, that became no document.
    """

    seq: int
    number: str
    first_date: date
    filed: date
    entered: date | None
    text: str
    entered_note: str
    documents: tuple[DocumentFacts, ...] = ()
    links_to: str = ""
    skipped: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Unread:
    """Something that a docket says and that nothing here reads: where it stands, as JSON what it says.

    ``entry``: which of the docket's entries it is about (their place in the file, from 0), if it is about one.
    """

    path: str
    said: str
    entry: int | None = None


@dataclass(frozen=True)
class ImportedCase:
    """One case. ``columns`` are values for the columns of the case table, by their names.

    ``unread``: what the source says that no column, row or line here holds.
    """

    number: str
    columns: Mapping[str, Any]
    assigned_to: str = ""
    referred_to: str = ""
    originating: Originating | None = None
    parties: tuple[PartyFacts, ...] = ()
    entries: tuple[ImportedEntry, ...] = ()
    unread: tuple[Unread, ...] = ()


LONGEST_DAYS = (1700, 2200)
"""Years between which a day of a court's record lies."""
LARGEST = 2**31 - 1
"""The largest number of pages, of an attachment or of a place on the docket that the tables hold."""


_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def text_of(value: Any, what: str) -> str:
    """A text field; "" for none. CannotRead when it is anything else."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise CannotRead(f"{what} is not text.")
    if _NO_TEXT.search(value):
        raise CannotRead(f"{what} holds a character that no text can hold.")
    return value


def texts_of(value: Any, what: str) -> tuple[str, ...]:
    """A list of texts; empty for none."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise CannotRead(f"{what} is not a list.")
    return tuple(text_of(one, what) for one in value)


def object_of(value: Any, what: str) -> Mapping[str, Any]:
    """An object; empty for none."""
    if not value:
        return {}
    if not isinstance(value, dict):
        raise CannotRead(f"{what} is not an object.")
    return value


_INITIAL = re.compile(r"(?<!\S)([a-z])\.(?!\S)")
_GOVERNMENT = re.compile(
    r"(?:USA|U\.S\.A\.|U\.S\.?|U\. S\.?|(?:The )?United States of America|The United States)[,.]?", re.IGNORECASE
)


def judge_of(value: Any, what: str) -> str:
    """A judge's name as headings print it.

    The parser that wrote the docket makes an initial that is also a small word small, ``John a. Roe`` of ``John A Roe``.
    """
    return _INITIAL.sub(lambda match: match[1].upper(), text_of(value, what))


def caption_of(value: Any, what: str) -> str:
    """A caption as headings print it.

    The parser that wrote the docket drops "et al" and says "United States" where the government stands alone: where
    its long name is left, others stood with it.
    """
    sides = text_of(value, what).split(" v. ")
    return " v. ".join(f"{side} et al" if _GOVERNMENT.fullmatch(side) else side for side in sides)


def day_of(value: Any, what: str) -> date | None:
    """A day in ISO form; None for none. CannotRead when it is anything else."""
    written = text_of(value, what)
    if not written:
        return None
    try:
        day = date.fromisoformat(written[:10])
    except ValueError:
        raise CannotRead(f"{what} is not a day: {written[:40]}") from None
    if not LONGEST_DAYS[0] <= day.year < LONGEST_DAYS[1]:
        raise CannotRead(f"{what} is not a day of any court's record: {written[:40]}")
    return day


def list_of(value: Any, what: str) -> list[Mapping[str, Any]]:
    """A list of objects; empty for none."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise CannotRead(f"{what} is not a list of objects.")
    return value


_NOTE = re.compile(r"^(?P<text>.*\S) (?P<note>[(\[]Entered: [^()\[\]]{6,30}[)\]])$", re.DOTALL)


def without_note(description: str) -> tuple[str, str]:
    """Docket text and its suffix ``(Entered: …)``; the suffix stays in the text where it stands elsewhere."""
    match = _NOTE.match(description)
    return (match["text"], match["note"]) if match else (description, "")


def whole_number(value: Any, what: str = "A number") -> int:
    """A count of pages or bytes, or a place on the docket; 0 where there is none. CannotRead when it is no number."""
    if value is None or value == "":
        return 0
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15:
        return value
    raise CannotRead(f"{what} is not a whole number: {str(value)[:40]}")


def small_number(value: Any, what: str) -> int:
    """As ``whole_number``, where more than two thousand million is a mistake."""
    found = whole_number(value, what)
    if found > LARGEST:
        raise CannotRead(f"{what} is too large: {found}")
    return found


def doc_id_of(value: Any) -> str:
    """A document number with flag digit 0; "" for what is no document number (old links without one)."""
    written = str(value or "")
    return f"{written[:3]}0{written[4:]}" if re.fullmatch(r"\d{5,20}", written) else ""


def attorneys_of(party: Mapping[str, Any]) -> tuple[AttorneyFacts, ...]:
    """Counsel of a party, in order."""
    return tuple(
        AttorneyFacts(
            name=text_of(one.get("name"), "An attorney's name"),
            contact=text_of(one.get("contact"), "An attorney's contact"),
            roles=texts_of(one.get("roles"), "An attorney's roles"),
        )
        for one in list_of(party.get("attorneys"), "Attorneys")
    )


def party_of(party: Mapping[str, Any]) -> PartyFacts:
    """A party of a trial court's docket."""
    criminal = object_of(party.get("criminal_data"), "A party's criminal data")
    counts = [
        CountFacts(
            text_of(count.get("status"), "A count's status") or "pending",
            text_of(count.get("name"), "A count"),
            text_of(count.get("disposition"), "A disposition"),
        )
        for count in list_of(criminal.get("counts"), "Counts")
    ]
    counts += [
        CountFacts(
            "complaint", text_of(one.get("name"), "A complaint"), text_of(one.get("disposition"), "A disposition")
        )
        for one in list_of(criminal.get("complaints"), "Complaints")
    ]
    return PartyFacts(
        name=text_of(party.get("name"), "A party's name"),
        type=text_of(party.get("type"), "A party's type"),
        lines=text_of(party.get("extra_info"), "A party's lines"),
        terminated=day_of(party.get("date_terminated"), "A party's termination"),
        no_attorney_column="attorneys" not in party,
        attorneys=attorneys_of(party),
        has_criminal_data=bool(criminal),
        offense_opening=text_of(criminal.get("highest_offense_level_opening"), "An offense level"),
        offense_terminated=text_of(criminal.get("highest_offense_level_terminated"), "An offense level"),
        counts=tuple(counts),
    )


def _document(row: Mapping[str, Any], part: int, description: str = "") -> DocumentFacts | None:
    doc_id = doc_id_of(row.get("pacer_doc_id"))
    if not doc_id:
        return None
    return DocumentFacts(
        part=part,
        doc_id=doc_id,
        description=description or text_of(row.get("description"), "A description"),
        pages=small_number(row.get("page_count"), "A number of pages"),
        bytes=whole_number(row.get("file_size_bytes"), "A size"),
        size_text=text_of(row.get("file_size_str"), "A size"),
    )


def entry_of(row: Mapping[str, Any], *, attachments_from: int = 0) -> ImportedEntry:
    """An entry. ``attachments_from`` 1: the list of attachments counts the main document as its number 1."""
    filed = day_of(row.get("date_filed"), "An entry's date")
    if filed is None:
        raise CannotRead("An entry has no date.")
    text, note = without_note(text_of(row.get("description"), "Docket text"))
    number = text_of(row.get("document_number"), "A document number")
    main = _document({**row, "description": None}, 0)
    listed, skipped = _attachments(row, f"Entry {number or row.get('date_filed')}", counted_from=attachments_from)
    here = next((document for document in listed.values() if main and document.doc_id == main.doc_id), None)
    if main and here is None:
        skipped |= {place for place, document in listed.items() if document.part == 0}
        # The main document stands at no place of the list.
        listed = {-1: main} | {place: document for place, document in listed.items() if document.part != 0}
    return ImportedEntry(
        seq=small_number(row.get("pacer_seq_no"), "A sequence number"),
        number=number,
        first_date=filed,
        filed=filed,
        entered=day_of(row.get("date_entered"), "An entry's day of entry"),
        text=text,
        entered_note=note,
        documents=tuple(sorted(listed.values(), key=lambda document: document.part)),
        links_to=here.doc_id if here and here.part else "",
        skipped=frozenset(skipped),
    )


def _attachments(row: Mapping[str, Any], where: str, *, counted_from: int) -> tuple[dict[int, DocumentFacts], set[int]]:
    """The documents that are attached to an entry, each one and each part once, by their places in its list; and the
    places of what has no document number, or is listed again."""
    found: dict[int, DocumentFacts] = {}
    skipped: set[int] = set()
    for place, attachment in enumerate(list_of(row.get("attachments"), "Attachments")):
        part = small_number(attachment.get("attachment_number"), "An attachment's number") - counted_from
        document = _document(attachment, part)
        if part < 0 or part > 32_767:
            raise CannotRead(f"{where}: an attachment has the number {attachment.get('attachment_number')!r}.")
        if document is None or any(document.part == o.part or document.doc_id == o.doc_id for o in found.values()):
            skipped.add(place)
        else:
            found[place] = document
    return found, skipped
