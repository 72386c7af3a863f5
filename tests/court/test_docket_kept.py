"""Sheets and frames that a process keeps: the same bytes as if they had been made anew, and never an older one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.test import Client

from openecf.court.cases import queries
from openecf.court.cases import services as cases
from openecf.court.docket import frames, kept, reading, services
from openecf.court.docket.models import Entry
from openecf.court.docket.rules import Selection
from openecf.court.transition import queries as transition
from openecf.court.transition.models import CourtProfile
from openecf.platform.banners import queries as banners
from tests.court import callers, pdfs, world
from tests.court.test_docket_pages import HERE, REPORT, shown
from tests.court.world import AT

BY = "user:1"


@pytest.fixture
def here(db):
    kept.forget()
    frames.forget()
    made = world.make()
    with transaction.atomic():
        made.filed = services.enter(
            case_id=made.case.id, event="", title="Letter", text="LETTER of intent", at=AT, entered_by=BY
        )
        papers = [made.document(part, pdfs.plain(1, f"page {part}")) for part in (0, 1)]
        world.documents.attach(entry=made.filed, documents=papers, at=AT)
        services.finish(made.filed)
    return made


@pytest.fixture
def searcher(here) -> Client:
    return callers.client(callers.person(account_type="search"))


def sheet(browser: Client, here: world.World, **more: str) -> str:
    asked = {"all_case_ids": here.case.id, "case_num": " ", "list_of_parties_and_counsel": "on"}
    return shown(browser.post(REPORT, asked | more, **HERE))


def enter(here: world.World, text: str) -> None:
    with transaction.atomic():
        services.finish(services.enter(case_id=here.case.id, event="", title="", text=text, at=AT, entered_by=BY))


def seal(here: world.World, level: int, parts: dict[int, int]) -> None:
    version = services.version_of(Entry.objects.get(id=here.filed.id))
    services.restrict_entry(
        entry_id=here.filed.id, level=level, parts=parts, reason="by order", by=here.reader(here.clerk),
        version=version, at=AT,
    )  # fmt: skip


def correct(here: world.World) -> None:
    services.correct_entry(entry_id=here.filed.id, text="LETTER of regret", reason="", by=BY, version=0, at=AT)


def rename_party(here: world.World) -> None:
    party = here.case.parties.get(position=2)
    cases.edit_party(party_id=party.id, changes={"name": "Birch Lumber Trust"}, version=None, at=AT, by=BY)


CHANGES: dict[str, tuple[Callable[[world.World], object], str, bool]] = {
    "an entry is made": (lambda here: enter(here, "ORDER of the day"), "ORDER of the day", True),
    "an entry is corrected": (correct, "LETTER of regret", True),
    "an entry is struck": (
        lambda here: services.strike_entry(entry_id=here.filed.id, reason="", by=BY, version=0, at=AT),
        "", True,
    ),
    "an entry is sealed": (lambda here: seal(here, 5, {}), "LETTER of intent", False),
    "a document is sealed": (lambda here: seal(here, 0, {1: 5}), "", True),
    "a party is renamed": (rename_party, "Birch Lumber Trust", True),
    "a row changes by whatever hand": (
        lambda here: Entry.objects.filter(id=here.filed.id).update(row="<tr><td>By hand</td></tr>"), "By hand", True,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "words", "comes"), CHANGES.values(), ids=CHANGES.keys())
def test_what_changes_on_a_docket_is_on_the_next_sheet(here, searcher, change, words, comes):
    assert sheet(searcher, here) and kept._pages, "it was kept"
    before = sheet(searcher, here)
    change(here)
    after = sheet(searcher, here)
    kept.forget()
    assert _timeless(after) == _timeless(sheet(searcher, here)), "as if it were made anew"
    assert after != before
    if words:
        assert (words in before, words in after) == ((False, True) if comes else (True, False))


def _timeless(page: str) -> list[str]:
    """Without the line of the receipt that tells the time."""
    return [line for line in page.splitlines() if "<TR><TD colspan=4><FONT>" not in line]


def test_a_change_of_the_court_s_profile_is_on_the_next_sheet(here, searcher):
    CourtProfile.objects.update(offices={here.case.office: "Coral Harbor"})
    transition.forget()
    before = sheet(searcher, here)
    CourtProfile.objects.update(offices={here.case.office: "Heron Bay"})
    transition.forget()
    after = sheet(searcher, here)
    assert before.count("Heron Bay") == 0 and after.count("Coral Harbor") == 0
    kept.forget()
    assert _timeless(after) == _timeless(sheet(searcher, here))


def test_a_sheet_with_a_guarded_entry_is_made_for_each_reader_and_never_kept(here, searcher):
    seal(here, 5, {})
    clerk = callers.client(callers.linked("clerk"))
    assert "LETTER of intent" in sheet(clerk, here)
    assert not kept._pages
    assert "LETTER of intent" not in sheet(searcher, here)
    assert "LETTER of intent" in sheet(clerk, here) and not kept._pages


def test_a_sealed_case_is_never_kept(here):
    type(here.case).objects.filter(id=here.case.id).update(restriction=5)
    assert "LETTER of intent" in sheet(callers.client(callers.linked("clerk")), here)
    assert not kept._pages


def test_what_a_transaction_took_back_is_on_no_sheet(here, searcher):
    sheet(searcher, here)
    with transaction.atomic():
        enter(here, "ORDER taken back")
        assert "ORDER taken back" in sheet(searcher, here)
        transaction.set_rollback(True)
    assert "ORDER taken back" not in sheet(searcher, here)


def test_each_selection_has_its_own_sheet(here, searcher):
    enter(here, "ORDER of the day")

    def places(**more: str) -> list[int]:
        page = sheet(searcher, here, **more)
        return [page.find("LETTER of intent"), page.find("ORDER of the day")]

    for _again in range(2):
        first = places(sort1="oldest date first")
        second = places(sort1="most recent date first")
        assert first[0] < first[1] and second[0] > second[1]
        assert places(documents_numbered_from_="2", documents_numbered_to_="9")[0] == -1


def test_every_reader_has_the_own_name_menu_receipt_and_language_round_the_same_sheet(here):
    clerk = callers.client(callers.linked("clerk"))
    ada = callers.client(callers.person(name="Ada <Counsel> & Co", account_type="search"))
    ben = callers.client(callers.person(name="Ben Other", account_type="search"))
    for _again in range(2):
        pages = [sheet(browser, here) for browser in (clerk, ada, ben)]
        assert ["Lee Clerk" in page for page in pages] == [True, False, False]
        assert ["Ada &lt;Counsel&gt; &amp; Co" in page for page in pages] == [False, True, False]
        assert ["<FONT>ada</FONT>" in page for page in pages] == [False, True, False]
        assert ["<FONT>ben</FONT>" in page for page in pages] == [False, False, True]
        assert not any(frames._MARK in page for page in pages)
    ada.cookies["openecf_flsb_language"] = "es"
    assert '<html lang="es">' in sheet(ada, here) and '<html lang="en">' in sheet(ben, here)


def test_a_filled_frame_is_what_the_template_renders(here, rf):
    request = rf.get("/cgi-bin/DktRpt.pl")
    request.arrived = AT
    request.reader = reader = here.reader(name="Hana <Lindqvist>", client_code="a&b")
    case = queries.case_for(reader=reader, case_id=here.case.id)
    made = reading.sheet(reader=reader, case=case, selection=Selection(parties=True), at=AT)
    facts = {"case": made.case, "receipt": made.receipt}
    for _again in range(2):
        before, after = frames.around(request, **facts, template="docket/sheet.html")
        assert f"{before}{frames.PLACE}{after}" == render_to_string("docket/sheet.html", facts, request)
        assert "a&amp;b" in after and "Hana &lt;Lindqvist&gt;" in before


def test_a_banner_is_above_a_sheet_as_long_as_it_is_above_other_pages(here, rf, monkeypatch):
    request = rf.get("/cgi-bin/DktRpt.pl")
    request.arrived = AT
    request.reader = reader = here.reader()
    case = queries.case_for(reader=reader, case_id=here.case.id)
    made = reading.sheet(reader=reader, case=case, selection=Selection(parties=True), at=AT)
    facts = {"case": made.case, "receipt": made.receipt, "template": "docket/sheet.html"}
    banner = banners.Shown(uuid4(), "warning", "The building closes at noon.", False, AT)
    seen = []
    for live in ([], [banner], []):
        monkeypatch.setattr(banners, "shown", lambda now, live=live: live)
        seen.append("closes at noon" in frames.around(request, **facts)[0])
    assert seen == [False, True, False]


def test_no_more_is_kept_than_there_is_room_for(monkeypatch):
    kept.forget()
    monkeypatch.setattr(kept, "LARGEST", 100)
    monkeypatch.setattr(kept, "MOST", 250)
    kept.keep("large", kept.Page(b"x" * 101, 0))
    assert kept.page("large") is None
    for n in range(4):
        kept.keep(n, kept.Page(b"x" * 80, 0))
        assert kept.page(0), "what was asked for lately stays"
    assert [kept.page(n) is not None for n in range(4)] == [True, False, True, True]
    kept.forget()


ELSEWHERE = """
import sys
from openecf.cli.inside import enter
from pathlib import Path
enter(Path(sys.argv[1]))
from django.conf import settings
from django.db import connections
settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = sys.argv[2]
from openecf.court.docket import services
from openecf.court.docket.models import Entry
from datetime import UTC, datetime
row = Entry.objects.get(id=int(sys.argv[3]))
services.correct_entry(entry_id=row.id, text="LETTER from elsewhere", reason="", by="user:1", version=0,
    at=datetime.now(UTC))
"""


@pytest.mark.django_db(transaction=True)
def test_what_another_process_changes_is_on_the_next_sheet_of_this_one(here, searcher):
    assert "LETTER of intent" in sheet(searcher, here) and kept._pages
    words = [sys.executable, "-c", ELSEWHERE, os.environ["OPENECF_SITE"], connection.settings_dict["NAME"]]
    done = subprocess.run([*words, str(here.filed.id)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    after = sheet(searcher, here)
    assert "LETTER from elsewhere" in after and "LETTER of intent" not in after
