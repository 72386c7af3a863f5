"""Editing cases: what merges, what collides, who may."""

from __future__ import annotations

import re
import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connections

from openecf.court.cases import history, services
from openecf.court.cases.merging import Change, Collision, merge, merged_list
from openecf.court.cases.models import Case, CaseChange, Party
from openecf.court.docket import services as docket
from openecf.court.people.models import CourtUser
from openecf.court.transition import services as transition
from openecf.kernel.restriction import Restriction
from openecf.platform.audit.models import AuditLine
from tests.court.callers import client, court_user, kinds_of_person, linked

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
BY = "user:1"


def a_case(number: str = "24-10001", **facts: object) -> Case:
    return services.open_case(
        number=number,
        type="bk",
        at=NOW,
        by=BY,
        short_title="Ada Debtor",
        caption="Ada Debtor",
        filed=date(2024, 1, 2),
        **facts,
    )


MERGES = [
    # what both saw, what it says now, what this editor wants → what is written, what collides
    ("nobody else changed it", "a", "a", "b", {"f": "b"}, []),
    ("this editor left it alone", "a", "b", "a", {}, []),
    ("both wrote the same", "a", "b", "b", {}, []),
    ("both wrote different things", "a", "b", "c", {}, [Collision("f", "a", "b", "c")]),
    ("lists merge by item", ["x"], ["x", "y"], ["x", "z"], {"f": ["x", "y", "z"]}, []),
    ("one takes out, one adds", ["x", "w"], ["x", "w", "y"], ["x"], {"f": ["x", "y"]}, []),
]


@pytest.mark.parametrize(
    ("why", "seen", "now", "wanted", "write", "collisions"), MERGES, ids=[row[0] for row in MERGES]
)
def test_merge(why, seen, now, wanted, write, collisions):
    since = [Change("f", seen, now)] if seen != now else []
    assert merge(now={"f": now}, wanted={"f": wanted}, since=since) == (write, collisions)


def test_a_list_keeps_its_order():
    assert merged_list(["a", "b"], ["c", "a", "b"], ["a", "b", "d"]) == ["c", "a", "b", "d"]


@pytest.mark.django_db
def test_edits_of_different_fields_from_the_same_version_both_stay():
    case = a_case()
    party = services.add_party(case_id=case.id, name="Ada Debtor", type="Debtor", at=NOW, by=BY)
    seen = Case.objects.get(id=case.id).version
    services.edit_party(
        party_id=party.id, changes={"name": "Ada B. Debtor", "type": "Debtor"}, version=seen, at=NOW, by=BY
    )
    services.edit_party(
        party_id=party.id, changes={"name": "Ada Debtor", "type": "Joint Debtor"}, version=seen, at=NOW, by=BY
    )
    party.refresh_from_db()
    assert (party.name, party.type) == ("Ada B. Debtor", "Joint Debtor")


@pytest.mark.django_db
def test_edits_of_the_same_field_collide_and_write_nothing():
    case = a_case()
    seen = case.version
    services.edit_case(case_id=case.id, changes={"caption": "In re A", "chapter": "7"}, version=seen, at=NOW, by=BY)
    with pytest.raises(services.EditConflict) as caught:
        services.edit_case(
            case_id=case.id, changes={"caption": "In re B", "asset": "Asset"}, version=seen, at=NOW, by=BY
        )
    assert caught.value.collisions == (Collision("caption", "Ada Debtor", "In re A", "In re B"),)
    case.refresh_from_db()
    assert (case.caption, case.asset) == ("In re A", "")
    services.edit_case(case_id=case.id, changes=caught.value.values, version=caught.value.version, at=NOW, by=BY)
    case.refresh_from_db()
    assert (case.caption, case.chapter, case.asset) == ("In re B", "7", "Asset"), "saving again decides"


