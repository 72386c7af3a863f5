"""A court's old record: checked, loaded, verified, switched, rolled back; and what each refuses."""

from __future__ import annotations

import csv
import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from openecf.court.cases import queries as cases
from openecf.court.cases import services as editing
from openecf.court.cases.models import Case, Party, Representation
from openecf.court.conversion import loading, queries, services
from openecf.court.conversion.inventing import Export
from openecf.court.conversion.layout import FILES, GROUPS
from openecf.court.conversion.models import Conversion, Finding
from openecf.court.conversion.reading import NoExport
from openecf.court.docket import queries as docket
from openecf.court.docket import services as docketing
from openecf.court.docket.models import Entry
from openecf.court.documents import services as documents
from openecf.court.documents.models import Document
from openecf.court.fees import services as fees
from openecf.court.fees.models import MeterLine
from openecf.court.filing.models import Draft
from openecf.court.importing import bulk, removing
from openecf.court.notices import summarising
from openecf.court.people import services as people
from openecf.court.people.models import CourtUser, Group
from openecf.court.people.rules import NOBODY
from openecf.court.transition import queries as transition
from openecf.court.transition import services as transitions
from openecf.platform.store import services as store
from tests.court import agency, callers
from tests.court.old_records import BEFORE, CLOSED, DURING, LIVE, checked, load, signed, silent, spoil, verified

pytestmark = pytest.mark.django_db
COURT = "flsb"
CASES, USERS = 12, 40


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Export:
    export = Export(tmp_path_factory.mktemp("export"), court=COURT, cases=CASES, users=USERS, files=7, passwords=2)
    export.write()
    return export


@pytest.fixture
def folder(made: Export, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(made.folder, tmp_path / "export"))


@pytest.fixture(autouse=True)
def court() -> None:
    transitions.set_up(at=BEFORE, filing_closes_at=CLOSED, live_at=LIVE)
    transition.forget()


def counts() -> dict[str, int]:
    return {m.__name__: m.objects.count() for m in (Case, Party, Representation, Entry, Document, CourtUser)}


def test_an_export_that_fits_is_told_to_fit_and_nothing_is_written(folder):
    before = counts()
    told = checked(folder)
    assert (told.grave, told.problems) == (0, [p for p in told.problems if not p.grave])
    assert counts() == before and not Conversion.objects.exists()


WRONG = {
    "users.csv person": ("users.csv", 2, "person", "P999", "users.csv:2: person: people.csv has nobody called P999"),
    "a login twice": ("users.csv", 3, "login", "FILER1", "users.csv:3: login FILER1 is there twice"),
    "a group": ("users.csv", 2, "group", "wizard", "users.csv:2: group: is none of attorney"),
    "a scheme": ("users.csv", 2, "scheme", "rot13", "users.csv:2: password: the scheme is none of crypt"),
    "a hash": ("users.csv", 2, "password", "zz:1234", "users.csv:2: password: the hash has not 40 hexadecimal digits"),
    "an address": ("people.csv", 3, "email", "nobody", "people.csv:3: email: is not an e-mail address: 'nobody'"),
    "a person twice": ("people.csv", 5, "person", "P1", "people.csv:5: person P1 is there twice"),
    "no last name": ("people.csv", 3, "last_name", "", "people.csv:3: last_name: is empty and needed"),
    "a case number": ("cases.csv", 2, "number", "hello", "cases.csv:2: number: is not a case number: 'hello'"),
    "a number twice": ("cases.csv", 3, "number", "01-00001", "cases.csv:3: number 01-00001 is there twice"),
    "the order": ("cases.csv", 3, "case_id", "5", "cases.csv:3: case_id 5 does not rise"),
    "a lead": ("cases.csv", 3, "lead", "77", "cases.csv:3: lead: there is no case 77 in the file"),
    "a day": ("cases.csv", 2, "filed", "01/02/2001", "cases.csv:2: filed: is not a day such as 2022-03-26"),
    "a level": ("cases.csv", 2, "restriction", "9", "cases.csv:2: restriction: is not a whole number from 0 to 6"),
    "too long": ("cases.csv", 2, "chapter", "7777777", "cases.csv:2: chapter: is longer than 5 letters"),
    "a party of no case": ("parties.csv", 2, "case_id", "4", "parties.csv:2: case 4 is not in cases.csv"),
    "counsel of nobody": ("attorneys.csv", 4, "party", "9", "case 400001 has no party 9 in parties.csv"),
    "a seq twice": ("entries.csv", 3, "seq", "4", "entries.csv:3: seq 4 of case 400001 is there twice"),
    "a document of no entry": ("documents.csv", 2, "seq", "77", "documents.csv:2: case 400001 has no entry 77"),
    "a document twice": ("documents.csv", 3, "doc_id", "050000000101", "documents.csv:3: doc_id 050000000101 is there"),
    "a way out": (
        "documents.csv",
        2,
        "file",
        "../etc/passwd",
        "documents.csv:2: file: is not the name of a file inside",
    ),
    "no hash": ("documents.csv", 2, "file", "x.pdf", "documents.csv:2: sha256: is empty and needed"),
}


