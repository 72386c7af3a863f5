"""Dockets from elsewhere: taken once, extended, refused with a reason, counted from."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from openecf.court.cases.models import Case, Party, Representation
from openecf.court.docket import queries
from openecf.court.docket.models import Entry
from openecf.court.documents.models import Document
from openecf.court.importing import services as importing
from openecf.court.transition.models import CourtProfile
from tests.court import world
from tests.wire.invent import Inventor


@pytest.fixture
def docket() -> dict:
    return Inventor(11, "flsb").petition()


@pytest.fixture
def take(db, tmp_path):
    def run(*dockets, name="docket"):
        paths = []
        for n, one in enumerate(dockets):
            path = tmp_path / f"{name}-{n}.json"
            path.write_text(one if isinstance(one, str) else json.dumps(one))
            paths.append(path)
        return importing.import_dockets(paths, at=timezone.now())

    return run


def test_a_docket_is_taken_whole(take, docket):
    report = take(docket)
    assert [one.outcome for one in report.files] == ["taken"]
    case = Case.objects.get()
    assert case.entries.count() == len(docket["docket_entries"]) == report.entries
    assert Party.objects.filter(case=case).count() == len(docket["parties"])
    assert Representation.objects.count() == sum(len(p["attorneys"]) for p in docket["parties"])
    assert Document.objects.count() == sum(bool(e["pacer_doc_id"]) for e in docket["docket_entries"])
    assert set(Document.objects.values_list("sha256", flat=True)) == {""}
    assert queries.chain_breaks(case.id) == []


def test_the_same_docket_again_changes_nothing(take, docket):
    take(docket)
    before = list(Entry.objects.values_list("id", "row", "chain"))
    report = take(dict(reversed(docket.items())), name="again")
    assert [one.outcome for one in report.files] == ["unchanged"] and report.rows == 0
    assert list(Entry.objects.values_list("id", "row", "chain")) == before


def test_a_newer_copy_adds_the_entries_that_are_not_here(take, docket):
    take(docket | {"docket_entries": docket["docket_entries"][:20]})
    report = take(docket, name="newer")
    assert [one.outcome for one in report.files] == ["extended"]
    assert report.entries == 10 and Entry.objects.count() == 30 and Case.objects.count() == 1
    assert queries.chain_breaks(Case.objects.get().id) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not a docket"),
        ("", "not JSON"),
        ('{"docket_number": "24-10001", "court_id": "nysb"}', "court 'nysb'"),
        ('{"docket_number": "none", "court_id": "flsb"}', "docket number"),
        ('{"docket_number": "24-10001", "court_id": "flsb", "date_filed": "soon"}', "not a day"),
        ('{"docket_number": "24-10001", "court_id": "flsb", "parties": {"name": "x"}}', "Parties"),
        ('{"docket_number": "24-10001", "court_id": "flsb", "docket_entries": [{"description": "x"}]}', "no date"),
        ('{"docket_number": "24-10001", "court_id": "flsb", "case_name": "a\\u0000b"}', "character"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_file_is_named_with_the_reason_while_others_go_on(take, docket, content, reason):
    report = take(content, docket)
    assert [one.outcome for one in report.files] == ["refused", "taken"]
    assert reason in report.refused[0].reason
    assert Case.objects.count() == 1


def test_a_file_that_is_not_there_is_named(db, tmp_path):
    report = importing.import_dockets([tmp_path / "none.json"], at=timezone.now())
    assert "cannot be read" in report.refused[0].reason


def test_a_case_that_the_court_opened_itself_is_left_alone(take, docket):
    here = world.make()
    report = take(docket | {"docket_number": here.case.number})
    assert [one.outcome for one in report.files] == ["refused"]
    assert not here.case.entries.exists()


def test_document_numbers_given_from_now_on_lie_above_those_taken(take, docket):
    world.make()
    take(docket)
    highest = max(int(number[4:]) for number in Document.objects.values_list("doc_id", flat=True))
    assert CourtProfile.objects.get().next_doc_serial == highest + 1


def test_a_document_of_a_sister_case_is_linked_from_both(take, docket):
    take(docket, docket | {"docket_number": "24-20002"})
    first, second = Case.objects.order_by("id")
    doc_id = Document.objects.filter(entry__case=first).first().doc_id
    assert not Document.objects.filter(entry__case=second).exists()
    assert Entry.objects.filter(case=second, elsewhere=doc_id, row__contains=f"/doc1/{doc_id[:3]}").exists()


def test_old_links_without_a_document_number_become_no_link(take, docket):
    entry = next(e for e in docket["docket_entries"] if e["document_number"])
    entry["pacer_doc_id"] = "sho0_doc.pl"
    take(docket)
    row = Entry.objects.get(number=entry["document_number"]).row
    assert "<a " not in row
