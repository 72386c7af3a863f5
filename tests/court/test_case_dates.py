"""Orders that change the whole case: its dates and its chapter; and who sees which deadlines of it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from openecf.court.calendar.models import Deadline
from openecf.court.calendar.rules import sees_up_to
from openecf.court.cases import services as cases
from openecf.court.cases.models import Case
from openecf.court.docket.models import Motion
from openecf.court.filing import services
from openecf.kernel.restriction import Restriction
from openecf.platform.config import this_site
from tests.court import callers
from tests.court import world as invented
from tests.court.agency import AtThePages, said
from tests.court.test_filing_submit import court_answers, file
from tests.court.world import AT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(this_site().id != "flsb", reason="files the bankruptcy court's events"),
]
DAY = date(2024, 1, 2)


@pytest.fixture
def world():
    return invented.make()


def sheet(world) -> str:
    """The docket sheet's words, as a program of the clerk's office reads it."""
    browser = callers.client(callers.person(account=world.clerk.account, kind="api"))
    answer = browser.post("/cgi-bin/DktRpt.pl?1-L_1_0-1", {"all_case_ids": world.case.id, "case_num": " "})
    page = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>|&nbsp;", " ", page.decode()))


@pytest.mark.parametrize(
    ("event", "chapter", "column", "shows"),
    [
        ("order:discharge", "7", "discharged", "Debtor discharged: 01/02/2024"),
        ("order:dismissing-case", "7", "dismissed", "Debtor dismissed: 01/02/2024"),
        ("order:confirming-13", "13", "plan_confirmed", "Plan confirmed: 01/02/2024"),
        ("order:confirming-11", "11", "plan_confirmed", "Plan confirmed: 01/02/2024"),
    ],
)
def test_an_order_sets_the_date_of_the_case(world, event, chapter, column, shows):
    Case.objects.filter(id=world.case.id).update(chapter=chapter)
    related = [file(world, world.counsel, f"plan:chapter-{chapter}")] if "confirming" in event else []
    file(world, world.clerk, event, details=court_answers(), related=related)
    case = Case.objects.get(id=world.case.id)
    assert getattr(case, column) == DAY
    assert shows in sheet(world)


@pytest.mark.parametrize(
    ("event", "before", "after"),
    [("order:converting-7", "13", "7"), ("order:converting-11", "7", "11"), ("order:converting-13", "7", "13")],
)
def test_an_order_converts_the_case(world, event, before, after):
    Case.objects.filter(id=world.case.id).update(chapter=before)
    entry = file(world, world.clerk, event, details=court_answers())
    case = Case.objects.get(id=world.case.id)
    assert (case.chapter, case.previous_chapter, case.converted) == (after, before, DAY)
    assert "CONVERTED" in case.flags
    assert f"Ch{after}" in entry.notices.get().subject, "the notice tells the new chapter"
    words = sheet(world)
    assert f"Chapter {after} Previous chapter {before}" in words and "Date converted: 01/02/2024" in words


def test_a_conversion_by_notice_takes_effect_with_its_filing_and_the_motion_to_convert_is_granted_by_the_order(world):
    Case.objects.filter(id=world.case.id).update(chapter="13")
    file(world, world.counsel, "notice:voluntary-conversion")
    case = Case.objects.get(id=world.case.id)
    assert (case.chapter, case.previous_chapter) == ("7", "13")
    motion = file(world, world.counsel, "motion:convert-13")
    order = file(world, world.clerk, "order:converting-13", details=court_answers(), related=[motion])
    assert Motion.objects.get(entry=motion).decided_by == order
    assert Motion.objects.get(entry=motion).outcome == "granted"


@pytest.mark.parametrize(
    ("who", "filers", "may", "because"),
    [
        ("counsel", ["Debtor"], True, "stands on the docket for the debtor"),
        ("clerk", ["Debtor"], True, "dockets what the debtor handed in on paper"),
        ("opponent", ["Debtor"], False, "represents a creditor, and would have to appear for the debtor first"),
        ("stranger", ["Debtor"], False, "represents nobody"),
        ("opponent", ["Creditor"], False, "a creditor has no such right"),
        ("clerk", ["Creditor"], False, "nobody's has it but the debtor's"),
    ],
)
def test_a_case_is_converted_by_notice_for_its_debtor_alone(world, who, filers, may, because):
    Case.objects.filter(id=world.case.id).update(chapter="13")
    user = getattr(world, who)
    if may:
        file(world, user, "notice:voluntary-conversion", filers=filers)
    else:
        with pytest.raises(services.NotComplete) as refusal:
            file(world, user, "notice:voluntary-conversion", filers=filers)
        assert "Debtor, Joint Debtor" in refusal.value.said, because
    assert Case.objects.get(id=world.case.id).chapter == ("7" if may else "13"), because


def test_the_page_says_so_before_anything_is_uploaded(world):
    Case.objects.filter(id=world.case.id).update(chapter="13")
    for user, offered in ((world.counsel, True), (world.opponent, False)):
        browser = AtThePages(callers.person(account=user.account))
        draft = browser.begin("notice:voluntary-conversion", world.case.id)
        _status, words = browser.reads(f"/filing/{draft.id}/parties")
        assert ("Only who represents one of these parties" in words) is not offered
        assert ("Juniper Alder (Debtor)" in words) is offered and "Birch & Sons" not in words
        assert "Party that is not listed" not in words


def test_a_case_under_that_chapter_already_stays_as_it_is(world):
    cases.convert_case(case_id=world.case.id, chapter="7", on=DAY, at=AT, by="system")
    case = Case.objects.get(id=world.case.id)
    assert (case.chapter, case.previous_chapter, case.converted) == ("7", "", None)


@pytest.mark.parametrize(
    ("who", "level", "because"),
    [
        ({"chambers": True, "court": True}, Restriction.CHAMBERS, "judges and chambers see their own"),
        ({"court": True}, Restriction.COURT, "the clerk's office sees all but that"),
        ({"participates": True}, Restriction.PARTICIPANTS, "counsel in the case"),
        ({"terminal": True}, Restriction.PARTICIPANTS_AND_TERMINAL, "the courthouse"),
        ({}, Restriction.PUBLIC, "everybody"),
    ],
)
def test_how_far_a_list_of_deadlines_reaches(who, level, because):
    said_of = {"court": False, "chambers": False, "participates": False, "terminal": False} | who
    assert sees_up_to(**said_of) == level, because


def test_a_judge_sees_what_only_chambers_wait_for(world):
    for level in Restriction:
        entry = world.entry(restriction=level)
        Deadline.objects.create(case=world.case, kind=f"Level {level:d}", due=DAY + timedelta(days=30), set_by=entry)
    seen = {}
    for user in (world.judge, world.clerk, world.counsel, world.stranger):
        browser = callers.client(callers.person(account=user.account))
        words = said(browser.get("/cgi-bin/SchedQry.pl", QUERY_STRING=str(world.case.id)))[1]
        seen[user.login] = sum(f"Level {level:d}" in words for level in Restriction)
    assert seen == {"lashgrove": 7, "idelgado": 6, "tokafor": 3, "nstranger": 1}