@pytest.mark.django_db
def test_each_act_writes_one_line_and_an_edit_of_nothing_writes_none():
    case = a_case()
    before = AuditLine.objects.count()
    services.edit_case(case_id=case.id, changes={"caption": "Ada Debtor"}, version=0, at=NOW, by=BY)
    assert AuditLine.objects.count() == before
    for act in (
        lambda: services.set_flag(case_id=case.id, flag="APPEAL", at=NOW, by=BY),
        lambda: services.clear_flag(case_id=case.id, flag="APPEAL", at=NOW, by=BY),
        lambda: services.close_case(case_id=case.id, on=NOW.date(), at=NOW, by=BY),
        lambda: services.reopen_case(case_id=case.id, on=NOW.date(), at=NOW, by=BY),
        lambda: services.set_restriction(case_id=case.id, level=Restriction.COURT, reason="order", at=NOW, by=BY),
        lambda: services.add_party(case_id=case.id, name="N", type="Creditor", at=NOW, by=BY),
    ):
        act()
        before += 1
        assert AuditLine.objects.count() == before


@pytest.mark.django_db
def test_closing_and_reopening_shows_in_dates_and_flags():
    case = a_case()
    services.close_case(case_id=case.id, on=date(2024, 5, 1), at=NOW, by=BY)
    case.refresh_from_db()
    assert (case.terminated, case.flags) == (date(2024, 5, 1), ["CLOSED"])
    services.reopen_case(case_id=case.id, on=date(2024, 6, 1), at=NOW, by=BY)
    case.refresh_from_db()
    assert (case.terminated, case.reopened, case.flags) == (None, date(2024, 6, 1), ["REOPEN"])


@pytest.mark.django_db
def test_a_judge_lends_initials_to_the_number():
    judge = services.add_judge(name="Lenora Ashgrove", initials="LMA", at=NOW, by=BY)
    case = services.assign_judge(case_id=a_case().id, judge=judge, at=NOW, by=BY)
    case.refresh_from_db()
    assert (case.assigned_to, case.judge_initials) == (judge, "LMA")


@pytest.mark.django_db
def test_numbers_are_taken_once():
    a_case("24-10001")
    with pytest.raises(services.NumberTaken):
        a_case("24-10001")
    with pytest.raises(services.NotACaseNumber):
        a_case("nonsense")


@pytest.mark.django_db
def test_appearing_twice_adds_roles_not_lines():
    case, user = a_case(), court_user(firm="Firm LLP", phone="555-0101")
    party = services.add_party(case_id=case.id, name="Ada Debtor", type="Debtor", at=NOW, by=BY)
    for roles in (["LEAD ATTORNEY"], ["LEAD ATTORNEY", "ATTORNEY TO BE NOTICED"]):
        services.appear(case=case, user=user, party_ids=[party.id], roles=roles, at=NOW, by=BY)
    row = party.representations.get()
    assert row.roles == ["LEAD ATTORNEY", "ATTORNEY TO BE NOTICED"]
    assert row.contact.splitlines() == ["Firm LLP", "555-0101", "Email: lee@office.example"]
    with pytest.raises(services.NotInThisCase):
        services.appear(case=a_case("24-10002"), user=user, party_ids=[party.id], roles=[], at=NOW, by=BY)


@pytest.mark.django_db(transaction=True)
def test_ten_clerks_edit_one_case_at_once_and_every_edit_stays_or_collides_in_the_open():
    case = a_case()
    parties = [services.add_party(case_id=case.id, name=f"Party {n}", type="Creditor", at=NOW, by=BY) for n in range(5)]
    seen = Case.objects.get(id=case.id).version
    barrier, results = threading.Barrier(10), []

    def edit(nth: int) -> None:
        barrier.wait()
        try:
            services.edit_party(
                party_id=parties[nth % 5].id,
                changes={"name": f"Party {nth % 5} by {nth}", "lines": "" if nth < 5 else f"line {nth}"},
                version=seen,
                at=NOW,
                by=f"user:{nth}",
            )
            services.set_flag(case_id=case.id, flag=f"F{nth}", at=NOW, by=f"user:{nth}")
            results.append("kept")
        except services.EditConflict:
            results.append("collided")
        except Exception as wrong:  # noqa: BLE001  (any other failure is what the test looks for)
            results.append(repr(wrong))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=edit, args=[nth]) for nth in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["collided"] * 5 + ["kept"] * 5
    case.refresh_from_db()
    assert len(case.flags) == 5
    for party in Party.objects.filter(case=case):
        changed = CaseChange.objects.filter(case=case, subject=f"party:{party.id}", field="name", before__isnull=False)
        assert changed.count() == 1
        assert changed.get().after == party.name
    assert case.version == CaseChange.objects.order_by("-version").first().version