@pytest.mark.parametrize(("name", "line", "column", "value", "said"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_told_with_file_line_and_reason(folder, name, line, column, value, said):
    spoil(folder, name, line, column, value)
    told = [str(problem) for problem in checked(folder).problems if problem.grave]
    assert any(said in one for one in told), told
    assert all(re.match(r"[a-z]+\.csv(:\d+)?: ", one) for one in told)


def test_a_file_that_was_changed_after_the_manifest_is_told(folder):
    with (folder / "entries.csv").open("a") as out:
        out.write("garbage\n")
    told = [str(problem) for problem in checked(folder).problems if problem.grave]
    assert any("its SHA-256 is not the one in the manifest" in one for one in told)
    with pytest.raises(loading.DoesNotFit):
        load(folder)
    assert not Case.objects.exists()


def test_a_document_that_is_another_file_is_told_and_not_loaded(folder):
    file = next((folder / "documents").rglob("*.pdf"))
    file.write_bytes(b"%PDF other")
    assert any("is another file than this hash says" in str(p) for p in checked(folder).problems)
    held = store.put([b"%PDF other"]).sha256
    with pytest.raises(loading.DoesNotFit, match="another file"):
        load(folder)
    assert not Case.objects.exists()
    assert store.has(held), "the court may have that other file, too, for a document of its own"


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ({"layout": "else"}, "layout is 'else'"),
        ({"court": "nysb"}, "an export of court 'nysb'"),
        ({"taken_at": "2027-04-02T09:00:00"}, "no time zone"),
        ({"files": {}}, "missing file"),
    ],
)
def test_a_folder_that_holds_no_export_of_this_court_is_refused(folder, spoilt, said):
    manifest = json.loads((folder / "manifest.json").read_text()) | spoilt
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(NoExport, match=said):
        checked(folder)


def an_attachment_first(folder: Path) -> None:
    """The first entry gets an attachment, listed before its main document: an old system need not keep to the parts' order."""
    path = folder / "documents.csv"
    with path.open(newline="", encoding="utf-8") as file:
        head, main, *rows = csv.reader(file)
    attachment = dict(zip(head, main, strict=True)) | {"part": "1", "doc_id": "050000009999", "file": "", "sha256": ""}
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out, lineterminator="\n").writerows([head, list(attachment.values()), main, *rows])
    signed(folder, "documents.csv", rows=len(rows) + 2)


def test_what_was_loaded_is_the_old_record_with_its_own_numbers(folder):
    an_attachment_first(folder)
    done = load(folder)
    assert done.rows > 0 and done.passwords == 2
    case = Case.objects.get(id=400_001)
    entries = list(Entry.objects.filter(case=case).order_by("position"))
    assert [entry.seq for entry in entries] == list(range(4, 14))
    assert (case.next_seq, case.next_number, case.chain_head) == (14, 11, entries[-1].chain)
    assert entries[1].previous == entries[0].chain and entries[0].row.startswith("<tr><td")
    assert Document.objects.get(entry=entries[0], part=0).doc_id == "050000000101"
    assert [breaks for one in Case.objects.values_list("id", flat=True) if (breaks := docket.chain_breaks(one))] == []
    assert Representation.objects.filter(party__case=case).exclude(user=None).count() == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('\"case\"', 'id'))")
        assert cursor.fetchone()[0] > 400_000 + CASES
    assert not verified(folder).problems


