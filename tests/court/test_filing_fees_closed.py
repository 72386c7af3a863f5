"""The receipt of a filing's fee is closed to whom the filing is closed, whenever and however that was decided."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.utils import timezone

from openecf.court.docket import queries
from openecf.court.docket import services as docket
from openecf.court.docket.models import Entry
from openecf.court.fees import charging, owing
from openecf.platform.audit.models import AuditLine
from openecf.platform.config import this_site
from tests.court import agency, callers
from tests.court.test_docket_pages import HERE, REPORT, shown
from tests.court.test_filing_fees import browser_of, owed, words, world  # noqa: F401  (a fixture)
from tests.platform.tollbooth import tollbooth  # noqa: F401  (a fixture)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(this_site().id != "flsb", reason="files the bankruptcy court's events"),
]
SHEET = {"case_num": " ", "list_of_parties_and_counsel": "on"}


def paid(world) -> tuple[Entry, Entry]:  # noqa: F811
    """A motion whose fee was paid, and the receipt on the docket."""
    fee = owed(world)
    with transaction.atomic():
        charging.pay(owing.open_fees(world.counsel.id), receipt="R-778", by="system", at=timezone.now())
    return fee.entry, Entry.objects.get(event=docket.RECEIPT)


def seal(world, entry: Entry, level: int):  # noqa: F811
    typed = {"level": level, "version": docket.version_of(entry), "reason": "By order."}
    typed |= {f"part-{one.part}": one.restriction for one in entry.documents.all()}
    return browser_of(world.clerk).post(f"/cases/{world.case.id}/edit/entries/{entry.seq}/restriction", typed)


def tells(browser, case_id: int) -> bool:
    """Whether the docket sheet and the history tell somebody of the receipt: both or neither."""
    sheet = browser.post(REPORT, SHEET | {"all_case_ids": case_id}, **HERE)
    form = words(browser.get(f"/cgi-bin/HistDocQry.pl?{case_id}"))
    asked = re.search(r'HistDocQry.pl\?([^"]+)"', form)[1]
    history = browser.post(f"/cgi-bin/HistDocQry.pl?{asked}", {"QueryType": "History", "dispEvents": "all"}, **HERE)
    found = {"R-778" in shown(sheet), "Receipt of Filing Fee" in shown(history)}
    assert len(found) == 1, "sheet and history tell the same"
    return found.pop()


@pytest.mark.parametrize("level", [2, 4, 5])
def test_a_receipt_is_sealed_and_opened_with_its_entry(world, level):  # noqa: F811
    entry, receipt = paid(world)
    stranger, filer = callers.client(callers.person(account_type="search")), browser_of(world.counsel)
    assert tells(stranger, world.case.id)
    assert seal(world, entry, level).status_code == 302
    assert not tells(stranger, world.case.id)
    assert tells(filer, world.case.id) is (level < 5), "as the motion itself"
    blind, who = agency.agent()
    agency.let(world.counsel, blind)
    assert not tells(callers.client(who), world.case.id)
    receipt.refresh_from_db()
    assert (receipt.restriction, receipt.row, receipt.guarded) == (level, "", True)
    assert queries.chain_breaks(world.case.id) == [], "both changes are in the case's chain"
    lines = AuditLine.objects.filter(act="docket.restricted").values_list("subject", flat=True)
    assert set(lines) == {f"entry:{entry.id}", f"entry:{receipt.id}"}
    entry.refresh_from_db()
    assert seal(world, entry, 0).status_code == 302
    assert tells(stranger, world.case.id)


def test_a_receipt_is_neither_opened_nor_sealed_by_itself(world):  # noqa: F811
    entry, receipt = paid(world)
    seal(world, entry, 4)
    for level in (0, 6):
        refused = seal(world, receipt, level)
        assert refused.status_code == 200 and "decided at the entry of that filing" in words(refused)
    receipt.refresh_from_db()
    assert receipt.restriction == 4
