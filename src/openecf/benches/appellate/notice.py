"""The appellate bench's notice: the Notice of Docket Activity."""

from __future__ import annotations

from urllib.parse import urlencode

from openecf.court.notices.rules import NoticeFacts
from openecf.kernel.courts import JAVA_SERVLET_ROOT
from openecf.platform.config import this_site


class Notice:
    folder = "appellate"
    stamp_kind = "ac"
    title = "Notice of Docket Activity"

    def district(self, name: str) -> str:
        return f"for the {name}"

    def subject(self, facts: NoticeFacts) -> str:
        """``24-1234 Alder v. Birch "Motion filed"``."""
        return f'{facts.case_number} {facts.case_name} "{facts.title}"'

    def case_path(self, *, case_id: int, case_number: str) -> str:
        root = "/cmecf/servlet" if this_site().id in JAVA_SERVLET_ROOT else "/n/beam/servlet"
        query = urlencode({"servlet": "CaseSummary.jsp", "caseNum": case_number, "caseId": case_id})
        return f"{root}/TransportRoom?{query}"