@pytest.mark.parametrize(
    "written",
    [
        "2022-01-14T16:05:00",
        "2022-07-14T00:00:59.250000",
        "2022-03-13T01:59:59",
        "2022-03-13T02:30:00",  # an hour that the clocks leave out
        "2022-03-13T03:00:00",
        "2022-11-06T01:30:00",  # an hour that comes twice: the first
        "2022-11-06T02:00:00",
        "1931-06-01T12:00:00",
        "2022-01-14T16:05:00-08:00",
    ],
)
def test_an_hour_without_a_zone_is_the_courts_own_on_every_day_of_the_year(written):
    moment = datetime.fromisoformat(written)
    assert bulk.in_utc(moment) == bulk.in_court(moment).astimezone(UTC)


def test_documents_are_in_the_store_and_sealed_ones_encrypted(folder):
    paper = next(row for row in csv.DictReader((folder / "documents.csv").open()) if row["file"])
    line = next(n for n, row in enumerate(csv.DictReader((folder / "documents.csv").open())) if row["file"]) + 2
    spoil(folder, "documents.csv", line, "restriction", "5")
    store.drop(paper["sha256"])  # another test's copy
    load(folder)
    kept = Document.objects.get(doc_id=paper["doc_id"])
    assert kept.sealed and store.has(kept.sha256, sealed=True) and not store.has(kept.sha256)
    assert Entry.objects.get(id=kept.entry_id).row == ""
    assert not verified(folder).problems


def test_until_the_switch_only_the_court_sees_what_was_loaded(folder):
    load(folder)
    verified(folder)
    assert Case.objects.exclude(restriction=5).count() == 0
    assert not CourtUser.objects.filter(login__startswith="filer", active=True).exists()
    with pytest.raises(cases.NoSuchCase):
        cases.case_for(reader=NOBODY, case_id=400_001)
    services.switch(folder, at=DURING, despite_findings=True)
    assert Case.objects.get(id=400_001).restriction == 0
    assert CourtUser.objects.get(login="filer1").active


def test_what_no_column_holds_stays_as_free_lines(folder):
    spoil(folder, "cases.csv", 2, "demand", "d" * 200)
    spoil(folder, "cases.csv", 2, "Courtroom", "Room 7")
    spoil(folder, "parties.csv", 2, "Tax note", "none")
    told = checked(folder)
    assert not told.grave and any("Courtroom" in str(p) for p in told.problems)
    load(folder)
    case = Case.objects.get(id=400_001)
    assert ["Demand:", "d" * 200] in case.header_lines and ["Courtroom:", "Room 7"] in case.header_lines
    assert Party.objects.filter(case=case).first().lines.endswith("Tax note: none")
    assert not verified(folder).problems


@pytest.mark.parametrize("after", [1, 3, 8, "passwords"])
def test_a_load_that_was_stopped_goes_on_where_it_was(folder, monkeypatch, after):
    monkeypatch.setattr(loading, "COMMIT_AFTER", 30)
    monkeypatch.setattr(loading, "TOGETHER", 17)
    seen, save = [], loading._save

    def dying(place, **done):
        save(place, **done)
        if len(seen) == after or after in done:
            raise KeyboardInterrupt
        seen.append(done)

    monkeypatch.setattr(loading, "_save", dying)
    with pytest.raises(KeyboardInterrupt):
        load(folder)
    monkeypatch.setattr(loading, "_save", save)
    load(folder)
    again = counts()
    assert load(folder).rows == 0 and counts() == again
    assert not verified(folder).problems


