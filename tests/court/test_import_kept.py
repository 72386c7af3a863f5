"""What no field here holds of an imported docket is kept as it came, for the court's own people, and never lost."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from openecf.benches.appellate import case as appellate
from openecf.court.cases.models import Case
from openecf.court.docket.models import Entry, FreeLine
from openecf.court.documents.models import Document
from openecf.court.importing import services as importing
from openecf.court.transition import services as transition
from openecf.kernel.restriction import Restriction
from openecf.platform.audit.models import AuditLine
from tests.court import world
from tests.court.callers import client, linked

FROM = ["lane", {"no": 7}]
LONG = "x" * 500
TRIAL = {
    "court_id": "flsb",
    "docket_number": "24-10001",
    "date_filed": "2024-01-02",
    "weather": {"sky": "blue", "grades": [1, 2.5, None]},
    "moon": 0,
    "nothing": [],
    "federal_dn_case_type": "bk",
    "a key of\u0000strange \ud800 letters": "\u0000\ud800é",
    "parties": [
        {
            "name": "Jane Roe",
            "type": "Debtor",
            "hobby": "chess",
            "attorneys": [{"name": "Al Law", "contact": "", "roles": [], "shoe": 44}],
            "criminal_data": {"bail": "$1", "counts": [{"name": "18:1 X", "status": "pending", "plea": "guilty"}]},
        },
        {"name": "Jane Roe", "type": "Debtor", "hobby": "go", "date_terminated": "2024-02-03T10:00"},
    ],
    "docket_entries": [
        {
            "date_filed": "2024-01-02",
            "document_number": "7",
            "description": "Motion",
            "pacer_doc_id": "050031000000",
            "from": FROM,
            "attachments": [
                {"attachment_number": 1, "pacer_doc_id": "050031000001", "colour": "red"},
                {"attachment_number": 2, "description": "Exhibit"},
                {"attachment_number": 1, "pacer_doc_id": "050031000009"},
            ],
        },
        {"date_filed": "2024-01-03", "description": "Minutes", "pacer_doc_id": "sho0_doc.pl", "long": LONG},
        {"date_filed": "2024-01-03", "description": "Minutes", "pacer_doc_id": "soon", "document_number": ""},
    ],
}
KEPT = {
    "weather": '{"sky": "blue", "grades": [1, 2.5, null]}',
    "moon": "0",
    "federal_dn_case_type": '"bk"',
    '["a key of\\u0000strange \\ud800 letters"]': '"\\u0000\\ud800\\u00e9"',
    "parties[Jane Roe, Debtor].hobby": '"chess"',
    "parties[Jane Roe, Debtor].attorneys[Al Law].shoe": "44",
    "parties[Jane Roe, Debtor].criminal_data.bail": '"$1"',
    "parties[Jane Roe, Debtor].criminal_data.counts[18:1 X].plea": '"guilty"',
    "parties[Jane Roe, Debtor (2)].hobby": '"go"',
    "parties[Jane Roe, Debtor (2)].date_terminated": '"2024-02-03T10:00"',
    "docket_entries[7, 2024-01-02].from": '["lane", {"no": 7}]',
    "docket_entries[7, 2024-01-02].attachments[1].colour": '"red"',
    "docket_entries[7, 2024-01-02].attachments[2]": '{"attachment_number": 2, "description": "Exhibit"}',
    "docket_entries[7, 2024-01-02].attachments[1 (2)]": '{"attachment_number": 1, "pacer_doc_id": "050031000009"}',
    "docket_entries[2024-01-03, Minutes].long": json.dumps(LONG),
    "docket_entries[2024-01-03, Minutes (2)].pacer_doc_id": '"soon"',
}


@pytest.fixture
def take(db, tmp_path):
    def run(docket: dict, name: str = "first"):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(docket))
        return importing.import_dockets([path], at=timezone.now()).files[0]

    return run


def standing() -> dict[str, str]:
    return dict(FreeLine.objects.filter(replaced_at=None).values_list("path", "said"))


def test_odd_fields_of_every_level_are_kept_as_they_came_and_the_report_says_where(take):
    taken = take(TRIAL)
    assert (taken.outcome, taken.reason, set(taken.kept), taken.left_out) == ("taken", "", set(KEPT), ())
    assert standing() == KEPT
    here = {line.path: line.entry and line.entry.number for line in FreeLine.objects.select_related("entry")}
    assert {path for path, number in here.items() if number == "7"} == {path for path in KEPT if "[7, " in path}
    assert AuditLine.objects.get(act="case.imported").facts["kept_as_it_came"] == len(KEPT)


def test_the_same_again_keeps_nothing_twice_and_a_newer_copy_replaces_without_deleting(take):
    take(TRIAL)
    assert take(dict(reversed(TRIAL.items())), "same").outcome == "unchanged"
    newer = json.loads(json.dumps(TRIAL)) | {"weather": "rain", "docket_entries": [], "tide": "low"}
    assert take(newer, "newer").outcome == "extended"
    assert standing() == KEPT | {"weather": '"rain"', "tide": '"low"'}, "of what it does not speak stays what was said"
    replaced = FreeLine.objects.exclude(replaced_at=None).get()
    assert (replaced.path, replaced.said, replaced.source) == ("weather", KEPT["weather"], "first.json")
    for _twice in range(2):
        take(TRIAL, "old again")
        take(newer, "newer again")
    assert FreeLine.objects.count() == len(KEPT) + 2, "copies that take turns add no rows"
    assert standing()["weather"] == '"rain"'


def test_clerks_read_it_with_the_case_and_with_the_entry_and_of_what_is_sealed_from_them_nothing(take):
    now = timezone.now()
    transition.set_up(at=now, live_at=now)
    take(TRIAL)
    take(TRIAL | {"weather": "rain"}, "newer")
    case, browser = Case.objects.get(), client(linked("clerk"))
    address = f"/cases/{case.id}/edit"
    assert f"{address}/as-it-came" in browser.get(address).content.decode()
    page = browser.get(f"{address}/as-it-came").content.decode()
    for words in (
        "parties[Jane Roe, Debtor].hobby",
        "chess",
        "&quot;rain&quot;",
        "Replaced by a newer copy",
        "newer.json",
    ):
        assert words in page
    whole = FreeLine.objects.get(path__endswith=".long")
    assert LONG not in page and f"{address}/as-it-came/{whole.id}" in page
    assert browser.get(f"{address}/as-it-came/{whole.id}").content.decode() == json.dumps(LONG)
    assert browser.get(f"/cases/{case.id + 1}/edit/as-it-came/{whole.id}").status_code == 404
    seven = Entry.objects.get(number="7")
    assert "lane" in browser.get(f"{address}/entries/{seven.seq}").content.decode()

    Document.objects.filter(entry=seven, part=1).update(restriction=Restriction.CHAMBERS)
    Entry.objects.filter(id=whole.entry_id).update(restriction=Restriction.CHAMBERS, guarded=True)
    page = browser.get(f"{address}/as-it-came").content.decode()
    assert "hobby" in page and "lane" not in page and "red" not in page.split("<main")[1] and whole.path not in page
    assert browser.get(f"{address}/as-it-came/{whole.id}").status_code == 404


def test_a_case_of_the_court_itself_has_no_such_page_to_offer(db):
    here = world.make()
    assert "as-it-came" not in client(linked("clerk")).get(f"/cases/{here.case.pk}/edit").content.decode()


def test_an_appeal_keeps_words_about_a_party_as_lines_and_the_rest_as_it_came():
    below = {"docket_number": "1:19-cv-00143", "clerk": "Bo", "date_filed": "2019-01-02T03:04"}
    party = {"name": "Roe", "type": "Appellant", "Phone": "none", "aliases": ["Zed"], "criminal_data": {"bail": 1}}
    found = appellate.Case().read(
        {"docket_number": "24-1234", "originating_court_information": below, "parties": [party], "cause": "28:1331"}
    )
    assert {one.path: one.said for one in found.unread} == {
        "cause": '"28:1331"',
        "originating_court_information.clerk": '"Bo"',
        "originating_court_information.date_filed": '"2019-01-02T03:04"',
        "parties[Roe, Appellant].aliases": '["Zed"]',
        "parties[Roe, Appellant].criminal_data": '{"bail": 1}',
    }
    assert found.parties[0].lines == "Phone:\tnone"


# What a newer copy says of documents, the court below, and judges' initials


def test_a_newer_copy_tells_more_of_documents_that_are_not_held_and_names_what_it_says_in_vain(take):
    take(TRIAL)
    newer = json.loads(json.dumps(TRIAL))
    first = newer["docket_entries"][0]["attachments"][0]
    first |= {"description": "Exhibit A", "page_count": 3, "file_size_bytes": 900}
    newer["docket_entries"][0]["attachments"][1]["pacer_doc_id"] = "050031000002"
    newer["docket_entries"][0]["attachments"][2] |= {"attachment_number": 3}
    assert take(newer, "newer").rows == 3
    known = (
        Document.objects.filter(entry__number="7").order_by("part").values_list("part", "description", "pages", "bytes")
    )
    assert list(known) == [(0, "", 0, 0), (1, "Exhibit A", 3, 900), (2, "Exhibit", 0, 0), (3, "", 0, 0)]
    other = json.loads(json.dumps(newer))
    other["docket_entries"][0]["attachments"][0]["pacer_doc_id"] = "050031000055"
    assert take(other, "other").left_out == ("Entry 7: document 050031000055 is not taken, 050031000001 has its place",)


def test_initials_of_a_judge_whom_the_newer_copy_names_come_with_the_name(take):
    take(TRIAL | {"assigned_to_str": "Al Bee", "federal_dn_judge_initials_assigned": "AB"})
    take(TRIAL | {"assigned_to_str": "Cy Dee", "federal_dn_judge_initials_assigned": "CD"}, "newer")
    case = Case.objects.get()
    assert (case.assigned_to.name, case.judge_initials) == ("Cy Dee", "CD")
