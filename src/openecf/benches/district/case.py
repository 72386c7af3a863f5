"""The district bench's answers: case numbers, case summary, dockets from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openecf.court.cases.rules import CaseFacts, understand
from openecf.court.docket.markup import us
from openecf.court.docket.rules import safe
from openecf.court.importing import unread
from openecf.court.importing.rules import (
    CannotRead,
    ImportedCase,
    caption_of,
    day_of,
    entry_of,
    judge_of,
    list_of,
    party_of,
    text_of,
)
from openecf.kernel.case_numbers import CaseNumber

TEXT_COLUMNS = ("cause", "nature_of_suit", "jury_demand", "demand", "jurisdiction", "mdl_status")


class Case:
    """Civil, criminal and miscellaneous cases: ``1:24-cv-00012-ABC-DEF``."""

    types = ("cv", "cr", "mc", "mj", "md")
    heading_fields = (
        *("caption", "short_title", "filed", "terminated", "reopened", "assigned_to_id", "referred_to_id"),
        *("nature_of_suit", "cause", "jurisdiction", "jury_demand", "demand", "mdl_status", "flags"),
    )
    party_types = (
        *("Plaintiff", "Defendant", "Petitioner", "Respondent", "Movant", "Intervenor", "Counter Claimant"),
        *("Counter Defendant", "Interested Party", "Special Master"),
    )

    def number(self, *, office: str, year: int, type: str, serial: int) -> str:
        return CaseNumber(year=year, serial=serial, type=type, office=office or "1").core

    def summary(self, case: CaseFacts) -> str:
        lines = [f"<b><font size='+1'>{safe(case.heading_number)}</font></b> {safe(case.title)}"]
        if case.assigned_to:
            lines.append(f"{safe(case.assigned_to)}, presiding")
        if case.referred_to:
            lines.append(f"{safe(case.referred_to)}, referral")
        dates = (
            ("Date filed", case.filed),
            ("Date terminated", case.terminated),
            ("Date of last filing", case.last_filing),
        )
        lines += [f"<b>{label}:</b> {us(day)}" for label, day in dates if day]
        return "".join(f"{line}<br>" for line in lines)

    def read(self, data: Mapping[str, Any]) -> ImportedCase:
        written = text_of(data.get("docket_number"), "The docket number")
        parts = understand(written)
        if not written or parts is None:
            raise CannotRead(f"The docket number is not one: {written[:40]!r}")
        initials = {
            "judge_initials": text_of(data.get("federal_dn_judge_initials_assigned"), "The judge's initials"),
            "referred_initials": text_of(data.get("federal_dn_judge_initials_referred"), "The judge's initials"),
            "defendant_number": text_of(data.get("federal_defendant_number"), "The defendant's number"),
        }
        columns = {
            "office": parts.office,
            "year": parts.year,
            "type": parts.type,
            "serial": parts.serial,
            **initials,
            "caption": caption_of(data.get("case_name"), "The case name"),
            "filed": day_of(data.get("date_filed"), "The date filed"),
            "terminated": day_of(data.get("date_terminated"), "The date terminated"),
            "converted": day_of(data.get("date_converted"), "The date converted"),
            "discharged": day_of(data.get("date_discharged"), "The date discharged"),
            "ordered_by": text_of(data.get("ordered_by"), "The order"),
            **{name: text_of(data.get(name), name) for name in TEXT_COLUMNS},
        }
        entries = tuple(entry_of(entry) for entry in list_of(data.get("docket_entries"), "Docket entries"))
        return ImportedCase(
            number=written,
            columns=columns,
            assigned_to=judge_of(data.get("assigned_to_str"), "The judge"),
            referred_to=judge_of(data.get("referred_to_str"), "The judge"),
            parties=tuple(party_of(party) for party in list_of(data.get("parties"), "Parties")),
            entries=entries,
            unread=unread.of_docket(data, unread.TRIAL, columns=columns, entries=entries),
        )
