"""The layout of an export: its files, their columns, what each value must be. ``docs/court-conversion.md`` says the same.

Pure. A reader of a value takes the text of a cell that is not empty and returns what is kept, or raises ``Misfit``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from openecf.court.importing.rules import LARGEST, LONGEST_DAYS
from openecf.kernel.names import looks_like_address

LAYOUT = "openecf-court-conversion-1"
MANIFEST = "manifest.json"
DOCUMENTS = "documents"
"""The folder of the export in which the documents' files lie."""


class Misfit(ValueError):
    """A value that does not fit; the message says why, in words for whoever made the export."""


@dataclass(frozen=True)
class Column:
    """One column. ``kind`` is its type in the words of the documentation; ``empty`` stands for an empty cell."""

    name: str
    kind: str
    read: Callable[[str], Any]
    required: bool = False
    empty: Any = ""
    example: str = ""
    means: str = ""


@dataclass(frozen=True)
class FileLayout:
    """One file. ``extras``: what becomes of columns that the layout does not know, in words."""

    name: str
    columns: tuple[Column, ...]
    optional: bool = False
    extras: str = "not kept"

    def place(self, name: str) -> int:
        """Where a column stands in the rows that are read."""
        return next(place for place, column in enumerate(self.columns) if column.name == name)


def text(most: int = 0) -> Callable[[str], str]:
    """Text of at most that many letters; 0: of any length."""
    if not most:
        return str

    def read(written: str) -> str:
        if len(written) > most:
            raise Misfit(f"is longer than {most} letters: {written[:40]!r}…")
        return written

    return read


@lru_cache(maxsize=20_000)
def day(written: str) -> date:
    """A day; fifty years have less of them than are kept in mind."""
    try:
        found = date.fromisoformat(written)
    except ValueError:
        raise Misfit(f"is not a day such as 2022-03-26: {written[:40]!r}") from None
    if not LONGEST_DAYS[0] <= found.year < LONGEST_DAYS[1]:
        raise Misfit(f"is not a day of any court's record: {written[:40]!r}")
    return found


