"""The bankruptcy bench's notice: the Notice of Electronic Filing, documents before people."""

from __future__ import annotations

from openecf.court.notices.rules import NoticeFacts


class Notice:
    folder = "bankruptcy"
    stamp_kind = "bk"
    title = "Notice of Electronic Filing"

    def district(self, name: str) -> str:
        return name

    def subject(self, facts: NoticeFacts) -> str:
        """``24-10001-ABC Ch7 Notice of Appearance Re: Juniper Alder``."""
        chapter = f"Ch{facts.chapter} " if facts.chapter else ""
        return f"{facts.case_number} {chapter}{facts.title} Re: {facts.case_name}"

    def case_path(self, *, case_id: int, case_number: str) -> str:
        return f"/cgi-bin/DktRpt.pl?{case_id}"
