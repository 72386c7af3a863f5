"""What a docket from elsewhere says that no column, row or line of this court holds: told whole, as it came. Pure.

Each piece has a path of names, not of places: a newer copy may list other entries before the same one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openecf.court.cases.rules import Originating
from openecf.court.importing.rules import ImportedEntry, Unread, doc_id_of, list_of, object_of

OF_ENTRIES = frozenset({
    "attachments", "date_entered", "date_filed", "description", "document_number", "file_size_bytes", "file_size_str",
    "pacer_doc_id", "pacer_seq_no", "page_count",
})  # fmt: skip
OF_ATTACHMENTS = frozenset({
    "attachment_number", "description", "file_size_bytes", "file_size_str", "pacer_doc_id", "pacer_seq_no", "page_count",
})  # fmt: skip
OF_ATTORNEYS = frozenset({"contact", "name", "roles"})
OF_CRIMINAL_DATA = frozenset({
    "complaints", "counts", "highest_offense_level_opening", "highest_offense_level_terminated",
})  # fmt: skip
OF_COUNTS = frozenset({"disposition", "name", "status"})
OF_COMPLAINTS = frozenset({"disposition", "name"})
OF_COURTS_BELOW = frozenset({*Originating.__dataclass_fields__, "RESTRICTED_ALIEN_NUMBER"} - {"alien_number"})
OF_TRIAL_PARTIES = frozenset({"attorneys", "criminal_data", "date_terminated", "extra_info", "name", "type"})
OF_TRIAL_CASES = frozenset({
    "assigned_to_str", "case_name", "cause", "court_id", "date_converted", "date_discharged", "date_filed",
    "date_terminated", "demand", "docket_entries", "docket_number", "jurisdiction", "jury_demand", "mdl_status",
    "nature_of_suit", "ordered_by", "parties", "referred_to_str",
})  # fmt: skip
OF_APPEALS = frozenset({
    "appeal_from", "case_name", "case_type_information", "court_id", "date_filed", "date_terminated", "docket_entries",
    "docket_number", "fee_status", "nature_of_suit", "originating_court_information", "panel", "parties",
})  # fmt: skip
OF_THE_NUMBER = {
    "federal_defendant_number": "defendant_number",
    "federal_dn_case_type": "type",
    "federal_dn_judge_initials_assigned": "judge_initials",
    "federal_dn_judge_initials_referred": "referred_initials",
    "federal_dn_office_code": "office",
}
"""Parts of a trial court's case number, as dockets name them and as columns do."""
LONGEST_DAY = 10
"""Letters of a day. Of an hour behind it a column keeps nothing."""
LONGEST_LABEL = 80
_ADDRESS_OF_A_PROGRAM = re.compile(r"\w+\.pl")
"""What the parser takes for a document's number in old links: the name of the program that they called."""


@dataclass(frozen=True)
class Known:
    """What a bench reads: fields of a case, and whether it reads this field of a party."""

    of_cases: frozenset[str]
    of_parties: Callable[[str, Any], bool]


TRIAL = Known(OF_TRIAL_CASES, lambda name, _value: name in OF_TRIAL_PARTIES)


def of_docket(
    data: Mapping[str, Any], known: Known, *, columns: Mapping[str, Any], entries: Sequence[ImportedEntry]
) -> tuple[Unread, ...]:
    """Everything of a docket that was not read into ``columns``, parties and ``entries`` (in the docket's order)."""
    return (*_of_case(data, known, columns), *_of_parties(data, known), *_of_entries(data, entries))


def _of_case(data: Mapping[str, Any], known: Known, columns: Mapping[str, Any]) -> Iterator[Unread]:
    for name, value in _beyond(data, known.of_cases):
        if str(value) != columns.get(OF_THE_NUMBER.get(name, "")):
            yield _unread(_step(name), value)
    if "originating_court_information" in known.of_cases:
        below = object_of(data.get("originating_court_information"), "The originating court information")
        yield from _fields("originating_court_information", below, OF_COURTS_BELOW)


