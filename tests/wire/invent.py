"""Invented dockets of every shape, by a seed: what the published client should give for a docket that it never saw."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openecf.kernel import courts
from tests.wire.mutate import FIRM, FIRST, KIND, LAST, MIDDLE

NOTHING = {
    "federal_defendant_number": None,
    "federal_dn_case_type": None,
    "federal_dn_judge_initials_assigned": None,
    "federal_dn_judge_initials_referred": None,
    "federal_dn_office_code": None,
}
WORDS = "MOTION to Compel|ORDER granting|RESPONSE in Opposition re|NOTICE of Hearing on|STIPULATION of Dismissal re"
ROLES = ["LEAD ATTORNEY", "PRO HAC VICE", "ATTORNEY TO BE NOTICED"]


class Inventor:
    """Invents dockets of one court."""

    def __init__(self, seed: int, court_id: str) -> None:
        self.random = random.Random(f"{seed}/{court_id}")
        self.court = courts.court(court_id)
        self.serial = self.random.randrange(21_000_000, 70_000_000)
        self.day = date(2015, 1, 5) + timedelta(days=self.random.randrange(3000))

    def one(self, words: list[str]) -> str:
        return self.random.choice(words)

    def person(self) -> str:
        return f"{self.one(FIRST)} {self.one(MIDDLE)} {self.one(LAST)}"

    def company(self) -> str:
        return f"{self.one(LAST)} & {self.one(LAST)} {self.one(FIRM)} {self.one(KIND)}"

    def later(self, most: int = 30) -> date:
        self.day += timedelta(days=self.random.randrange(most))
        return self.day

    def doc_id(self) -> str:
        self.serial += self.random.randrange(1, 7)
        return f"{self.court.prefix}0{self.serial}"

    def contact(self, ending: str = "\n") -> str:
        lines = [self.company(), f"{self.random.randrange(1, 999)} Élm Street, Suite <4>", "Somewhere, FL 33101-0042"]
        lines += [f"305-555-{self.random.randrange(1000):04d}", "Fax: 305-555-0100", "Email: counsel@firm.example"]
        kept = lines[: self.random.randrange(1, 7)]
        return "".join(f"{line}\n" for line in kept) if ending else "\n".join(kept)

    def attorneys(self) -> list[dict[str, Any]]:
        return [
            {"name": self.person(), "contact": self.contact(), "roles": ROLES[: self.random.randrange(4)]}
            for _ in range(self.random.randrange(4))
        ]

    def party(self, kind: str, name: str, *, lines: tuple[str, ...] = ()) -> dict[str, Any]:
        party = {"name": name, "type": kind, "extra_info": "\n".join(lines), "date_terminated": None}
        if self.random.random() < 0.2:
            gone = self.later()
            party["date_terminated"] = gone.isoformat()
            party["extra_info"] = "\n".join((*lines, f"TERMINATED: {gone:%m/%d/%Y}"))
        return party | {"attorneys": self.attorneys()}

    def entries(self, count: int, *, seq: bool, note: str = "(Entered: {:%m/%d/%Y})") -> list[dict[str, Any]]:
        found, number = [], 0
        for place in range(1, count + 1):
            filed = self.later()
            entered = filed + timedelta(days=self.random.randrange(3))
            numbered = self.random.random() < 0.85
            number += numbered
            linked = numbered and self.random.random() < 0.9
            text = (
                f"{self.one(WORDS.split('|'))} {number} by {self.person()}. Filing fee $ 402 <paid> & posted; it's due"
            )
            found.append(
                {
                    "date_filed": filed.isoformat(),
                    "date_entered": entered.isoformat(),
                    "document_number": str(number) if numbered else None,
                    "pacer_doc_id": self.doc_id() if linked else None,
                    "pacer_seq_no": str(place * 3 + 1) if linked and seq else None,
                    "description": f"{text} {note.format(entered)}",
                }
            )
        return found

    def trial(self, number: str, name: str, **more: Any) -> dict[str, Any]:
        filed = self.later()
        return {
            "court_id": self.court.id,
            "docket_number": number,
            "case_name": name,
            "date_filed": filed.isoformat(),
            "date_terminated": None,
            "date_converted": None,
            "date_discharged": None,
            "assigned_to_str": f"{self.one(FIRST)} {self.one(MIDDLE)} {self.one(LAST[:14])}",
            "referred_to_str": "",
            "cause": "",
            "nature_of_suit": "",
            "jury_demand": "",
            "demand": "",
            "jurisdiction": "",
            "mdl_status": "",
            "ordered_by": "date_filed",
            **NOTHING,
            "parties": [],
            **more,
        }

    def civil(self) -> dict[str, Any]:
        one, other = self.person(), self.company()
        return self.trial(
            f"1:{self.random.randrange(10, 25)}-cv-{self.random.randrange(1, 99999):05d}",
            f"{one} v. {other.removesuffix('.')}",
            referred_to_str=f"{self.one(FIRST)} {self.one(LAST[:14])}",
            cause="28:1331 Fed. Question",
            nature_of_suit="440 Civil Rights: Other",
            jury_demand="Plaintiff",
            demand="$75,000",
            jurisdiction="Federal Question",
            federal_dn_office_code="1",
            federal_dn_case_type="cv",
            federal_dn_judge_initials_assigned="ABC",
            federal_dn_judge_initials_referred="DEF",
            parties=[
                self.party(
                    "Plaintiff", one, lines=("individually and on behalf of all others", "also known as", "Zed")
                ),
                self.party("Defendant", other),
                {k: v for k, v in self.party("Defendant", "Does 1 through 10").items() if k != "attorneys"},
            ],
            docket_entries=self.entries(25, seq=True),
        )

    def criminal(self) -> dict[str, Any]:
        accused = self.party("Defendant", self.person())
        accused["criminal_data"] = {
            "counts": [
                {"name": "18:1343 WIRE FRAUD (1)", "disposition": "24 months; 3 years supervised", "status": "pending"},
                {"name": "18:1349 CONSPIRACY (2-4)", "disposition": "", "status": "pending"},
                {"name": "26:7201 TAX EVASION (5)", "disposition": "Dismissed", "status": "terminated"},
            ],
            "complaints": [{"name": "18:1343 Wire fraud", "disposition": ""}],
            "highest_offense_level_opening": "Felony",
            "highest_offense_level_terminated": "None",
        }
        return self.trial(
            f"2:{self.random.randrange(10, 25)}-cr-{self.random.randrange(1, 99999):05d}",
            f"United States v. {self.one(LAST)}",
            federal_dn_office_code="2",
            federal_dn_case_type="cr",
            federal_dn_judge_initials_assigned="XYZ",
            federal_defendant_number="1",
            parties=[accused, self.party("Plaintiff", "USA")],
            docket_entries=self.entries(18, seq=True),
        )

    def government(self) -> dict[str, Any]:
        """What the client's parser writes of ``UNITED STATES OF AMERICA et al`` and of a judge called ``X A Y``."""
        docket = self.civil() | {"case_name": f"UNITED STATES OF AMERICA v. {self.one(LAST).upper()} LLC"}
        return docket | {"assigned_to_str": f"{self.one(FIRST)} a. {self.one(LAST[:14])}", "ordered_by": "date_entered"}

    def many_districts(self) -> dict[str, Any]:
        return self.civil() | {"docket_number": f"MDL No. {self.random.randrange(100, 3000)}"} | NOTHING

    def several_documents(self) -> dict[str, Any]:
        docket = self.civil()
        self._attach(next(e for e in docket["docket_entries"] if e["pacer_doc_id"]))
        return docket

    def several_papers(self) -> dict[str, Any]:
        """A petition whose entries were asked with a choice of documents: their sequence numbers show."""
        docket = self.petition()
        for place, entry in enumerate(docket["docket_entries"]):
            entry["pacer_seq_no"] = str(place + 5) if entry["document_number"] else None
        self._attach(next(e for e in docket["docket_entries"] if e["pacer_doc_id"]))
        return docket

    def _attach(self, entry: dict[str, Any]) -> None:
        entry |= {"file_size_bytes": 1074119, "file_size_str": "1.0 MB", "page_count": 64}
        entry["attachments"] = [
            {
                "attachment_number": n,
                "description": f"Exhibit {n}",
                "file_size_bytes": 38495 * n,
                "file_size_str": f"{38 * n}.0 KB",
                "pacer_doc_id": self.doc_id(),
                "pacer_seq_no": entry["pacer_seq_no"],
                "page_count": n,
            }
            for n in (1, 2, 3)
        ]

    def empty(self) -> dict[str, Any]:
        return self.civil() | {"docket_entries": [], "ordered_by": None}

    def petition(self) -> dict[str, Any]:
        debtor = self.person()
        debtors = [self.party("Debtor", debtor, lines=("1 Main St", "Miami, FL 33101", "SSN / ITIN: xxx-xx-1234"))]
        debtors += [self.party("Trustee", self.person()), self.party("U.S. Trustee", "Office of the US Trustee")]
        return self.trial(
            f"{self.random.randrange(10, 25)}-{self.random.randrange(10000, 30000)}",
            debtor,
            date_converted=self.later().isoformat(),
            date_discharged=self.later().isoformat(),
            federal_dn_judge_initials_assigned="AJC",
            parties=debtors,
            docket_entries=self.entries(30, seq=False),
        )

    def office_first(self) -> dict[str, Any]:
        """``2:24-bk-10001-AJC``."""
        docket = self.petition()
        number = f"2:{docket['docket_number'].replace('-', '-bk-')}"
        return docket | {"docket_number": number, "federal_dn_office_code": "2", "federal_dn_case_type": "bk"}

    def office_last(self) -> dict[str, Any]:
        """``24-10001-8-AJC``."""
        return self.petition() | {"federal_dn_office_code": "8", "ordered_by": "date_entered"}

    def adversary(self) -> dict[str, Any]:
        lead = self.company().removesuffix(".")
        return self.trial(
            f"{self.random.randrange(10, 25)}-{self.random.randrange(1000, 9999):05d}",
            f"{lead} - Adversary Proceeding",
            demand="$323000",
            nature_of_suit="11 Recovery of money/property - 542 turnover; 91 Declaratory judgment",
            parties=[self.party("Plaintiff", self.person()), self.party("Defendant", self.company())],
            docket_entries=self.entries(12, seq=False, note="(Entered: {:%m/%d/%Y at 10:11:12})"),
        )

    def appeal(self, *, numbered: bool = True) -> dict[str, Any]:
        entries = self.entries(15, seq=True, note="[Entered: {:%m/%d/%Y} 02:30 PM]")
        for place, entry in enumerate(entries):
            entry["pacer_seq_no"] = str(6_000_000 + place)
            if not numbered:
                entry["document_number"] = entry["pacer_doc_id"]
        entries.append(entries[-1] | {"pacer_doc_id": None, "document_number": None, "pacer_seq_no": "6009999"})
        one, other = self.company(), self.person()
        return {
            "court_id": self.court.id,
            "docket_number": f"{self.random.randrange(10, 25)}-{self.random.randrange(1000, 9999)}",
            "case_name": f"{one.removesuffix('.')} v. {other}",
            "date_filed": self.later().isoformat(),
            "date_terminated": None,
            "appeal_from": "Southern District of Invention",
            "fee_status": "filing fee paid",
            "nature_of_suit": "3440 Other Civil Rights",
            "case_type_information": "civil, private, civil rights",
            "panel": ["ABC", "DEF", "GHI"],
            "originating_court_information": {
                "court_id": "flsd",
                "docket_number": "1:19-cv-00143",
                "assigned_to": f"{self.one(FIRST)} {self.one(LAST[:14])}",
                "ordering_judge": "",
                "court_reporter": "Ada Lovel, Court Reporter",
                "date_filed": self.later().isoformat(),
                "date_disposed": None,
                "disposition": "",
                "date_judgment": self.later().isoformat(),
                "date_filed_noa": self.later().isoformat(),
            },
            "parties": [self._appellate_party("Plaintiff\xa0-\xa0Appellant", one), self._ended_party(other)],
            "docket_entries": entries,
        }

    def _appellate_party(self, kind: str, name: str) -> dict[str, Any]:
        counsel = {"name": self.person(), "roles": ["COR LD NTC Retained"], "contact": self.contact("")}
        return {"name": name, "type": kind, "attorneys": [counsel]}

    def _ended_party(self, name: str) -> dict[str, Any]:
        party = self._appellate_party("Defendant\xa0-\xa0Appellee", name)
        return party | {"date_terminated": self.later().isoformat()}

    def appeal_with_choices(self) -> dict[str, Any]:
        """An appeal asked with a choice of documents: the main one is the first of its attachments."""
        docket = self.appeal()
        entry = next(e for e in docket["docket_entries"] if e["pacer_doc_id"])
        listed = [("Main Document", entry["pacer_doc_id"]), ("Appendix", self.doc_id())]
        entry["attachments"] = [
            {
                "attachment_number": n,
                "description": description,
                "file_size_bytes": 150_000 * n,
                "file_size_str": f"{150 * n}.00 KB",
                "pacer_doc_id": doc_id,
                "pacer_seq_no": entry["pacer_seq_no"],
                "page_count": 7 * n,
            }
            for n, (description, doc_id) in enumerate(listed, 1)
        ]
        return docket

    def agency_appeal(self) -> dict[str, Any]:
        """A petition for review of an agency's order, about a person whose number must not be seen by all."""
        docket = self.appeal()
        below = {"court_id": "", "RESTRICTED_ALIEN_NUMBER": f"A{self.random.randrange(10**8, 10**9)}"}
        kept = {
            k: v for k, v in docket["originating_court_information"].items() if k not in ("docket_number", "court_id")
        }
        return docket | {"originating_court_information": below | kept}

    def unnumbered_appeal(self) -> dict[str, Any]:
        docket = self.appeal(numbered=False)
        return docket | {"originating_court_information": {}, "panel": []}