PAGES = [
    ("/", {"nobody", "legacy", "billing", "searcher", "attorney", "trustee", "clerk", "judge"}),
    ("/nextgen", {"nobody", "legacy", "billing", "searcher", "attorney", "trustee", "clerk", "judge"}),
    ("/login/court", {"nobody", "legacy", "billing", "searcher", "attorney", "trustee", "clerk", "judge"}),
    ("/cgi-bin/ShowLogin", {"nobody", "legacy", "billing", "searcher", "attorney", "trustee", "clerk", "judge"}),
    ("/cgi-bin/CourtInfo.pl", {"nobody", "legacy", "billing", "searcher", "attorney", "trustee", "clerk", "judge"}),
    ("/utilities/", {"searcher", "attorney", "trustee", "clerk", "judge"}),
    ("/utilities/link", {"legacy", "billing", "searcher", "attorney", "trustee", "clerk", "judge"}),
    ("/utilities/link/done", {"attorney", "trustee", "clerk", "judge"}),
    ("/utilities/email", {"attorney", "trustee", "clerk", "judge"}),
    ("/utilities/log", {"searcher", "attorney", "trustee", "clerk", "judge"}),
    ("/court/", {"clerk", "judge"}),
    ("/cases/", {"clerk"}),
    ("/cases/{case}/edit", {"clerk"}),
    ("/cases/{case}/edit/heading", {"clerk"}),
    ("/cases/{case}/edit/restriction", {"clerk"}),
    ("/cases/{case}/edit/party/new", {"clerk"}),
    ("/cases/{case}/edit/party/{party}", {"clerk"}),
    ("/cases/{case}/edit/party/{party}/attorney", {"clerk"}),
    ("/cases/{case}/edit/attorney/{attorney}", {"clerk"}),
    ("/cases/{case}/edit/entries", {"clerk"}),
    ("/cases/{case}/edit/entries/1", {"clerk"}),
]


@pytest.fixture
def filled(db: None) -> dict[str, int]:
    transition.set_up(at=NOW, live_at=NOW)
    case = a_case()
    party = services.add_party(case_id=case.id, name="Ada Debtor", type="Debtor", at=NOW, by=BY)
    [row] = services.appear(case=case, user=court_user(), party_ids=[party.id], roles=[], at=NOW, by=BY)
    docket.finish(docket.enter(case_id=case.id, event="", title="Notice", text="Notice of it.", at=NOW, entered_by=BY))
    return {"case": case.id, "party": party.id, "attorney": row.id}


@pytest.mark.parametrize(("page", "let_in"), PAGES, ids=[page for page, _ in PAGES])
def test_who_may_see_which_page(filled, page, let_in):
    for kind, who in kinds_of_person().items():
        answer = client(who).get(page.format(**filled))
        body = answer.content.decode()
        entered = answer.status_code == 200 and "Not logged in. Programs:" not in body
        assert entered == (kind in let_in), f"{kind} at {page}: {answer.status_code}"
        assert ("login.pl?logout" in body) == (kind != "nobody"), f"{kind} at {page}: the log-out link"


@pytest.mark.parametrize("group", ["clerk", "judge"])
def test_the_page_of_the_courts_own_people_leads_nobody_to_a_closed_door(filled, group):
    browser = client(linked(group))
    cards = browser.get("/court/").content.decode().partition("ecf-cards")[2].partition("</ul>")[0]
    ways = re.findall(r'href="([^"]+)"', cards)
    assert ("/cases/" in ways) == (group == "clerk")
    assert {way: browser.get(way).status_code for way in ways} == dict.fromkeys(ways, 200)


