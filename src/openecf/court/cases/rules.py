"""Pure decisions of the cases room: what a case is to a reader, and how numbers that people type are understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from openecf.kernel import case_numbers
from openecf.kernel.courts import Court

if TYPE_CHECKING:
    from openecf.court.importing.rules import ImportedCase


@dataclass(frozen=True)
class AttorneyFacts:
    """An attorney's appearance, as a docket sheet shows it. ``contact`` is whole lines."""

    name: str
    contact: str = ""
    roles: tuple[str, ...] = ()
    terminated: date | None = None

    @property
    def contact_lines(self) -> list[str]:
        return [line for line in self.contact.splitlines() if line.strip()]

    @property
    def printed_roles(self) -> tuple[str, ...]:
        """The roles, with the day on which the appearance ended."""
        if self.terminated is None or any(role.upper().startswith("TERMINATED") for role in self.roles):
            return self.roles
        return (f"TERMINATED: {self.terminated:%m/%d/%Y}", *self.roles)


@dataclass(frozen=True)
class CountFacts:
    """A count or complaint against a defendant. ``kind``: pending, terminated or complaint."""

    kind: str
    name: str
    disposition: str = ""


@dataclass(frozen=True)
class PartyFacts:
    """A party, as a docket sheet shows it."""

    name: str
    type: str
    lines: str = ""
    terminated: date | None = None
    no_attorney_column: bool = False
    attorneys: tuple[AttorneyFacts, ...] = ()
    has_criminal_data: bool = False
    offense_opening: str = ""
    offense_terminated: str = ""
    counts: tuple[CountFacts, ...] = ()

    @property
    def printed_lines(self) -> list[str]:
        """The lines under the name. The day of termination is the column's, in the place where the record had it."""
        # An indented line continues the one before it, as some sources wrap them.
        lines = [line for line in re.split(r"\n(?!\s)", self.lines) if line.strip()]
        if self.terminated is None:
            return lines
        day = self.terminated.strftime("%m/%d/%Y")
        for place, line in enumerate(lines):
            if found := TERMINATED_LINE.search(line):
                if not same_day(found[1], self.terminated):
                    lines[place] = line.replace(found[1], day)
                return lines
        return [f"TERMINATED: {day}", *lines]


TERMINATED_LINE = re.compile(r"terminated:\s+(\d{1,2}/\d{1,2}/\d{2,4})", re.IGNORECASE)


def same_day(written: str, day: date) -> bool:
    """Whether ``1/2/2024``, as somebody wrote it, is that day."""
    month, of_month, year = (int(part) for part in written.split("/"))
    return (month, of_month) == (day.month, day.day) and year % 100 == day.year % 100