SHAPES: dict[str, tuple[str, Callable[[Inventor], dict[str, Any]]]] = {
    "civil": ("flsd", Inventor.civil),
    "criminal": ("nysd", Inventor.criminal),
    "several-documents": ("dcd", Inventor.several_documents),
    "government": ("txsd", Inventor.government),
    "many-districts": ("jpml", Inventor.many_districts),
    "without-entries": ("akd", Inventor.empty),
    "trade": ("cit", Inventor.civil),
    "petition": ("flsb", Inventor.petition),
    "adversary": ("nysb", Inventor.adversary),
    "two-columns": ("txnb", Inventor.petition),
    "office-first": ("cacb", Inventor.office_first),
    "office-last": ("nceb", Inventor.office_last),
    "several-papers": ("vawb", Inventor.several_papers),
    "appeal": ("ca11", Inventor.appeal),
    "appeal-with-choices": ("ca6", Inventor.appeal_with_choices),
    "agency-appeal": ("ca9", Inventor.agency_appeal),
    "unnumbered-appeal": ("ca1", Inventor.unnumbered_appeal),
}


def write(folder: Path, *, seed: int) -> None:
    """One docket of every shape."""
    folder.mkdir(parents=True, exist_ok=True)
    for shape, (court_id, invent) in SHAPES.items():
        docket = invent(Inventor(seed, court_id))
        (folder / f"{shape}.json").write_text(json.dumps(docket, ensure_ascii=False), "utf-8")
