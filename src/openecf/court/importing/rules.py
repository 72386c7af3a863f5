"""What a docket from elsewhere holds, whatever kind of court it comes from. Pure values; each bench fills them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """One entry. ``seq`` 0: the source gave none. ``links_to``: its number leads to another than its first document."""

    seq: int
    number: str
    first_date: date
    filed: date
    entered: date | None
    text: str
    entered_note: str
    documents: tuple[DocumentFacts, ...] = ()
    links_to: str = ""


@dataclass(frozen=True)
class ImportedCase:
    """One case. ``columns`` are values for the columns of the case table, by their names."""

    number: str
    columns: Mapping[str, Any]
    assigned_to: str = ""
    referred_to: str = ""
    originating: Originating | None = None
    parties: tuple[PartyFacts, ...] = ()
    entries: tuple[ImportedEntry, ...] = ()
    left_out: tuple[str, ...] = field(default=())


def text_of(value: Any, what: str) -> str:
    """A text field; "" for none. CannotRead when it is anything else."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise CannotRead(f"{what} is not text.")
    if "\x00" in value:
        raise CannotRead(f"{what} holds a character that no text can hold.")
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
        return date.fromisoformat(written[:10])
    except ValueError:
        raise CannotRead(f"{what} is not a day: {written[:40]}") from None


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


def whole_number(value: Any) -> int:
    """A count of pages or bytes, or a sequence number; 0 where there is none."""
    if isinstance(value, bool) or value is None:
        return 0
    if isinstance(value, int):
        return max(value, 0)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else 0


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
            roles=tuple(text_of(role, "A role") for role in one.get("roles") or ()),
        )
        for one in list_of(party.get("attorneys"), "Attorneys")
    )


def party_of(party: Mapping[str, Any]) -> PartyFacts:
    """A party of a trial court's docket."""
    criminal = party.get("criminal_data") or {}
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
        pages=whole_number(row.get("page_count")),
        bytes=whole_number(row.get("file_size_bytes")),
        size_text=text_of(row.get("file_size_str"), "A size"),
    )


def entry_of(row: Mapping[str, Any], *, attachments_from: int = 0) -> ImportedEntry:
    """An entry. ``attachments_from`` 1: the list of attachments counts the main document as its number 1."""
    filed = day_of(row.get("date_filed"), "An entry's date")
    if filed is None:
        raise CannotRead("An entry has no date.")
    text, note = without_note(text_of(row.get("description"), "Docket text"))
    main = _document({**row, "description": None}, 0)
    listed = [
        _document(attachment, whole_number(attachment.get("attachment_number")) - attachments_from)
        for attachment in list_of(row.get("attachments"), "Attachments")
    ]
    documents = [document for document in listed if document]
    here = next((document for document in documents if main and document.doc_id == main.doc_id), None)
    if main and here is None:
        documents = [main, *(d for d in documents if d.part != 0)]
    return ImportedEntry(
        seq=whole_number(row.get("pacer_seq_no")),
        number=text_of(row.get("document_number"), "A document number"),
        first_date=filed,
        filed=filed,
        entered=day_of(row.get("date_entered"), "An entry's day of entry"),
        text=text,
        entered_note=note,
        documents=tuple(documents),
        links_to=here.doc_id if here and here.part else "",
    )