@dataclass(frozen=True)
class Originating:
    """The case in the court below. ``docket_number`` is empty where an alien number stands in its place."""

    court_id: str = ""
    docket_number: str = ""
    alien_number: str = ""
    assigned_to: str = ""
    ordering_judge: str = ""
    court_reporter: str = ""
    disposition: str = ""
    date_filed: date | None = None
    date_disposed: date | None = None
    date_judgment: date | None = None
    date_judgment_eod: date | None = None
    date_filed_noa: date | None = None
    date_received_coa: date | None = None

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Originating | None:
        """From the JSON of the case's column; None for a case that began here."""
        if not stored:
            return None
        known = {name: stored.get(name) for name in cls.__dataclass_fields__ if stored.get(name)}
        return cls(**{n: date.fromisoformat(v) if n.startswith("date_") else v for n, v in known.items()})

    def stored(self) -> dict[str, str]:
        """For the case's column: only what is known, days in ISO form."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {n: v.isoformat() if isinstance(v, date) else v for n, v in values.items() if v} or {"court_id": ""}


@dataclass(frozen=True)
class CaseFacts:
    """A case, as headings and sheets show it."""

    id: int
    court: Court
    number: str
    heading_number: str
    year: int = 0
    type: str = ""
    caption: str = ""
    short_title: str = ""
    filed: date | None = None
    terminated: date | None = None
    converted: date | None = None
    discharged: date | None = None
    dismissed: date | None = None
    plan_confirmed: date | None = None
    last_filing: date | None = None
    assigned_to: str = ""
    assigned_title: str = ""
    referred_to: str = ""
    referred_title: str = ""
    office_name: str = ""
    chapter: str = ""
    previous_chapter: str = ""
    voluntary: str = ""
    asset: str = ""
    cause: str = ""
    nature_of_suit: str = ""
    jury_demand: str = ""
    demand: str = ""
    jurisdiction: str = ""
    mdl_status: str = ""
    flags: tuple[str, ...] = ()
    appeal_from: str = ""
    fee_status: str = ""
    case_type_information: str = ""
    panel: tuple[str, ...] = ()
    originating: Originating | None = None
    lead: tuple[int, str, str] | None = None
    lead_note: Mapping[str, str] = field(default_factory=dict)
    header_lines: tuple[tuple[str, str], ...] = ()
    members: tuple[tuple[int, str, str], ...] = ()
    ordered_by: str = "date_filed"
    parties: tuple[PartyFacts, ...] = ()

    @property
    def title(self) -> str:
        """The caption, or the short title where the heading prints none."""
        return self.caption or self.short_title

    @property
    def judge(self) -> str:
        """``Judge Ann B. Court``; empty for a case that nobody is assigned to."""
        return f"{self.assigned_title} {self.assigned_to}".strip()

    @property
    def referral(self) -> str:
        return f"{self.referred_title} {self.referred_to}".strip()


@dataclass(frozen=True)
class CaseMatch:
    """A case that fits what somebody typed."""

    id: int
    number: str
    heading_number: str
    office: str
    year: int
    type: str
    serial: int
    title: str
    filed: date | None
    terminated: date | None
    chapter: str = ""
    defendant: str = ""

    @property
    def plain(self) -> str:
        """``2:16-cv-1152``: the number as the service of possible case numbers gives it, without leading zeros."""
        body = f"{self.year % 100:02d}-{self.type}-{self.serial}" if self.type else self.number
        return f"{self.office}:{body}" if self.office and self.type else body

    @property
    def sortable(self) -> str:
        """``2:2016-cv-01152``."""
        body = "-".join(part for part in (str(self.year), self.type, f"{self.serial:05d}") if part)
        return f"{self.office}:{body}" if self.office else body

    @property
    def line(self) -> str:
        """``2:16-cv-01152-JZB Doe v. Roe (closed 01/26/2017)``."""
        closed = f" (closed {self.terminated:%m/%d/%Y})" if self.terminated else ""
        return f"{self.heading_number} {self.title}{closed}"


class CaseShape(Protocol):
    """How this kind of court numbers and heads its cases, and how it reads a docket that comes from elsewhere."""

    types: tuple[str, ...]
    """Case types that can be opened, the usual one first; ``("",)`` where numbers carry no type."""

    heading_fields: tuple[str, ...]
    """The columns of a case that the clerk's office edits, in the order of the form."""

    party_types: tuple[str, ...]
    """The usual types of party; others can be typed."""

    def number(self, *, office: str, year: int, type: str, serial: int) -> str:
        """The core number of a new case."""

    def summary(self, case: CaseFacts) -> str:
        """The case summary's markup, as the query page shows it."""

    def read(self, data: Mapping[str, Any]) -> ImportedCase:
        """A case out of docket JSON; importing.rules.CannotRead when it is not such a docket."""


_RUN_TOGETHER = re.compile(r"^(?:(?P<office>[0-9a-z]):)?(?P<year>\d{2})(?P<serial>\d{5})$", re.IGNORECASE)


def understand(typed: str) -> case_numbers.CaseNumber | None:
    """What a person typed into a case-number box, also ``1601152`` without hyphens and ``MDL 2967``."""
    typed = " ".join(typed.split())
    if serial := case_numbers.mdl_number(typed):
        return case_numbers.CaseNumber(year=0, serial=serial, type="mdl")
    if match := _RUN_TOGETHER.match(typed):
        year = int(match["year"])
        century = 1900 if year >= 60 else 2000
        return case_numbers.CaseNumber(year=century + year, serial=int(match["serial"]), office=match["office"] or "")
    return case_numbers.parse(typed)
