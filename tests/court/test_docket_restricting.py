"""The clerk seals an entry or a document after it was filed, and opens it again."""

from __future__ import annotations

import pytest

from openecf.court.docket import services
from openecf.court.docket.models import EntryRevision
from openecf.court.documents.models import Document
from openecf.kernel.restriction import Restriction
from openecf.platform.audit.models import AuditLine
from openecf.platform.store import services as store
from tests.court import callers
from tests.court import world as invented
from tests.court.test_hostile_history import broken
from tests.court.world import AT, pdfs

pytestmark = pytest.mark.django_db
REPORT = "/cgi-bin/DktRpt.pl?1-L_1_0-1"


@pytest.fixture
def here():
    world = invented.make()
    world.filed = services.enter(
        case_id=world.case.pk, event="", title="Statement", text="STATEMENT of secrets", at=AT, entered_by="clerk"
    )
    papers = [world.document(part, pdfs.plain(1, f"page {part}")) for part in (0, 1)]
    invented.documents.attach(entry=world.filed, documents=papers, at=AT)
    services.finish(world.filed)
    return world


@pytest.fixture
def clerk(db):
    return callers.client(callers.linked("clerk"))


@pytest.fixture
def searcher(db):
    return callers.client(callers.person(account_type="search"))


def sheet(browser, world) -> str:
    asked = {"all_case_ids": world.case.pk, "case_num": " "}
    answer = browser.post(REPORT, asked, HTTP_SEC_FETCH_SITE="same-origin")
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def page(world) -> str:
    return f"/cases/{world.case.pk}/edit/entries/{world.filed.seq}/restriction"


def chosen(level: int, *parts: int, version: int = 0) -> dict[str, object]:
    return {"version": version, "level": level, "reason": "by order", **{f"part-{n}": v for n, v in enumerate(parts)}}


def test_a_sealed_entry_leaves_the_docket_at_once_and_comes_back(here, clerk, searcher):
    assert "STATEMENT of secrets" in sheet(searcher, here)
    assert clerk.post(page(here), chosen(Restriction.COURT, 0, 0)).status_code == 302
    assert "STATEMENT of secrets" not in sheet(searcher, here)
    assert "STATEMENT of secrets" in sheet(clerk, here)
    assert clerk.post(page(here), chosen(Restriction.PUBLIC, 0, 0, version=1)).status_code == 302
    assert "STATEMENT of secrets" in sheet(searcher, here)


@pytest.mark.parametrize(
    ("levels", "sealed"),
    [
        ((Restriction.COURT, 0, 0), [True, True]),
        ((0, Restriction.COURT, 0), [True, False]),
        ((0, 0, Restriction.CHAMBERS), [False, True]),
        ((Restriction.PARTICIPANTS, 0, 0), None),
    ],
    ids=["the entry", "the main document", "an attachment", "participants"],
)
def test_bytes_lie_in_the_store_as_the_strictest_level_asks(
    here, clerk, levels, sealed, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert clerk.post(page(here), chosen(*levels)).status_code == 302
    rows = Document.objects.filter(entry=here.filed).order_by("part")
    if sealed is not None:
        assert [row.sealed for row in rows] == sealed
    for row in rows:
        assert store.has(row.sha256, sealed=row.sealed)
        assert not (row.sealed and store.has(row.sha256, sealed=False)), "nothing stays behind in the open"


def test_the_change_is_on_record_and_the_chain_holds(here, clerk):
    clerk.post(page(here), chosen(Restriction.COURT, Restriction.CHAMBERS, 0))
    kept = EntryRevision.objects.get().before
    assert (kept["restriction"], kept["parts"]) == (0, {"0": 0})
    line = AuditLine.objects.get(act="docket.restricted")
    assert line.facts["why"] == "by order" and line.facts["level"] == Restriction.COURT
    assert broken(here, with_bytes=True) == set()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (chosen(0, 0, 0), "Every level is as it was"),
        (chosen(Restriction.COURT, 0, 0, version=3), "Somebody else corrected"),
        (chosen(99, 0, 0), "level"),
        (chosen(0, 99, 0), "99"),
        (chosen(Restriction.COURT, 0, 0) | {"reason": " "}, "Reason"),
    ],
    ids=["nothing changes", "a colleague was faster", "no such level", "no such level of a part", "no reason"],
)
def test_what_cannot_be_saved_says_why_and_changes_nothing(here, clerk, typed, says):
    answer = clerk.post(page(here), typed)
    assert answer.status_code == 200 and says in answer.content.decode()
    assert "There is a problem" in answer.content.decode()
    assert not EntryRevision.objects.exists()
