"""The district bench's document pages."""

from __future__ import annotations

from urllib.parse import urlencode

from openecf.court.documents.rules import HeaderFacts


class Documents:
    folder = "district"
    path = "doc1"
    look_parameter = "magic_num"
    page_suffix = "   Page {page} of {pages}"
    confirms_free_look = True

    def header(self, facts: HeaderFacts) -> str:
        """``Case 1:24-cv-00012-AB   Document 5-1   Filed 01/02/24``."""
        number = f"{facts.document_number}-{facts.part}" if facts.part else facts.document_number
        filed = f"   Filed {facts.filed:%m/%d/%y}" if facts.filed else ""
        return f"Case {facts.case_number}   Document {number}{filed}"

    def receipt_description(self, *, number: str, part: int, transcript: bool) -> str:
        return f"{'TRANSCRIPT' if transcript else 'Image'}{number or 0}-{part}"

    def receipt_criteria(self, *, case_number: str, number: str, part: int) -> tuple[str, str]:
        return "Case Number:", case_number

    def receipt_action(self, path: str) -> str:
        return path

    def part_label(self, part: int) -> str:
        return str(part)

    def look_query(self, *, case_id: int, seq: int, secret: str) -> str:
        query = {"caseid": str(case_id), "de_seq_num": str(seq)}
        return urlencode(query | ({"magic_num": secret} if secret else {}))
