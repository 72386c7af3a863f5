"""The appellate bench's document pages."""

from __future__ import annotations

from urllib.parse import urlencode

from openecf.court.documents.rules import HeaderFacts
from openecf.kernel.courts import JAVA_SERVLET_ROOT
from openecf.platform.config import this_site


def transport_room() -> str:
    """Where the servlet is that answers everything here."""
    root = "/cmecf/servlet" if this_site().id in JAVA_SERVLET_ROOT else "/n/beam/servlet"
    return f"{root}/TransportRoom"


class Documents:
    folder = "appellate"
    path = "docs1"
    look_parameter = "uid"
    page_suffix = "     Page: {page} of {pages}"
    # The links of these notices open at once, and programs rely on that. Like every copy it bears the court's line unless
    # the address asks for the document as it was filed (``&pdf_header=2``); the other benches ask on the page before.
    confirms_free_look = False

    def header(self, facts: HeaderFacts) -> str:
        """``USCA11 Case: 24-1234     Document: 5     Date Filed: 01/02/2024``."""
        court = this_site().id.removeprefix("ca").upper()
        number = f"{facts.document_number}-{facts.part + 1}" if facts.part else facts.document_number
        filed = f"     Date Filed: {facts.filed:%m/%d/%Y}" if facts.filed else ""
        return f"USCA{court} Case: {facts.case_number}     Document: {number or facts.doc_id}{filed}"

    def receipt_description(self, *, number: str, part: int, transcript: bool) -> str:
        return "Transcript" if transcript else "PDF Document"

    def receipt_criteria(self, *, case_number: str, number: str, part: int) -> tuple[str, str]:
        return "Case:", case_number

    def receipt_action(self, path: str) -> str:
        return transport_room()

    def part_label(self, part: int) -> str:
        return str(part + 1)

    def look_query(self, *, case_id: int, seq: int, secret: str) -> str:
        return urlencode({"uid": secret} if secret else {"caseId": str(case_id)})
