"""Dockets from elsewhere: taken once, extended, refused with a reason, counted from."""

from __future__ import annotations

import json
import random

import pytest
from django.utils import timezone

from openecf.court.cases import services as cases
from openecf.court.cases.models import Case, Party, Representation
from openecf.court.docket import queries
from openecf.court.docket import services as dockets
from openecf.court.docket.models import Entry, FreeLine
from openecf.court.documents import services as papers
from openecf.court.documents.models import Document
from openecf.court.importing import services as importing
from openecf.court.importing import writing
from openecf.court.people.models import CourtUser
from openecf.court.people.rules import Reader
from tests.court import world
from tests.wire.compare import leaves
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


def test_a_newer_copy_adds_the_attachments_that_an_entry_has_not_and_the_chain_vouches_for_them(take, docket):
    with_papers = next(e for e in docket["docket_entries"] if e["pacer_doc_id"].isdigit() and e["document_number"])
    take(docket)
    attachment = {
        "attachment_number": 1,
        "description": "Exhibit A",
        "pacer_doc_id": f"{with_papers['pacer_doc_id'][:4]}99999991",
        "page_count": 3,
    }
    with_papers["attachments"] = [attachment]
    report = take(docket, name="newer")
    assert [one.outcome for one in report.files] == ["extended"] and report.rows == 1
    added = Document.objects.get(part=1)
    assert (added.description, added.pages, added.entry.documents.count()) == ("Exhibit A", 3, 2)
    assert queries.chain_breaks(Case.objects.get().id) == []
    assert papers._take_serials(1)[0] > 99_999_991
    take(docket | {"case_name": "Read once more"}, name="again")
    assert Document.objects.filter(part=1).count() == 1
    Document.objects.filter(part=1).update(part=2)
    assert queries.chain_breaks(Case.objects.get().id) == [added.entry.seq]


def test_the_chain_vouches_for_attachments_in_whatever_order_the_docket_lists_them(take, docket):
    row = next(row for row in docket["docket_entries"] if row["pacer_doc_id"].isdigit())
    row["attachments"] = [
        {"attachment_number": part, "description": f"Exhibit {part}", "pacer_doc_id": f"05009999999{part}"}
        for part in (3, 1, 2)
    ]
    take(docket)
    assert Document.objects.filter(part__gt=0).count() == 3
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
    assert papers._take_serials(1)[0] > highest
    papers.number_above(highest - 1)
    assert papers._take_serials(1)[0] > highest, "what was taken over later lies below: nothing goes back"


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


# A newer copy of a docket that is here already


def test_entries_from_before_find_their_place_among_those_that_are_here(take, docket):
    rows = docket["docket_entries"]
    take(docket | {"docket_entries": rows[10:15] + rows[22:]})
    report = take(docket, name="whole")
    assert [one.outcome for one in report.files] == ["extended"] and report.entries == 17
    case = Case.objects.get()
    texts = [f"{text} {note}" for text, note in case.entries.order_by("position").values_list("text", "entered_note")]
    assert texts == [row["description"] for row in rows]
    assert list(case.entries.order_by("position").values_list("position", flat=True)) == list(range(1, 31))
    assert queries.chain_breaks(case.id) == []


def test_later_entries_without_the_earlier_ones_go_to_the_end(take, docket):
    rows = docket["docket_entries"]
    take(docket | {"docket_entries": rows[:12]})
    take(docket | {"docket_entries": rows[12:]}, name="later")
    case = Case.objects.get()
    dates = list(case.entries.order_by("position").values_list("filed", flat=True))
    assert len(dates) == 30 and dates == sorted(dates)


def test_words_that_were_changed_at_the_source_are_corrected_on_record(take, docket):
    take(docket)
    changed = json.loads(json.dumps(docket))
    row = next(row for row in changed["docket_entries"] if row["document_number"])
    row["description"] = row["description"].replace(" by ", " filed by ", 1)
    report = take(changed, name="newer")
    assert (report.entries, report.rows) == (0, 1)
    entry = Entry.objects.get(number=row["document_number"])
    assert f"{entry.text} {entry.entered_note}" == row["description"]
    assert entry.revisions.get().reason.startswith("A newer copy")
    assert queries.chain_breaks(entry.case_id) == []


