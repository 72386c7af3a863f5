"""What waits in a court that is converted: motions, deadlines and hearings, from the export to the weekend's end."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection

from openecf.court.calendar import queries as calendar
from openecf.court.calendar import services as calendars
from openecf.court.calendar.models import Deadline, Hearing
from openecf.court.cases.models import Case
from openecf.court.conversion import loading, services
from openecf.court.conversion import queries as conversion
from openecf.court.conversion.inventing import Export
from openecf.court.conversion.reading import Told
from openecf.court.docket import services as docket
from openecf.court.docket.models import Entry, Motion
from openecf.court.transition import queries as transition
from openecf.court.transition import services as transitions
from tests.court.old_records import BEFORE, CLOSED, DURING, LIVE, checked, load, silent, spoil, verified

pytestmark = pytest.mark.django_db
COURT = "flsb"
FIRST = 400_001


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Export:
    export = Export(tmp_path_factory.mktemp("export"), court=COURT, cases=12, users=10, passwords=0)
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


def waiting() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (Motion, Deadline, Hearing)}


def test_what_waited_in_the_old_system_waits_here_and_what_was_done_is_done(folder):
    load(folder)
    asked = {m.entry.case_id: m for m in Motion.objects.filter(entry__case__gte=FIRST).select_related("decided_by")}
    assert (asked[FIRST].entry.seq, asked[FIRST].relief, asked[FIRST].decided_by) == (6, "Relief from Stay", None)
    assert (asked[FIRST + 1].outcome, asked[FIRST + 1].decided_by.seq) == ("granted", 9)
    rows = {case_id: calendar.deadlines_of(case_id, at=DURING)[0] for case_id in range(FIRST, FIRST + 3)}
    assert [(row.kind, row.state, row.set_by, row.done_by) for row in rows.values()] == [
        ("Objection", "overdue", "3", ""),
        ("Objection", "terminated", "3", "6"),
        ("Objection", "satisfied", "3", "4"),
    ]
    sits = calendar.hearings_of(FIRST + 3)[0]
    assert (sits.kind, sits.place, sits.at.hour, sits.ended) == ("Motion hearing", "Courtroom 2", 9, True)
    assert not verified(folder).problems


def test_an_order_decides_a_motion_that_came_along(folder):
    load(folder)
    order = Entry.objects.get(case=FIRST, seq=13)
    assert docket.decide_motions(case_id=FIRST, outcome="denied", by_entry=order.id) == 1


NO = "in entries.csv"
WRONG = {
    "a motion of no entry": ("motions.csv", 2, "seq", "99", f"motions.csv:2: seq: case 400001 has no entry 99 {NO}"),
    "decided by no entry": (
        "motions.csv",
        3,
        "decided_by",
        "99",
        "motions.csv:3: decided_by: case 400002 has no entry",
    ),
    "decided without an outcome": (
        "motions.csv",
        2,
        "decided_by",
        "9",
        "motions.csv:2: outcome and decided_by: a motion",
    ),
    "an outcome by nobody": ("motions.csv", 2, "outcome", "denied", "motions.csv:2: outcome and decided_by: a motion"),
    "a motion for nothing": ("motions.csv", 2, "relief", "", "motions.csv:2: relief: is empty and needed"),
    "an outcome too long": ("motions.csv", 3, "outcome", "x" * 21, "motions.csv:3: outcome: is longer than 20 letters"),
    "a motion of no case": ("motions.csv", 2, "case_id", "7", "motions.csv:2: case 7 is not in cases.csv"),
    "a day of no year": ("deadlines.csv", 2, "due", "0022-01-01", "deadlines.csv:2: due: is not a day of any court"),
    "due at no day": ("deadlines.csv", 2, "due", "soon", "deadlines.csv:2: due: is not a day such as"),
    "set by nothing": ("deadlines.csv", 2, "set_by", "", "deadlines.csv:2: set_by: is empty and needed"),
    "set by no entry": ("deadlines.csv", 2, "set_by", "99", "deadlines.csv:2: set_by: case 400001 has no entry 99"),
    "set by an entry of another case": ("deadlines.csv", 2, "set_by", "3", "set_by: case 400001 has no entry 3"),
    "satisfied by no entry": ("deadlines.csv", 4, "satisfied_by", "99", "satisfied_by: case 400003 has no entry 99"),
    "ended twice": ("deadlines.csv", 4, "terminated_by", "9", "deadlines.csv:4: satisfied_by and terminated_by: a"),
    "a hearing of a whole day": ("hearings.csv", 2, "at", "2022-03-04", "hearings.csv:2: at: has no hour"),
    "a hearing at no time": ("hearings.csv", 2, "at", "9:30", "hearings.csv:2: at: is not a time such as"),
    "a place too long": ("hearings.csv", 2, "place", "p" * 201, "hearings.csv:2: place: is longer than 200 letters"),
    "ended by no entry": ("hearings.csv", 2, "ended_by", "99", "ended_by: case 400004 has no entry 99"),
}


@pytest.mark.parametrize(("name", "line", "column", "value", "said"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_told_and_not_loaded(folder, name, line, column, value, said):
    spoil(folder, name, line, column, value)
    told = [str(problem) for problem in checked(folder).problems if problem.grave]
    assert any(said in one for one in told), told
    before = waiting()
    with pytest.raises(loading.DoesNotFit):
        load(folder)
    assert waiting() == before


@pytest.mark.parametrize(
    ("line", "kind", "noted", "because"),
    [
        (2, "Objection", False, "responses satisfy objections"),
        (2, "Schedules of the old system", True, "no event of this court knows it, and it is pending"),
        (3, "Schedules of the old system", False, "it fell away long ago"),
    ],
)
def test_a_pending_deadline_that_nothing_here_would_satisfy_is_noted(folder, line, kind, noted, because):
    spoil(folder, "deadlines.csv", line, "kind", kind)
    told = checked(folder)
    assert not told.grave
    assert any("kind: nothing that is filed here" in str(problem) for problem in told.problems) is noted, because


SPOILS = {
    "a motion's outcome": ("UPDATE motion SET outcome = 'moot' WHERE outcome = 'denied'", "motions.csv"),
    "a motion that is gone": ("DELETE FROM motion WHERE outcome = 'denied'", "motions.csv"),
    "a day that something is due": ("UPDATE deadline SET due = due + 1 WHERE case_id = 400001", "deadlines.csv"),
    "a deadline taken for pending": ("UPDATE deadline SET satisfied_by_id = NULL WHERE case_id = 400003", "deadlines.csv"),
    "an hour of a hearing": ("UPDATE hearing SET at = at + interval '1 hour' WHERE case_id = 400004", "hearings.csv"),
    "the link of an entry": ("UPDATE entry SET chain = repeat('0', 64) WHERE case_id = 400002 AND seq = 5", "entries.csv"),
    "when it was entered": ("UPDATE entry SET entered_note = '' WHERE case_id = 400002 AND seq = 5", "entries.csv"),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "file"), SPOILS.values(), ids=SPOILS)
def test_whatever_differs_is_told(folder, statement, file):
    load(folder)
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount
    told = verified(folder)
    assert told.grave and {problem.file for problem in told.problems} == {file}


@pytest.mark.parametrize("name", ["motions.csv", "deadlines.csv", "hearings.csv"])
def test_an_export_without_one_of_the_files_is_loaded_all_the_same(folder, name):
    (folder / name).unlink()
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"][name]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert not checked(folder).grave
    load(folder)
    assert not verified(folder).problems


def test_a_load_that_was_stopped_has_nothing_twice(folder, monkeypatch):
    monkeypatch.setattr(loading, "COMMIT_AFTER", 60)
    save = loading._save

    def dying(place, **done):
        save(place, **done)
        if done.get("motions.csv", 0) >= 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(loading, "_save", dying)
    before = waiting()
    with pytest.raises(KeyboardInterrupt):
        load(folder)
    assert before["Motion"] < Motion.objects.count() < before["Motion"] + 12
    monkeypatch.undo()
    load(folder)
    assert waiting() == {name: count + {"Hearing": 3}.get(name, 12) for name, count in before.items()}
    assert not verified(folder).problems


def due_in_the_weekend(folder: Path) -> None:
    """The first case's pending deadline ends on the Friday on which filing is closed."""
    spoil(folder, "deadlines.csv", 2, "due", "2027-04-02")


