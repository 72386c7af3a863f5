"""The weekend of going live: deadlines of the closed days end when filing opens, and the docket says so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from openecf.court.calendar import services
from openecf.court.calendar.models import Deadline
from openecf.court.docket.models import Entry
from openecf.court.transition import queries as transition
from openecf.court.transition.models import CourtProfile
from tests.court import world

pytestmark = pytest.mark.django_db
CLOSES = datetime(2027, 4, 2, 12, 30, tzinfo=UTC)
LIVE = datetime(2027, 4, 5, 12, 30, tzinfo=UTC)


@pytest.fixture
def here():
    laid = world.make()
    CourtProfile.objects.update(filing_closes_at=CLOSES, live_at=LIVE)
    transition.forget()
    return laid


def due(laid: world.World, *days: date) -> Entry:
    laid.case.next_seq = laid.next_seq = 1
    entry = laid.entry()
    laid.case.next_seq = 2
    laid.case.save(update_fields=["next_seq"])
    for day in days:
        services.set_deadline(case_id=laid.case.id, entry_id=entry.id, kind="Response", due=day)
    return entry


def pending() -> list[date]:
    rows = Deadline.objects.filter(satisfied_by=None, terminated_by=None).order_by("due", "id")
    return list(rows.values_list("due", flat=True))


def test_deadlines_of_the_closed_days_move_and_others_stay(here):
    due(here, date(2027, 4, 1), date(2027, 4, 2), date(2027, 4, 4), date(2027, 4, 5), date(2027, 4, 9))
    assert services.move_past_closure(at=CLOSES) == 2
    assert pending() == [date(2027, 4, d) for d in (1, 5, 5, 5, 9)]
    entry = Entry.objects.latest("id")
    assert entry.title == "Deadlines Extended" and entry.number == ""
    assert "Response due 04/02/2027; Response due 04/04/2027" in entry.text
    assert "9006(a)(3)" in entry.text and entry.row, "the public reads it on the docket"
    assert Deadline.objects.filter(terminated_by=entry).count() == 2, "the old deadlines stay on record"


@pytest.mark.parametrize(("at", "moved"), [(CLOSES - timedelta(seconds=1), 0), (CLOSES, 1)])
def test_nothing_moves_before_filing_closes(here, at, moved):
    due(here, date(2027, 4, 2))
    assert services.move_past_closure(at=at) == moved


def test_it_is_done_once(here):
    due(here, date(2027, 4, 2))
    assert [services.move_past_closure(at=CLOSES) for _ in range(3)] == [1, 0, 0]
    assert Entry.objects.filter(title="Deadlines Extended").count() == 1


def test_a_killed_job_goes_on_with_the_cases_that_are_left(here, monkeypatch):
    due(here, date(2027, 4, 2))
    other = world.Case.objects.create(
        serial=10002, number="24-10002", year=2024, short_title="B", filed=date(2024, 1, 2), next_seq=2
    )
    entry = Entry.objects.create(
        case=other, seq=1, position=1, filed=date(2024, 1, 2), entered=world.AT, event="order", title="Order", text="O"
    )
    services.set_deadline(case_id=other.id, entry_id=entry.id, kind="Response", due=date(2027, 4, 2))
    real, seen = services.docket.finish, []

    def killed(entry):
        seen.append(entry.case_id)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(entry)

    monkeypatch.setattr(services.docket, "finish", killed)
    with pytest.raises(KeyboardInterrupt):
        services.move_past_closure(at=CLOSES)
    monkeypatch.undo()
    assert services.move_past_closure(at=CLOSES) == 1
    assert Entry.objects.filter(title="Deadlines Extended").count() == 2
    assert pending() == [date(2027, 4, 5)] * 2


@pytest.mark.parametrize(
    ("trigger", "days", "expected", "because"),
    [
        (date(2027, 3, 19), 14, date(2027, 4, 5), "the fourteenth day is the Friday on which filing closes"),
        (date(2027, 3, 18), 14, date(2027, 4, 1), "an open Thursday"),
        (date(2027, 3, 22), 14, date(2027, 4, 5), "the Monday on which filing opens"),
    ],
)
def test_new_deadlines_step_over_the_closed_days(here, trigger, days, expected, because):
    assert services.due_day(trigger=trigger, days=days) == expected, because