def test_what_a_clerk_corrected_stays(take, docket):
    take(docket)
    entry = Entry.objects.exclude(number="").first()
    dockets.correct_entry(entry_id=entry.id, text="By hand", reason="typing", by="user:1", version=0, at=timezone.now())
    take(docket | {"demand": "$1"}, name="newer")
    assert Entry.objects.get(id=entry.id).text == "By hand"
    assert Entry.objects.count() == 30


def test_the_heading_follows_the_newer_copy(take, docket):
    take(docket)
    take(docket | {"assigned_to_str": "Wilma Tern", "date_terminated": "2025-02-03", "demand": ""}, name="newer")
    case = Case.objects.get()
    assert (case.assigned_to.name, case.terminated.isoformat()) == ("Wilma Tern", "2025-02-03")


def test_what_the_court_changed_in_the_heading_outweighs_the_copy_and_the_report_says_so(take, docket):
    take(docket)
    case = Case.objects.get()
    cases.edit_case(case_id=case.id, changes={"caption": "Ours"}, version=None, at=timezone.now(), by="user:1")
    report = take(docket | {"date_terminated": "2025-02-03"}, name="newer")
    case.refresh_from_db()
    assert (case.caption, case.terminated.isoformat()) == ("Ours", "2025-02-03")
    assert report.files[0].left_out == ("The case: the court changed caption itself, and keeps what it says",)


def test_new_parties_and_counsel_join_those_that_are_here(take, docket):
    whole = json.loads(json.dumps(docket))
    whole["parties"][0]["attorneys"] = [{"name": "First Counsel", "contact": "1 Street\n", "roles": ["LEAD ATTORNEY"]}]
    take(whole)
    whole["parties"][0]["attorneys"].append({"name": "Second Counsel", "contact": "", "roles": []})
    whole["parties"][0]["date_terminated"] = "2025-02-03"
    whole["parties"].append({"name": "Late Comer", "type": "Creditor", "extra_info": "", "date_terminated": None})
    take(whole, name="newer")
    parties = list(Party.objects.order_by("position"))
    assert [party.name for party in parties] == [party["name"] for party in whole["parties"]]
    assert parties[0].terminated.isoformat() == "2025-02-03"
    assert [one.name for one in parties[0].representations.all()] == ["First Counsel", "Second Counsel"]


def test_a_copy_without_parties_takes_none_away(take, docket):
    take(docket)
    take(docket | {"parties": [], "date_terminated": "2025-02-03"}, name="newer")
    assert Party.objects.count() == len(docket["parties"])


# Nothing is lost in silence


def test_what_is_too_long_for_its_column_stays_as_a_line_of_the_heading(take, docket):
    long = "Both " * 40
    take(docket | {"jury_demand": long.strip()})
    assert Case.objects.get().header_lines == [["Jury Demand:", long.strip()]]


STRANGE = [
    None,
    "",
    0,
    -1,
    10**30,
    1.5,
    True,
    "x" * 3000,
    "2024-13-45",
    "0001-01-01",
    [],
    [1],
    {},
    {"a": 1},
    "\ud800",
    "\x00",
]


@pytest.mark.parametrize("shape", ["petition", "adversary", "several_papers"])
def test_no_strange_value_anywhere_stops_the_import(take, shape):
    """Each value of a docket in turn becomes something strange: it is taken, or refused with words; others go on."""
    chosen = random.Random(7)
    invented = getattr(Inventor(5, "flsb"), shape)()
    invented["docket_entries"] = invented["docket_entries"][:4]
    places = [place for place, _value in leaves(invented)] + [("parties",), ("docket_entries",), ("docket_entries", 0)]
    broken = []
    for place in places:
        one = json.loads(json.dumps(invented))
        inner = one
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = chosen.choice(STRANGE)
        broken.append(one)
    report = take(*broken, invented | {"docket_number": "24-29999"})
    assert len(report.files) == len(broken) + 1
    assert report.files[-1].outcome == "taken"
    assert not [one.reason for one in report.refused if "shape that is known" in one.reason or "database" in one.reason]


