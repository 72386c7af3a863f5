"""What only a court of appeals lets its readers choose: how long the caption is, and whether a copy bears the court's line.

Run at one by ``tests/benches``.
"""

from __future__ import annotations

import pytest

from openecf.benches.appellate.documents import transport_room
from openecf.court.bench import bench
from openecf.court.cases.models import Case
from openecf.kernel.doc_ids import DocId
from tests.court import callers
from tests.court import world as invented
from tests.court.world import main_document, pdfs

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(bench().name != "appellate", reason="of courts of appeals only"),
]
ROOM = "/n/beam/servlet/TransportRoom"
HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}
WHOLE = "Juniper Alder, Plaintiff-Appellant, versus Rowan Sorrel, Defendant-Appellee"


def content(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def here():
    world = invented.make()
    Case.objects.filter(id=world.case.pk).update(caption=WHOLE, short_title="Alder v. Sorrel")
    return world


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [({"incCaption": "long"}, WHOLE), ({"incCaption": "Y"}, WHOLE), ({"incCaption": "short"}, "Alder v. Sorrel"),
     ({"incCaption": ""}, None), ({}, None)],
)  # fmt: skip
def test_the_caption_is_shown_whole_short_or_not_at_all(here, chosen, shown):
    browser = callers.client(callers.person(account_type="search"))
    asked = {"servlet": "CaseSummary.jsp", "caseNum": here.case.number, "fullDocketReport": "Y", "incDktEntries": "Y"}
    page = content(browser.post(ROOM, asked | chosen, **HERE)).decode()
    _before, comment, after = page.partition("<!-- NEW SECTION - Caption -->")
    assert bool(comment) is (shown is not None)
    assert shown is None or after.startswith(f"<table width='100%'><tr><td>{shown}</td>")


@pytest.mark.parametrize(
    ("kind", "box", "line"), [("browser", True, True), ("browser", False, False), ("api", False, True)]
)
def test_the_box_on_the_receipt_says_whether_the_copy_bears_the_courts_line(here, kind, box, line):
    filed = pdfs.plain()
    document = main_document(here.entry(files=[filed]))
    number = DocId.parse(document.doc_id).straight
    asked = {"servlet": "ShowDoc", "incPdfHeader": "Y", "dls_id": number, "caseId": str(here.case.pk), "pacer": "t",
             "recp": "01/02/2024 14:03:11"} | ({"incPdfHeaderDisp": "Y"} if box else {})  # fmt: skip
    copy = content(callers.client(callers.person(account_type="search", kind=kind)).post(ROOM, asked, **HERE))
    assert copy.startswith(b"%PDF") and (copy != filed) is line


@pytest.mark.parametrize("address", ["/cgi-bin/DktRpt.pl?1", ROOM])
@pytest.mark.parametrize("wanted", [True, False])
def test_member_cases_are_listed_where_they_are_asked_for_and_their_links_lead_there(here, address, wanted):
    facts = {"short_title": "Rook v. March", "filed": here.case.filed, "year": 2024}
    member = Case.objects.create(number="24-10077", serial=10077, lead=here.case, **facts)
    Case.objects.create(number="24-10078", serial=10078, lead=here.case, restriction=4, **facts)
    browser = callers.client(callers.person(account_type="search"))
    if address == ROOM:
        asked = {"servlet": "CaseSummary.jsp", "caseNum": here.case.number, "incAssoc": "Y" if wanted else ""}
    else:
        asked = {"all_case_ids": here.case.pk, "list_of_member_cases": "on" if wanted else ""}
    page = content(browser.post(address, asked, **HERE)).decode()
    assert ("Rook v. March" in page) is wanted and "24-10078" not in page
    link = f"{transport_room()}?servlet=CaseSummary.jsp&caseNum={member.number}"
    assert (f"'{link.replace('&', '&amp;')}'" in page) is wanted
    assert member.number in content(browser.get(link, follow=True)).decode()
