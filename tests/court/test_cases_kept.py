"""Cases that a process keeps: whatever changes in one is on the next sheet, and a sheet asks the database little."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from openecf.court.cases import kept, queries, services
from openecf.court.cases.models import Case, Judge
from openecf.court.docket import services as docket
from tests.court import callers, world
from tests.court.test_docket_pages import HERE, REPORT, shown
from tests.court.world import AT

BY = "user:1"
PARTIES = {"list_of_parties_and_counsel": "on", "terminated_parties": "on"}


@pytest.fixture
def here(db):
    kept._kept.clear()
    return world.make()


def sheet(browser, case: Case) -> str:
    return shown(browser.post(REPORT, {"all_case_ids": case.id, "case_num": " "} | PARTIES, **HERE))


def rename_judge(here: world.World) -> None:
    Judge.objects.update(name="Honora Quill")


def add_counsel(here: world.World) -> None:
    party = here.case.parties.get(position=3)
    services.add_attorney(party_id=party.id, name="Ignatius Marsh", contact="", roles=["LEAD ATTORNEY"], at=AT, by=BY)


CHANGES: list[tuple[Callable[[world.World], object], str]] = [
    (lambda here: services.close_case(case_id=here.case.id, on=date(2024, 3, 4), at=AT, by=BY), "03/04/2024"),
    (lambda here: services.edit_party(party_id=here.case.parties.get(position=2).id, changes={"name":
        "Birch Lumber Trust"}, version=None, at=AT, by=BY), "Birch Lumber Trust"),
    (lambda here: services.add_party(case_id=here.case.id, name="Tansy Fielding", type="Creditor", at=AT, by=BY),
        "Tansy Fielding"),
    (add_counsel, "Ignatius Marsh"),
    (lambda here: services.appear(case=here.case, user=here.stranger, party_ids=[here.case.parties.get(position=3).id],
        roles=["LEAD ATTORNEY"], at=AT, by=BY), "Nadia Stranger"),
    (lambda here: services.set_flag(case_id=here.case.id, flag="HEADFLAG", at=AT, by=BY), "HEADFLAG"),
    (rename_judge, "Honora Quill"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), CHANGES, ids=[words for _change, words in CHANGES])
def test_what_changes_in_a_case_is_on_the_next_sheet(here, change, words):
    judge = services.add_judge(name="Lenora Ashgrove", title="Judge", at=AT, by=BY)
    services.assign_judge(case_id=here.case.id, judge=judge, at=AT, by=BY)
    searcher = callers.client(callers.person(account_type="search"))
    assert words not in sheet(searcher, here.case)
    change(here)
    assert words in sheet(searcher, here.case)


def test_a_change_that_was_taken_back_is_on_no_sheet(here):
    searcher = callers.client(callers.person(account_type="search"))
    sheet(searcher, here.case)
    with transaction.atomic():
        services.add_party(case_id=here.case.id, name="Tansy Fielding", type="Creditor", at=AT, by=BY)
        assert "Tansy Fielding" in sheet(searcher, here.case)
        transaction.set_rollback(True)
    assert "Tansy Fielding" not in sheet(searcher, here.case)


def test_a_case_that_is_sealed_is_gone_at_once(here):
    reader = here.reader()
    assert queries.case_for(reader=reader, case_id=here.case.id)
    Case.objects.filter(id=here.case.id).update(restriction=5)
    with pytest.raises(queries.NoSuchCase):
        queries.case_for(reader=reader, case_id=here.case.id)


def test_what_a_caller_does_to_its_copy_stays_with_the_caller(here):
    reader = here.reader()
    mine = queries.case_for(reader=reader, case_id=here.case.id)
    mine.caption = "scribbled over"
    assert queries.case_for(reader=reader, case_id=here.case.id).caption == "Juniper Alder"


def test_only_so_many_cases_are_kept(here, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    for n in range(4):
        case = Case.objects.create(year=2023, serial=n, number=f"23-1000{n}", caption=f"Case {n}")
        assert kept.case(case.id).caption == f"Case {n}"
    assert len(kept._kept) == 2


def test_a_small_sheet_asks_the_database_three_things(here):
    """Who reads here; the versions of the case and its entries; the charge with its message to the central ledger."""
    with transaction.atomic():
        docket.finish(
            docket.enter(case_id=here.case.id, event="order", title="Order", text="ORDER", at=AT, entered_by=BY)
        )
    searcher = callers.client(callers.person(account_type="search"))
    sheet(searcher, here.case)
    with CaptureQueriesContext(connection) as asked:
        sheet(searcher, here.case)
    words = [one["sql"].split(None, 1)[0] for one in asked.captured_queries]
    assert [word for word in words if word not in {"SAVEPOINT", "RELEASE"}] == [
        "SELECT", "SELECT", "WITH"
    ]  # fmt: skip