def _of_parties(data: Mapping[str, Any], known: Known) -> Iterator[Unread]:
    for place, party in _called("parties", list_of(data.get("parties"), "Parties"), "name", "type"):
        yield from _fields(place, party, frozenset(name for name in party if known.of_parties(name, party[name])))
        yield from _rows(f"{place}.attorneys", list_of(party.get("attorneys"), "Attorneys"), OF_ATTORNEYS)
        if not known.of_parties("criminal_data", {}):
            continue
        criminal, within = object_of(party.get("criminal_data"), "A party's criminal data"), f"{place}.criminal_data"
        yield from _fields(within, criminal, OF_CRIMINAL_DATA)
        yield from _rows(f"{within}.counts", list_of(criminal.get("counts"), "Counts"), OF_COUNTS)
        yield from _rows(f"{within}.complaints", list_of(criminal.get("complaints"), "Complaints"), OF_COMPLAINTS)


def _of_entries(data: Mapping[str, Any], entries: Sequence[ImportedEntry]) -> Iterator[Unread]:
    rows = list_of(data.get("docket_entries"), "Docket entries")
    called = _called("docket_entries", rows, "document_number", "date_filed", otherwise="description")
    for n, ((place, row), entry) in enumerate(zip(called, entries, strict=True)):
        yield from _fields(place, row, OF_ENTRIES, entry=n)
        if _is_odd(row.get("pacer_doc_id")):
            yield _unread(f"{place}.pacer_doc_id", row["pacer_doc_id"], entry=n)
        attachments = list_of(row.get("attachments"), "Attachments")
        for m, (within, attachment) in enumerate(_called(f"{place}.attachments", attachments, "attachment_number")):
            if m in entry.skipped:
                yield _unread(within, attachment, entry=n)
            else:
                yield from _fields(within, attachment, OF_ATTACHMENTS, entry=n)


def _rows(place: str, rows: Sequence[Mapping[str, Any]], known: frozenset[str]) -> Iterator[Unread]:
    for within, row in _called(place, rows, "name"):
        yield from _fields(within, row, known)


def _fields(place: str, row: Mapping[str, Any], known: frozenset[str], *, entry: int | None = None) -> Iterator[Unread]:
    for name, value in _beyond(row, known):
        yield _unread(f"{place}{_step(name)}", value, entry=entry)


def _beyond(row: Mapping[str, Any], known: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Fields that say something and that nothing here reads; and days with an hour behind them."""
    for name, value in row.items():
        if name not in known:
            if _says(value):
                yield name, value
        elif name.startswith("date_") and isinstance(value, str) and len(value) > LONGEST_DAY:
            yield name, value


def _is_odd(doc_id: Any) -> bool:
    """Whether something stands in a document number's place that is none, and that means something."""
    written = str(doc_id or "")
    return bool(written) and not doc_id_of(written) and not _ADDRESS_OF_A_PROGRAM.fullmatch(written)


def _says(value: Any) -> bool:
    """Whether a value says anything. Zero and "no" do."""
    return value not in (None, "", [], {})


def _called(
    place: str, rows: Sequence[Mapping[str, Any]], *names: str, otherwise: str = ""
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each row with its path: what the fields ``names`` say of it, and which of several it is of which they say the same.

    ``otherwise``: the field that tells it where the first says nothing.
    """
    met: Counter[str] = Counter()
    for row in rows:
        first = names if not otherwise or row.get(names[0]) else (*names[1:], otherwise)
        label = ", ".join(str(row[name])[:LONGEST_LABEL] for name in first if row.get(name))
        met[label] += 1
        again = f" ({met[label]})" if met[label] > 1 else ""
        yield f"{place}[{_held(label)}{again}]", row


_PLAIN = re.compile(r"\w{1,200}")


def _step(name: str) -> str:
    """A field's name at the end of a path; quoted where it is no plain word."""
    return f".{name}" if _PLAIN.fullmatch(name) else f"[{as_it_came(name)}]"


def _unread(path: str, value: Any, *, entry: int | None = None) -> Unread:
    return Unread(path=path.removeprefix("."), said=as_it_came(value), entry=entry)


def as_it_came(value: Any) -> str:
    """A value as JSON. Letters that no text of the database can hold are written as JSON's escapes."""
    return _held(json.dumps(value, ensure_ascii=False), lambda: json.dumps(value))


def _held(text: str, otherwise: Callable[[], str] | None = None) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return otherwise() if otherwise else text.encode("ascii", "backslashreplace").decode()
    return text.replace("\x00", "\\u0000")
