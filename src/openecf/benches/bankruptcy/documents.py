"""The bankruptcy bench's document pages."""

from __future__ import annotations

from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from openecf.court.documents.rules import HeaderFacts
from openecf.kernel import courts
from openecf.platform.config import this_site


class Documents:
    folder = "bankruptcy"
    path = "doc1"
    look_parameter = "magic_num"
    page_suffix = "   Page {page} of {pages}"
    confirms_free_look = True

    def header(self, facts: HeaderFacts) -> str:
        """``Case 24-10001-ABC   Doc 5   Filed 01/02/24   Entered 01/02/24 14:03:11   Desc Main Document``."""
        number = f"{facts.document_number}-{facts.part}" if facts.part else facts.document_number
        filed = f"   Filed {facts.filed:%m/%d/%y}" if facts.filed else ""
        zone = ZoneInfo(courts.court(this_site().id).zone)
        entered = f"   Entered {facts.entered.astimezone(zone):%m/%d/%y %H:%M:%S}" if facts.entered else ""
        description = "Main Document" if facts.part == 0 else facts.description[:40]
        return f"Case {facts.case_number}   Doc {number}{filed}{entered}   Desc {description}"

    def receipt_description(self, *, number: str, part: int, transcript: bool) -> str:
        return f"{'TRANSCRIPT' if transcript else 'Image'}:{number or 0}-{part}"

    def receipt_criteria(self, *, case_number: str, number: str, part: int) -> tuple[str, str]:
        return "Case Number:", case_number

    def receipt_action(self, path: str) -> str:
        return path

    def part_label(self, part: int) -> str:
        """The main document is part 1."""
        return str(part + 1)

    def look_query(self, *, case_id: int, seq: int, secret: str) -> str:
        query = {"caseid": str(case_id), "de_seq_num": str(seq)}
        return urlencode(query | ({"magic_num": secret} if secret else {}))
