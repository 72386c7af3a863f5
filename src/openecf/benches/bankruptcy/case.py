"""The bankruptcy bench's answers: case numbers, case summary, dockets from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from openecf.court.cases.rules import CaseFacts, understand
from openecf.court.docket.markup import us
from openecf.court.docket.rules import safe
from openecf.court.importing import unread
from openecf.court.importing.rules import (
    CannotRead,
    ImportedCase,
    day_of,
    entry_of,
    judge_of,
    list_of,
    party_of,
    text_of,
)
from openecf.kernel.case_numbers import CaseNumber

ADVERSARY = " - Adversary Proceeding"
UNKNOWN = "Unknown Case Title"
TEXT_COLUMNS = ("cause", "nature_of_suit", "jury_demand", "demand", "jurisdiction", "mdl_status")
_OFFICE_FIRST = re.compile(r"^(\d)-(\d{2}-\d+)$")


class Case:
    """Petitions and adversary proceedings: ``24-10001-ABC``, ``2:24-bk-10001-AB``."""

    types = ("bk", "ap", "mp")
    heading_fields = (
        *("caption", "short_title", "filed", "terminated", "reopened", "converted", "discharged", "dismissed"),
        *(
            "plan_confirmed",
            "assigned_to_id",
            "chapter",
            "previous_chapter",
            "voluntary",
            "asset",
            "nature_of_suit",
            "demand",
            "flags",
        ),
    )
    party_types = (
        *("Debtor", "Joint Debtor", "Trustee", "U.S. Trustee", "Creditor", "Creditor Committee"),
        *("Petitioning Creditor", "Interested Party", "Plaintiff", "Defendant"),
    )

    def number(self, *, office: str, year: int, type: str, serial: int) -> str:
        return CaseNumber(year=year, serial=serial).core

    def summary(self, case: CaseFacts) -> str:
        asset = "Yes" if case.asset.lower() == "asset" else "No"
        kept = {"Case type": case.type or "bk", "Chapter": case.chapter, "Asset": asset if case.asset else ""}
        kept |= {"Vol": case.voluntary[:1].lower(), "Judge": safe(case.assigned_to)}
        dates = {
            "Date filed": us(case.filed),
            "Date of last filing": us(case.last_filing),
            "Plan confirmed": us(case.plan_confirmed),
            "Date terminated": us(case.terminated),
            "Debtor dismissed": us(case.dismissed),
            "Debtor discharged": us(case.discharged),
        }
        first = f"<b><font size='+1'>{safe(case.heading_number)}</font></b><b></b>{safe(case.title)}"
        lines = [first, *(" ".join(f"<b>{k}:</b> {v}" for k, v in row.items() if v) for row in (kept, dates))]
        return "".join(f"{line}<br>" for line in lines if line)

    def read(self, data: Mapping[str, Any]) -> ImportedCase:
        written = text_of(data.get("docket_number"), "The docket number")
        first = _OFFICE_FIRST.match(written)
        parts = understand(first[2] if first else written)
        if not written or parts is None:
            raise CannotRead(f"The docket number is not one: {written[:40]!r}")
        title = text_of(data.get("case_name"), "The case name")
        parties = tuple(party_of(party) for party in list_of(data.get("parties"), "Parties"))
        initials = text_of(data.get("federal_dn_judge_initials_assigned"), "The judge's initials")
        office = text_of(data.get("federal_dn_office_code"), "The office") or parts.office
        type_ = parts.type or ("ap" if title.endswith(ADVERSARY) else "")
        columns = {
            "office": office,
            "year": parts.year,
            "type": type_,
            "serial": parts.serial,
            "judge_initials": initials,
            # A court that writes its office behind the serial: 10-01083-8-ABC.
            "number_as_written": f"{written}-{office}-{initials}" if office and initials and not parts.type else "",
            "caption": title.removesuffix(ADVERSARY),
            "filed": day_of(data.get("date_filed"), "The date filed"),
            "terminated": day_of(data.get("date_terminated"), "The date terminated"),
            "converted": day_of(data.get("date_converted"), "The date converted"),
            "discharged": day_of(data.get("date_discharged"), "The date discharged"),
            "ordered_by": text_of(data.get("ordered_by"), "The order"),
            **{name: text_of(data.get(name), name) for name in TEXT_COLUMNS},
        }
        lead = title.removesuffix(ADVERSARY)
        if lead != UNKNOWN and not any(party.type == "Debtor" for party in parties):
            columns["lead_note"] = {"title": lead}
        entries = tuple(entry_of(entry) for entry in list_of(data.get("docket_entries"), "Docket entries"))
        return ImportedCase(
            number=written,
            columns=columns,
            assigned_to=judge_of(data.get("assigned_to_str"), "The judge"),
            referred_to=judge_of(data.get("referred_to_str"), "The judge"),
            parties=parties,
            entries=entries,
            unread=unread.of_docket(data, unread.TRIAL, columns=columns, entries=entries),
        )
