"""The district bench's notice: the Notice of Electronic Filing."""

from __future__ import annotations

from openecf.court.notices.rules import NoticeFacts


class Notice:
    folder = "district"
    stamp_kind = "dc"
    title = "Notice of Electronic Filing"

    def district(self, name: str) -> str:
        return name

    def subject(self, facts: NoticeFacts) -> str:
        """``Activity in Case 1:24-cv-00012-AB Alder v. Birch Motion to Dismiss``."""
        return f"Activity in Case {facts.case_number} {facts.case_name} {facts.title}"

    def case_path(self, *, case_id: int, case_number: str) -> str:
        return f"/cgi-bin/DktRpt.pl?{case_id}"