SPOILS = {
    "a docket text": ("UPDATE entry SET text = text || '!' WHERE case_id = 400002 AND seq = 5", "entries.csv"),
    "a document's hash": ("UPDATE document SET pages = 9 WHERE doc_id = '050000000101'", "documents.csv"),
    "a party": ("UPDATE party SET name = 'X' WHERE case_id = 400003 AND position = 0", "parties.csv"),
    "a case's day": ("UPDATE \"case\" SET filed = '1999-01-04' WHERE id = 400004", "cases.csv"),
    "a counsel's role": ("UPDATE representation SET roles = '{}' WHERE id = (SELECT min(id) FROM representation)",
                         "attorneys.csv"),
    "a login's group": ("UPDATE court_user SET \"group\" = 'clerk' WHERE login = 'filer7'", "users.csv"),
    "a password": ("UPDATE court_user SET password = '' WHERE login = 'filer1'", "users.csv"),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "file"), SPOILS.values(), ids=SPOILS)
def test_whatever_differs_is_told_and_the_switch_stays_closed(folder, statement, file):
    load(folder)
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 1
    told = verified(folder)
    assert told.grave and {problem.file for problem in told.problems} == {file}
    with pytest.raises(services.CannotConvert, match="differs"):
        services.switch(folder, at=DURING, despite_findings=True)


def test_a_stored_document_that_is_gone_is_told(folder):
    load(folder)
    kept = Document.objects.exclude(sha256="").first()
    store.drop(kept.sha256)
    assert any("not in the store" in str(problem) for problem in verified(folder).problems)


def profile(**words: str) -> None:
    transitions.change_profile(words=words, by="operator", at=BEFORE)


@pytest.mark.parametrize(
    ("words", "at", "said"),
    [
        ({"filing_closes_at": "", "live_at": ""}, DURING, "Set the hours of the move first"),
        ({}, BEFORE, "The old system takes filings until"),
        ({"filing_closes_at": "2027-04-02T12:00"}, DURING, "before filing closed"),
    ],
)
def test_the_switch_waits_for_the_hours_of_the_move(folder, words, at, said):
    load(folder)
    verified(folder)
    profile(**words)
    with pytest.raises(services.CannotConvert, match=said):
        services.switch(folder, at=at, despite_findings=True)


def test_rolling_back_leaves_nothing_and_the_export_can_be_loaded_again(folder):
    before = counts()
    load(folder)
    stored = Document.objects.exclude(sha256="").first()
    verified(folder)
    services.switch(folder, at=DURING, despite_findings=True)
    services.roll_back(at=DURING, progress=silent)
    assert counts() == before and not Finding.objects.exists() and not store.has(stored.sha256)
    load(folder)
    assert not verified(folder).problems


def test_a_roll_back_that_was_stopped_has_to_be_brought_to_its_end(folder, monkeypatch):
    load(folder)
    before = Case.objects.count()
    take, seen = removing.remove_cases, []

    def dying(conversion: int) -> object:
        if seen:
            raise KeyboardInterrupt
        seen.append(1)
        return take(conversion, most=3)

    monkeypatch.setattr(removing, "remove_cases", dying)
    with pytest.raises(KeyboardInterrupt):
        services.roll_back(at=DURING, progress=silent)
    monkeypatch.undo()
    assert 0 < Case.objects.count() < before
    with pytest.raises(services.CannotConvert, match="A roll-back was begun"):
        load(folder)
    services.roll_back(at=DURING, progress=silent)
    load(folder)
    assert Case.objects.count() == before and not verified(folder).problems


def test_after_going_live_nothing_is_rolled_back_or_loaded(folder):
    load(folder)
    verified(folder)
    services.switch(folder, at=DURING, despite_findings=True)
    with pytest.raises(services.CannotConvert, match="live on NextGen"):
        services.roll_back(at=LIVE, progress=silent)
    with pytest.raises(services.CannotConvert, match="live on NextGen"):
        services.load(folder, at=LIVE, progress=silent)