def test_no_strange_value_in_the_heading_stops_the_import(take, docket):
    docket |= {"parties": [], "docket_entries": []}
    broken = [docket | {key: value} for key in docket for value in STRANGE]
    report = take(*broken)
    assert len(report.files) == len(broken)
    assert not [one.reason for one in report.refused if "shape that is known" in one.reason or "database" in one.reason]


def test_numbers_that_a_docket_uses_twice_do_not_stop_it(take, docket):
    first, second = [row for row in docket["docket_entries"] if row["pacer_doc_id"]][:2]
    second["pacer_doc_id"] = first["pacer_doc_id"]
    first["pacer_seq_no"] = second["pacer_seq_no"] = "900"
    twice = {"attachment_number": 1, "description": "Exhibit", "pacer_doc_id": "050039999998"}
    first["attachments"] = [twice, twice | {"description": "Again"}, twice | {"attachment_number": 2}]
    report = take(docket)
    assert [one.outcome for one in report.files] == ["taken"]
    number = first["document_number"]
    assert [path.partition(".")[2] for path in report.files[0].kept] == ["attachments[1 (2)]", "attachments[2]"]
    assert [d.description for d in Document.objects.filter(entry__number=number, part=1)] == ["Exhibit"]
    assert Document.objects.filter(doc_id=f"{first['pacer_doc_id'][:3]}0{first['pacer_doc_id'][4:]}").count() == 1
    assert len(set(Entry.objects.values_list("seq", flat=True))) == len(docket["docket_entries"])


def test_a_file_that_the_importer_never_thought_of_is_refused_and_others_go_on(take, docket, monkeypatch):
    """Whatever goes wrong inside, the reason names it; the next file finds everything in order."""
    fill = writing.fill

    def broken(case, found):
        if case.number == "24-20001":
            raise KeyError("surprise")
        return fill(case, found)

    monkeypatch.setattr(writing, "fill", broken)
    report = take(docket | {"docket_number": "24-20001"}, docket | {"docket_number": "24-20002"})
    assert [one.outcome for one in report.files] == ["refused", "taken"]
    assert "KeyError" in report.refused[0].reason
    assert list(Case.objects.values_list("number", flat=True)) == ["24-20002"]


def unnumbered(docket, *rows):
    """The docket with these entries alone: days and words, none with a number."""
    blank = {"document_number": "", "pacer_doc_id": "", "attachments": []}
    return docket | {"docket_entries": [{"date_filed": day, "description": words, **blank} for day, words in rows]}


def placed():
    return [(day.isoformat(), text) for day, text in Entry.objects.order_by("position").values_list("filed", "text")]


@pytest.mark.parametrize("now", ["Redacted", "Hearing held"])
def test_words_that_a_clerk_took_out_of_an_entry_without_a_number_do_not_come_back(take, docket, now):
    secret, beside = ("2024-01-02", "Minutes of a secret"), ("2024-01-02", "Hearing held")
    take(unnumbered(docket, secret, beside))
    entry = Entry.objects.get(text=secret[1])
    dockets.correct_entry(entry_id=entry.id, text=now, reason="a secret", by="user:1", version=0, at=timezone.now())
    newer = unnumbered(docket, secret, beside, ("2024-01-03", "Order"))
    newer["docket_entries"][1]["date_entered"] = "2024-01-03T10:00"
    assert take(newer, name="newer").entries == 1
    assert placed() == [("2024-01-02", now), beside, ("2024-01-03", "Order")]
    corrected_there_too = unnumbered(docket, ("2024-01-02", now), beside, ("2024-01-03", "Order"))
    assert take(corrected_there_too, name="newest").entries == 0
    assert FreeLine.objects.get().entry_id == Entry.objects.exclude(id=entry.id).get(text="Hearing held").id


def test_entries_that_say_the_same_keep_their_places_when_a_newer_copy_comes(take, docket):
    first = [("2024-01-02", "Minutes"), ("2024-01-02", "Minutes"), ("2024-01-05", "Hearing held")]
    take(unnumbered(docket, *first))
    newer = [*first, ("2024-01-05", "Hearing held"), ("2024-01-09", "Order")]
    assert take(unnumbered(docket, *newer), name="newer").entries == 2
    assert placed() == newer
    assert list(Entry.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5]