def test_deadlines_of_the_closed_weekend_move_after_the_switch_although_the_job_ran_before(folder):
    due_in_the_weekend(folder)
    calendars.move_past_closure(at=DURING)
    load(folder)
    calendars.move_past_closure(at=DURING)
    assert not verified(folder).problems
    services.switch(folder, at=DURING, despite_findings=True)
    assert calendars.move_past_closure(at=DURING) == 1
    assert [row.due for row in calendar.deadlines_of(FIRST, at=DURING) if row.state == "pending"] == [date(2027, 4, 5)]
    last = Entry.objects.filter(case=FIRST).order_by("position").last()
    assert last.event == "deadlines:extended" and "04/02/2027" in last.text
    assert calendars.move_past_closure(at=DURING) == 0


def test_a_switch_while_the_job_is_at_work_leaves_no_deadline_behind(folder, monkeypatch):
    due_in_the_weekend(folder)
    load(folder)
    verified(folder)
    look = conversion.that_count

    def switching(case_ids: Sequence[int]) -> list[int]:
        found = look(case_ids)
        if not switched:
            switched.append(services.switch(folder, at=DURING, despite_findings=True))
        return found

    switched: list[object] = []
    monkeypatch.setattr(conversion, "that_count", switching)
    assert [calendars.move_past_closure(at=DURING) for _ in range(3)] == [0, 1, 0]


def test_a_case_that_waits_for_the_switch_is_left_alone(folder):
    due_in_the_weekend(folder)
    load(folder)
    assert calendars.move_past_closure(at=DURING) == 0
    assert not Entry.objects.filter(case=FIRST, event="deadlines:extended").exists()


def test_moved_deadlines_are_no_work_that_keeps_a_conversion_from_being_taken_out(folder):
    before = waiting()
    due_in_the_weekend(folder)
    for _ in range(2):
        load(folder)
        verified(folder)
        services.switch(folder, at=DURING, despite_findings=True)
        assert calendars.move_past_closure(at=DURING) == 1
        services.roll_back(at=DURING, progress=silent)
        assert waiting() == before and not Case.objects.filter(id__gte=FIRST, imported_from="conversion").exists()


def test_an_invented_export_is_one_of_this_court_as_its_clock_shows_and_fits(tmp_path):
    transitions.rehearse(hour=CLOSED, by="operator", at=datetime.now(UTC))
    transition.forget()
    now = datetime.now(UTC)
    export = services.invent(tmp_path / "old", at=now)
    before = services.check(export.folder, progress=silent, told=Told())
    assert before.good and {kind for kind, *_ in before.findings} == {"twice", "shared-login", "shared"}
    services.load(export.folder, at=now, progress=silent)
    again = services.check(export.folder, progress=silent, told=Told())
    assert again.good and again.findings == before.findings, "what was loaded since changes nothing of the export"
    assert not verified(export.folder).problems
    services.switch(export.folder, at=now, despite_findings=True)
    with pytest.raises(services.CannotConvert, match="is there already"):
        services.invent(export.folder, at=now)
