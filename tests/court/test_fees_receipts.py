"""Receipts shown or hidden, as the firm that pays for a reader wants it. What is charged stays the same."""

from __future__ import annotations

import pytest

from openecf.court.fees.models import MeterLine
from openecf.kernel.doc_ids import DocId
from tests.court import callers
from tests.court import world as invented
from tests.court.world import main_document, pdfs

pytestmark = pytest.mark.django_db
TABLE = "Transaction Receipt"


@pytest.fixture
def here():
    world = invented.make()
    return world, main_document(world.entry(files=[pdfs.plain()]))


def reads(world, document, *, hidden: bool) -> dict[str, str]:
    """What a member reads on each page that charges, or tells a price; and then buys the document."""
    browser = callers.client(callers.person(account_type="search", receipts_hidden=hidden))
    case, own = str(world.case.pk), {"HTTP_SEC_FETCH_SITE": "same-origin"}
    path = f"/doc1/{DocId.parse(document.doc_id).straight}"
    pages = {
        "docket": browser.post("/cgi-bin/DktRpt.pl?1-L_1_0-1", {"all_case_ids": case, "case_num": " "}, **own),
        "history": browser.post(f"/cgi-bin/HistDocQry.pl?{case}-L_1_0-1", {"all_case_ids": case}, **own),
        "search": browser.post("/cgi-bin/iquery.pl?1-L_1_0-1", {"last_name": "Zzyzx"}, **own),
        "price of a document": browser.get(path),
    }
    bought = browser.post(path, {"got_receipt": "1"}, **own)
    assert b"".join(bought.streaming_content).startswith(b"%PDF")
    return {
        name: b"".join(page.streaming_content if page.streaming else [page.content]).decode()
        for name, page in pages.items()
    }


def charged() -> list[tuple[str, int, int]]:
    return list(MeterLine.objects.order_by("id").values_list("description", "pages", "cents"))


def test_hidden_or_shown_the_same_is_charged(here):
    world, document = here
    shown = reads(world, document, hidden=False)
    for_shown = charged()
    hidden = reads(world, document, hidden=True)
    assert len(for_shown) == 4 and charged()[len(for_shown) :] == for_shown
    assert {name for name, page in shown.items() if TABLE in page} == set(shown)
    assert not [name for name, page in hidden.items() if TABLE in page or "Billable Pages" in page]


def test_the_price_is_shown_before_the_charge_all_the_same(here):
    world, document = here
    page = reads(world, document, hidden=True)["price of a document"]
    assert "Price: $0.10 for 1 page." in page
    assert 'value="View Document"' in page or "Accept Charges and Retrieve" in page


def test_what_a_page_without_receipts_keeps_is_never_shown_to_somebody_who_has_them(here):
    world, document = here
    reads(world, document, hidden=True)
    page = reads(world, document, hidden=False)["docket"]
    assert page.count(TABLE) >= 1 and "PACER Login:" in page