def moment(written: str) -> datetime:
    """A day, or a day and an hour; without a zone it is the court's own time."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise Misfit(f"is not a time such as 2022-03-26T16:05:00-04:00: {written[:40]!r}") from None
    if not LONGEST_DAYS[0] <= found.year < LONGEST_DAYS[1]:
        raise Misfit(f"is not a time of any court's record: {written[:40]!r}")
    return found


def hour(written: str) -> datetime:
    """A day with an hour: the court does not sit on a day as a whole."""
    found = moment(written)
    if len(written) <= len("2022-03-26"):
        raise Misfit(f"has no hour, such as 2022-03-26T09:30: {written[:40]!r}")
    return found


def number(least: int = 0, most: int = LARGEST) -> Callable[[str], int]:
    @lru_cache(maxsize=2048)  # the same few come again and again: a case in each of its rows, sequence numbers, parts
    def read(written: str) -> int:
        if written.isascii() and written.isdecimal() and len(written) < 16:
            found = int(written)
            if least <= found <= most:
                return found
        raise Misfit(f"is not a whole number from {least} to {most}: {written[:40]!r}")

    return read


def yes(written: str) -> bool:
    if written not in ("0", "1"):
        raise Misfit(f"is neither 1 (yes) nor 0 (no): {written[:40]!r}")
    return written == "1"


def one_of(*words: str) -> Callable[[str], str]:
    def read(written: str) -> str:
        if written not in words:
            raise Misfit(f"is none of {', '.join(words)}: {written[:40]!r}")
        return written

    return read


def address(written: str) -> str:
    if len(written) > 254 or not looks_like_address(written):
        raise Misfit(f"is not an e-mail address: {written[:60]!r}")
    return written


def addresses(written: str) -> list[str]:
    return [address(one) for one in written.split()]


def words(most: int) -> Callable[[str], list[str]]:
    def read(written: str) -> list[str]:
        return [text(most)(one) for one in written.split()]

    return read


def lines(most: int = 0) -> Callable[[str], list[str]]:
    """Lines, one under the other in the cell."""

    def read(written: str) -> list[str]:
        return [text(most)(line.strip()) for line in written.splitlines() if line.strip()]

    return read


_DOC_ID = re.compile(r"[0-9]{5,20}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def doc_id(written: str) -> str:
    """A document number, with the digit 0 in the fourth place as the record keeps it."""
    if not _DOC_ID.fullmatch(written):
        raise Misfit(f"is not a document number of 5 to 20 digits: {written[:40]!r}")
    return f"{written[:3]}0{written[4:]}"


def sha256(written: str) -> str:
    if not _SHA256.fullmatch(written):
        raise Misfit(f"is not a SHA-256 in 64 small hexadecimal digits: {written[:70]!r}")
    return written


def inside(written: str) -> str:
    """The name of a file below the folder of documents, never outside it."""
    parts = written.split("/")
    if written.startswith("/") or "\\" in written or any(part in ("", ".", "..") for part in parts):
        raise Misfit(f"is not the name of a file inside the folder {DOCUMENTS}: {written[:60]!r}")
    return written


_CASE = Column("case_id", "number", number(1), required=True, example="401201", means="PACER case id; kept")
_SEQ = number(1)
_LEVEL = Column("restriction", "0 to 6", number(0, 6), empty=0, example="0", means="0 is public, 5 the court only")


def _plain(name: str, most: int = 0, example: str = "", means: str = "", *, required: bool = False) -> Column:
    return Column(name, f"text, {most}" if most else "text", text(most), required, "", example, means)


def _day(name: str, example: str = "", means: str = "", *, required: bool = False) -> Column:
    return Column(name, "day", day, required, None, example, means)


def _flag(name: str, *, empty: bool, means: str) -> Column:
    return Column(name, "0 or 1", yes, empty=empty, example="1" if empty else "0", means=means)


PEOPLE = FileLayout(
    "people.csv",
    (
        _plain("person", 40, "P1207", "the old system's id of the person", required=True),
        _plain("prefix", 10, "Ms."),
        _plain("first_name", 60, "Ada"),
        _plain("middle_name", 60, "B."),
        _plain("last_name", 120, "Counsel", required=True),
        _plain("generation", 10, "Jr."),
        _plain("initials", 10, "ABC"),
        _plain("bar_id", 40, "0011207"),
        _plain("firm", 120, "Counsel & Partners LLP"),
        Column("address", "lines of 120", lines(120), empty=[], example="1 Harbor Street", means="lines in one cell"),
        _plain("phone", 30, "305-555-0142"),
        _plain("fax", 30),
        Column("email", "e-mail", address, example="ada@counsel.example", means="primary address for notices"),
        Column("secondary_emails", "e-mails", addresses, empty=[], means="parted by spaces"),
    ),
)
GROUPS = (
    "attorney", "trustee", "us-trustee", "limited", "court-reporter", "auditor", "pro-se", "pro-hac-vice", "filing-agent",
    "clerk", "judge", "chambers",
)  # fmt: skip
COUNT_KINDS = ("pending", "terminated", "complaint")
USERS = FileLayout(
    "users.csv",
    (
        _plain("login", 60, "acounsel", "the court-issued login", required=True),
        _plain("person", 40, "P1207", "who holds it", required=True),
        Column("others", "ids", words(40), empty=[], example="P1208 P1340", means="others who file with this login"),
        Column(
            "group",
            "one of twelve",
            one_of(*GROUPS),
            required=True,
            example="attorney",
            means=", ".join(GROUPS),
        ),
        _plain("scheme", 20, "crypt", "how the password is hashed; empty: no password is handed over"),
        _plain("password", 200, "$6$…", "the hash as the old system holds it; never a password in the clear"),
        _flag("wants_text", empty=False, means="notices in plain text"),
        _flag("active", empty=True, means="0: the login was closed"),
    ),
)
AGENTS = FileLayout(
    "agents.csv",
    (
        _plain("principal", 40, "P1207", "the attorney or trustee who lets the agent act", required=True),
        _plain(
            "agent", 40, "P1340", "who files for the principal, with a login of the group filing-agent", required=True
        ),
        _flag("sees_restricted", empty=False, means="sees what is closed to others and open to the principal"),
        _flag("gets_notices", empty=False, means="gets copies of the principal's notices"),
    ),
    optional=True,
)
CASES = FileLayout(
    "cases.csv",
    (
        _CASE,
        _plain("number", 40, "22-10417", "as dockets print it, without judges' initials", required=True),
        _plain("office", 2, "1"),
        _plain("type", 5, "bk"),
        _plain("judge_initials", 10, "LMA"),
        _plain("referred_initials", 10),
        _plain("defendant_number", 6),
        _plain("caption", 0, "Juniper Alder"),
        _plain("short_title", 400, "Juniper Alder"),
        _day("filed", "2022-01-14"),
        _day("terminated"),
        _day("reopened"),
        _day("converted"),
        _day("discharged"),
        _plain("assigned_to", 120, "Lenora Ashgrove"),
        _plain("referred_to", 120),
        _plain("chapter", 5, "7"),
        _plain("voluntary", 20, "Voluntary"),
        _plain("asset", 20, "No asset"),
        _plain("cause"),
        _plain("nature_of_suit"),
        _plain("jury_demand"),
        _plain("demand"),
        _plain("jurisdiction"),
        _plain("mdl_status"),
        Column("flags", "lines of 60", lines(60), empty=[], example="DISMISSED"),
        _plain("appeal_from"),
        _plain("fee_status"),
        _plain("case_type_information"),
        Column("panel", "lines of 60", lines(60), empty=[]),
        Column("lead", "number", number(1), empty=None, example="401100", means="case_id of the lead case"),
        _LEVEL,
    ),
    extras="kept as lines of the case's heading",
)
PARTIES = FileLayout(
    "parties.csv",
    (
        _CASE,
        Column("party", "number", _SEQ, required=True, example="1", means="the party's number in the case"),
        _plain("name", 1000, "Juniper Alder", required=True),
        _plain("type", 120, "Debtor", required=True),
        _plain("lines", 0, "SSN / ITIN: xxx-xx-0417", "what is printed under the name, line by line"),
        _day("terminated"),
        _plain("offense_opening"),
        _plain("offense_terminated"),
    ),
    extras="kept as lines under the party's name",
)
COUNTS = FileLayout(
    "counts.csv",
    (
        _CASE,
        Column("party", "number", _SEQ, required=True, example="2"),
        Column(
            "kind", "one of three", one_of(*COUNT_KINDS), required=True, example="pending", means=", ".join(COUNT_KINDS)
        ),
        _plain("name", 0, "18:371 CONSPIRACY", required=True),
        _plain("disposition"),
    ),
    optional=True,
)
ATTORNEYS = FileLayout(
    "attorneys.csv",
    (
        _CASE,
        Column("party", "number", _SEQ, required=True, example="1", means="whom the attorney appears for"),
        _plain("person", 40, "P1207", "who it is, if people.csv has the attorney"),
        _plain("name", 200, "Ada B. Counsel", "as the docket prints it", required=True),
        _plain("contact", 0, "1 Harbor Street", "as the docket prints it, lines in one cell"),
        Column("email", "e-mail", address),
        Column("roles", "lines", lines(), empty=[], example="LEAD ATTORNEY"),
        Column("appeared", "time", moment, empty=None, example="2022-01-14T09:12:00-05:00"),
        _day("terminated"),
    ),
    extras="kept as lines of the contact",
)
ENTRIES = FileLayout(
    "entries.csv",
    (
        _CASE,
        Column("seq", "number", _SEQ, required=True, example="7", means="de_seq_num: once in a case; kept"),
        _plain("number", 16, "3", "document number; empty for an entry of text alone"),
        _day("filed", "2022-01-14", required=True),
        Column("entered", "time", moment, empty=None, example="2022-01-14T16:05:00-05:00"),
        _day("first_date", "2022-01-14", "the sheet's first column; empty: filed"),
        _plain("title", 200, "Motion to Dismiss"),
        _plain("text", 0, "MOTION to Dismiss Case", "docket text without its (Entered: …)", required=True),
        _plain("entered_note", 80, "(Entered: 01/14/2022)", "empty: made of entered, as this court prints it"),
        _plain("filer", 40, "P1207", "the person who filed it"),
        _LEVEL,
    ),
)
PAPERS = FileLayout(
    "documents.csv",
    (
        _CASE,
        Column("seq", "number", _SEQ, required=True, example="7", means="of the entry"),
        Column("part", "0 to 32767", number(0, 32_767), required=True, example="0", means="0: the main document"),
        Column("doc_id", "digits", doc_id, required=True, example="05012345678", means="document number; kept"),
        _plain("description", 0, "Exhibit A"),
        Column("file", "file", inside, example="22-10417/3.pdf", means="below documents/; empty: not held"),
        Column("sha256", "SHA-256", sha256, means="of the file; needed where there is one"),
        Column("bytes", "number", number(0, 2**53), empty=0, example="88412"),
        Column("pages", "number", number(), empty=0, example="12"),
        _plain("size_text", 20, "88.4 KB"),
        _LEVEL,
        _flag("transcript", empty=False, means="billed without a cap"),
        _flag("opinion", empty=False, means="free to everybody"),
    ),
)


def _entry(name: str, means: str, *, required: bool = False) -> Column:
    return Column(name, "number", _SEQ, required, None, "7" if required else "", means)


MOTIONS = FileLayout(
    "motions.csv",
    (
        _CASE,
        _entry("seq", "of the entry that asks", required=True),
        _plain("relief", 200, "Relief from Stay", "what is asked", required=True),
        _plain("outcome", 20, "granted", "empty: it waits for the court"),
        _entry("decided_by", "seq of the entry that decides it; none while it waits"),
    ),
    optional=True,
)
DEADLINES = FileLayout(
    "deadlines.csv",
    (
        _CASE,
        _plain("kind", 80, "Objection", "what is due, in the words of this court's events", required=True),
        _day("due", "2022-02-04", required=True),
        _entry("set_by", "seq of the entry that sets it", required=True),
        _entry("satisfied_by", "seq of the entry by which it was done"),
        _entry("terminated_by", "seq of the entry with which it fell away"),
    ),
    optional=True,
)
HEARINGS = FileLayout(
    "hearings.csv",
    (
        _CASE,
        _plain("kind", 80, "Motion hearing", required=True),
        Column("at", "time", hour, required=True, example="2022-02-11T09:30:00", means="with its hour"),
        _plain("place", 200, "Courtroom 2"),
        _entry("set_by", "seq of the entry that sets it", required=True),
        _entry("ended_by", "seq of the entry that tells that it was held, or fell away"),
    ),
    optional=True,
)
OF_CASES = (CASES, PARTIES, COUNTS, ATTORNEYS, ENTRIES, PAPERS, MOTIONS, DEADLINES, HEARINGS)
"""The files in the order of cases.csv."""
FILES = (PEOPLE, USERS, AGENTS, *OF_CASES)