NO_IDENTITY: dict = {"pacer_doc_id": None, "pacer_seq_no": None}


@pytest.mark.parametrize(
    ("before", "now", "is_the_same"),
    [
        ({"pacer_seq_no": 7}, {"pacer_seq_no": 7}, True),
        ({"pacer_seq_no": "7", "pacer_doc_id": "27809000001"}, {"pacer_seq_no": 7}, True),
        ({"pacer_doc_id": "27809000001"}, {"pacer_doc_id": "27819000001"}, True),
        ({"pacer_seq_no": 7, "pacer_doc_id": "27809000001"}, {"pacer_seq_no": 9, "pacer_doc_id": "27809000001"}, False),
        ({}, {"pacer_seq_no": 1}, False),  # a place on the docket that was given here is nothing that the source said
        ({"pacer_seq_no": 7}, {}, False),
    ],
)
def test_an_entry_without_a_number_that_is_reworded_is_known_by_what_its_source_calls_it(
    take, docket, before, now, is_the_same
):
    first, beside = ("2024-01-02", "Minutes of a secret"), ("2024-01-02", "Hearing held")
    older = unnumbered(docket, first, beside)
    older["docket_entries"][0] |= NO_IDENTITY | before
    older["docket_entries"][1] |= NO_IDENTITY | {"pacer_seq_no": 20}
    take(older)
    reworded = ("2024-01-03", "Minutes of a public secret")
    newer = unnumbered(docket, reworded, ("2024-01-03", "Order"), beside)
    for one, said in zip(newer["docket_entries"], [now, {"pacer_seq_no": 21}, {"pacer_seq_no": 20}], strict=True):
        one |= NO_IDENTITY | said
    assert take(newer, name="newer").entries == (1 if is_the_same else 2)
    if is_the_same:
        assert placed() == [("2024-01-02", reworded[1]), ("2024-01-03", "Order"), beside]
    assert take(newer | {"cause": "Another"}, name="newest").entries == 0
    assert queries.chain_breaks(Case.objects.get().id) == []


@pytest.mark.parametrize("act", ["sealed", "corrected"])
def test_what_the_court_closed_or_took_out_does_not_come_back_in_other_words(take, docket, act):
    older = unnumbered(docket, ("2024-01-02", "Minutes of a secret"))
    older["docket_entries"][0] |= NO_IDENTITY | {"pacer_seq_no": 7}
    take(older)
    entry, said = Entry.objects.get(), {"reason": "a secret", "version": 0, "at": timezone.now()}
    if act == "sealed":
        clerk = Reader(
            account=world.account(4), user=CourtUser.objects.create(login="clerk", group="clerk").pk, group="clerk"
        )
        dockets.restrict_entry(entry_id=entry.id, level=3, parts={}, by=clerk, **said)
    else:
        dockets.correct_entry(entry_id=entry.id, text="Redacted", by="user:1", **said)
    older["docket_entries"][0]["description"] = "Amended minutes of a secret"
    assert take(older, name="newer").entries == 0
    assert Entry.objects.get().text == ("Minutes of a secret" if act == "sealed" else "Redacted")
    assert Entry.objects.get().guarded == (act == "sealed")


def test_of_entries_that_say_the_same_each_is_known_by_what_its_source_calls_it(take, docket):
    rows = unnumbered(docket, *[("2024-01-02", "Minutes")] * 3)
    for one, seq in zip(rows["docket_entries"], [4, 5, 6], strict=True):
        one |= NO_IDENTITY | {"pacer_seq_no": seq}
    take(rows)
    rows["docket_entries"] = [
        rows["docket_entries"][2] | {"description": "Minutes, amended"},
        rows["docket_entries"][1],
    ]
    assert take(rows, name="newer").entries == 0
    assert list(Entry.objects.order_by("seq").values_list("text", flat=True)) == [
        "Minutes",
        "Minutes",
        "Minutes, amended",
    ]
