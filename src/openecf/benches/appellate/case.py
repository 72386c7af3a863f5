"""The appellate bench's answers: case numbers, case summary, dockets from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from openecf.court.cases.rules import CaseFacts, Originating, PartyFacts, understand
from openecf.court.docket.markup import us
from openecf.court.docket.rules import safe
from openecf.court.importing import unread
from openecf.court.importing.rules import (
    CannotRead,
    ImportedCase,
    ImportedEntry,
    attorneys_of,
    caption_of,
    day_of,
    entry_of,
    judge_of,
    list_of,
    object_of,
    small_number,
    text_of,
    texts_of,
)
from openecf.kernel.case_numbers import CaseNumber

JUDGES = frozenset({"assigned_to", "ordering_judge"})
COLUMNS_OF_PARTIES = frozenset({"name", "type", "attorneys", "date_terminated", "unparsed"})


def _is_line(name: str, value: Any) -> bool:
    """Whether a field of a party is a line of words under its label, as the sheet prints it."""
    return name not in COLUMNS_OF_PARTIES and isinstance(value, str)


KNOWN = unread.Known(unread.OF_APPEALS, lambda name, value: name in COLUMNS_OF_PARTIES or _is_line(name, value))


class Case:
    """Appeals: ``24-1234``, ``24-10001``."""

    types = ("",)
    heading_fields = (
        *("caption", "short_title", "filed", "terminated", "reopened", "nature_of_suit", "appeal_from"),
        *("fee_status", "case_type_information", "panel", "flags"),
    )
    party_types = (
        *("Plaintiff - Appellant", "Defendant - Appellant", "Plaintiff - Appellee", "Defendant - Appellee"),
        *("Petitioner", "Respondent", "Amicus Curiae", "Intervenor - Pending", "Interested Party"),
    )

    def number(self, *, office: str, year: int, type: str, serial: int) -> str:
        return CaseNumber(year=year, serial=serial, serial_width=4).core

    def summary(self, case: CaseFacts) -> str:
        lines = [f"<b><font size='+1'>{safe(case.heading_number)}</font></b> {safe(case.title)}"]
        lines += [
            f"<b>{label}:</b> {us(day)}"
            for label, day in (("Docketed", case.filed), ("Termed", case.terminated))
            if day
        ]
        return "".join(f"{line}<br>" for line in lines)

    def read(self, data: Mapping[str, Any]) -> ImportedCase:
        written = text_of(data.get("docket_number"), "The docket number")
        parts = understand(written)
        if not written or parts is None:
            raise CannotRead(f"The docket number is not one: {written[:40]!r}")
        columns = {
            "year": parts.year,
            "serial": parts.serial,
            "caption": caption_of(data.get("case_name"), "The case name"),
            "filed": day_of(data.get("date_filed"), "The date docketed"),
            "terminated": day_of(data.get("date_terminated"), "The date terminated"),
            "nature_of_suit": text_of(data.get("nature_of_suit"), "The nature of suit"),
            "appeal_from": text_of(data.get("appeal_from"), "The court below"),
            "fee_status": text_of(data.get("fee_status"), "The fee status"),
            "case_type_information": text_of(data.get("case_type_information"), "The case type"),
            "panel": list(texts_of(data.get("panel"), "The panel")),
        }
        entries = tuple(_entry(entry) for entry in list_of(data.get("docket_entries"), "Docket entries"))
        return ImportedCase(
            number=written,
            columns=columns,
            originating=_originating(data.get("originating_court_information")),
            parties=tuple(_party(party) for party in list_of(data.get("parties"), "Parties")),
            entries=entries,
            unread=unread.of_docket(data, KNOWN, columns=columns, entries=entries),
        )


def _originating(given: Any) -> Originating | None:
    given = object_of(given, "The originating court information")
    if not given:
        return None
    values = {
        name: day_of(given.get(name), name)
        if name.startswith("date_")
        else (judge_of if name in JUDGES else text_of)(given.get(name), name)
        for name in Originating.__dataclass_fields__
        if name != "alien_number"
    }
    return Originating(**values, alien_number=text_of(given.get("RESTRICTED_ALIEN_NUMBER"), "The number"))


def _party(party: Mapping[str, Any]) -> PartyFacts:
    lines = list(texts_of(party.get("unparsed"), "A party's lines"))
    lines += [f"{label}:\t{text_of(value, label)}" for label, value in party.items() if _is_line(label, value)]
    return PartyFacts(
        name=text_of(party.get("name"), "A party's name"),
        type=text_of(party.get("type"), "A party's type"),
        lines="\n".join(lines),
        terminated=day_of(party.get("date_terminated"), "A party's termination"),
        attorneys=attorneys_of(party),
    )


def _entry(row: Mapping[str, Any]) -> ImportedEntry:
    entry = entry_of(row, attachments_from=1)
    # A docket that numbers nothing gives each entry its document's id; the id is kept where it belongs.
    number = "" if entry.number == text_of(row.get("pacer_doc_id"), "A document id") else entry.number
    return replace(entry, number=number, seq=small_number(row.get("pacer_seq_no"), "A sequence number"))