def test_a_program_without_a_session_is_told_so(filled):
    body = client(None).get("/utilities/").content.decode()
    assert 'location.assign("https://pacer.login.uscourts.gov/csologin/login.jsf?pscCourtId=FLSBK&appurl=' in body
    for marker in ("login.pl?logout", "Cost: ", 'id="caseid"', "<case number="):
        assert marker not in body


def test_a_clerk_edits_a_party_through_the_page(filled):
    browser = client(linked("clerk"))
    url = "/cases/{case}/edit/party/{party}".format(**filled)
    version = Case.objects.get(id=filled["case"]).version
    answer = browser.post(
        url, {"version": version, "name": "Ada C. Debtor", "type": "Debtor", "lines": "1 Road", "terminated": ""}
    )
    assert answer.status_code == 302
    assert Party.objects.get(id=filled["party"]).name == "Ada C. Debtor"
    late = browser.post(
        url, {"version": version, "name": "Ada X. Debtor", "type": "Debtor", "lines": "1 Road", "terminated": ""}
    )
    assert late.status_code == 409
    page = late.content.decode()
    assert "Ada C. Debtor" in page and "Ada X. Debtor" in page, "both versions are shown"


def test_a_clerk_corrects_an_entry_and_seals_the_case(filled):
    browser, case = client(linked("clerk")), filled["case"]
    answer = browser.post(
        f"/cases/{case}/edit/entries/1", {"version": 0, "text": "Notice of something.", "reason": "typo"}
    )
    assert answer.status_code == 302
    assert Case.objects.get(id=case).entries.get().text == "Notice of something."
    browser.post(f"/cases/{case}/edit/restriction", {"level": 5, "reason": "order of today"})
    assert Case.objects.get(id=case).restriction == Restriction.COURT
    assert "restricted" in browser.get(f"/cases/{case}/edit").content.decode()


def test_the_last_changes_are_told_by_name_in_the_courts_own_words_and_hours(filled):
    case, clerk = Case.objects.get(id=filled["case"]), linked("clerk")
    judge = services.add_judge(name="Lenora Ashgrove", at=NOW, by=BY)
    facts = {"at": NOW, "by": f"user:{CourtUser.objects.get(account=clerk.account).id}"}
    services.edit_case(
        case_id=case.id, changes={"assigned_to_id": judge.id, "flags": ["MEGA", "TRANS"]}, version=None, **facts
    )
    services.edit_case(case_id=case.id, changes={"converted": date(2026, 3, 1)}, version=None, **facts)
    services.edit_party(party_id=filled["party"], changes={"name": "Ada C. Debtor"}, version=None, **facts)
    services.set_restriction(case_id=case.id, level=Restriction.COURT, reason="order", **facts)
    told = history.last_changes(case.id)
    assert [(line.whose, line.field, line.before, line.after) for line in told[:5]] == [
        ("", "Who may see the case", "Everyone", "The court only (sealed)"),
        ("Ada C. Debtor", "Name", "Ada Debtor", "Ada C. Debtor"),
        ("", "Date converted", "", "03/01/2026"),
        ("", "Flags", "", "MEGA, TRANS"),
        ("", "Assigned to", "", "Lenora Ashgrove"),
    ]
    assert {line.by for line in told[:5]} == {"Lee Clerk"}
    page = client(clerk).get(f"/cases/{case.id}/edit").content.decode()
    assert "03/02/2026 10:00 AM" in page and "(party:" not in page


def test_a_clerk_edits_the_heading_without_touching_what_the_clerk_did_not_touch(filled):
    browser, case = client(linked("clerk")), Case.objects.get(id=filled["case"])
    page = browser.get(f"/cases/{case.id}/edit/heading").context["form"]
    data = {name: page[name].value() if page[name].value() is not None else "" for name in page.fields}
    answer = browser.post(f"/cases/{case.id}/edit/heading", data | {"flags": "APPEAL\nMEGA"})
    assert answer.status_code == 302
    changed = CaseChange.objects.filter(case=case, version__gt=case.version)
    assert [change.field for change in changed] == ["flags"]