def test_a_record_that_people_looked_at_and_were_told_of_is_rolled_back_all_the_same(folder):
    """What they paid stays on their bill; that somebody opened what is sealed stays in the audit lines."""
    before = counts()
    load(folder)
    verified(folder)
    services.switch(folder, at=DURING, despite_findings=True)
    user = CourtUser.objects.get(login="filer1")
    people.set_way(
        user_id=user.id,
        address="",
        usual="summary",
        tells_silence=True,
        wants_text=False,
        by=f"user:{user.id}",
        at=DURING,
    )
    assert summarising.summarise(day=DURING.date(), at=DURING) == 1
    case = Case.objects.filter(imported_from="conversion", restriction=0).first()
    fees.charge(
        reader=callers.reader(callers.person()), description="Docket", criteria="all", pages=3, case=case, at=DURING
    )
    paper = Document.objects.filter(entry__case__imported_from="conversion").exclude(sha256="").first()
    Document.objects.filter(pk=paper.pk).update(restriction=5)
    documents.keep_entry_by_level(entry_id=paper.entry_id)
    paper.refresh_from_db()
    documents.open_bytes(document=paper, reader=callers.reader(callers.linked("clerk")), at=DURING).close()
    services.roll_back(at=DURING, progress=silent)
    assert counts() == before | {"CourtUser": before["CourtUser"] + 1}, "the clerk is no part of the conversion"
    line = MeterLine.objects.get()
    assert (line.case, line.cents, line.criteria) == (None, 30, "all")
    load(folder)
    assert not verified(folder).problems


def _drafts(user: CourtUser, case: Case) -> None:
    Draft.objects.create(filer=user, event="motion:compel", created_at=DURING, changed_at=DURING)


def _drafts_in_the_case(user: CourtUser, case: Case) -> None:
    _drafts(callers.court_user(), case)
    Draft.objects.update(case=case)


WORK = {
    "linked": lambda user, case: CourtUser.objects.filter(id=user.id).update(account=callers.person().account),
    "a draft": _drafts,
    "a draft in a case": _drafts_in_the_case,
    "a case edited": lambda user, case: editing.set_flag(case_id=case.id, flag="CLOSED", at=DURING, by="user:1"),
    "an entry corrected": lambda user, case: docketing.correct_entry(
        entry_id=case.entries.first().id, text="Otherwise", reason="a slip", by="user:1", version=0, at=DURING
    ),
    "an agent added": lambda user, case: agency.let(user, callers.court_user("filing-agent")),
}


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_work_that_was_done_on_the_converted_record_is_not_rolled_back(folder, work):
    """Nothing is taken out then: half of a record would be none."""
    load(folder)
    work(CourtUser.objects.get(login="filer1"), Case.objects.filter(imported_from="conversion").last())
    before = counts()
    with pytest.raises(services.CannotConvert, match="Work was done"):
        services.roll_back(at=DURING, progress=silent)
    assert counts() == before


def test_another_export_is_not_loaded_over_the_first(folder):
    load(folder)
    spoil(folder, "cases.csv", 2, "caption", "Otherwise")
    with pytest.raises(services.CannotConvert, match="Another export"):
        load(folder)


def test_the_cases_can_be_dealt_out_among_processes(folder):
    class InTurn:
        def start(self, shares: range) -> None:
            for share in shares:
                services.load_share(folder, share=share, progress=silent)

        def wait(self) -> None:
            pass

    services.load(folder, at=DURING, progress=silent, shares=3, helpers=InTurn())
    assert queries.current().shares == 3 and not verified(folder).problems


def test_a_login_that_the_court_issued_itself_stays_as_it_is(folder):
    callers.court_user("clerk", login="FILER3", password="kept", last_name="Own")
    load(folder)
    user = CourtUser.objects.get(login="FILER3")
    assert (user.password, user.group, user.last_name) == ("kept", "clerk", "Own")
    assert not verified(folder).problems


def test_every_file_and_column_is_in_the_documentation():
    text = (Path(__file__).parents[2] / "docs" / "court-conversion.md").read_text("utf-8")
    for layout in FILES:
        section = text.partition(f"### `{layout.name}`")[2].partition("\n### ")[0]
        for column in layout.columns:
            needed = "yes" if column.required else ""
            assert re.search(rf"\| `{column.name}` \| {re.escape(column.kind)} \| {needed} ?\|", section), column.name
            assert not column.kind.startswith("one of") or f"| {column.means} |" in section, column.name


def test_every_kind_of_account_that_courts_issue_is_taken_over():
    assert set(GROUPS) == set(Group.values)
