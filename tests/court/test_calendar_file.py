"""The days of a court's move as a calendar file, in each language, for a court whose name needs folding and escaping."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from openecf.court.transition import services
from openecf.court.transition.calendar_file import as_ics
from tests.calendar_files import events_of

NOW = datetime(2026, 3, 1, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
RESETS = datetime.fromisoformat("2026-03-24T17:00:00-04:00")
CLOSES, LIVE = (datetime.fromisoformat(f"2026-04-{day}:30:00-04:00") for day in ("03T20", "06T08"))
ALL = {"resets_end_at": RESETS, "filing_closes_at": CLOSES, "live_at": LIVE}
NONE = dict.fromkeys(("announced_at", *ALL))
RESETS_EVENT, LIVE_EVENT = ("resets", RESETS, RESETS + HOUR), ("live", LIVE, LIVE + HOUR)
NAMES = (
    "U.S. Bankruptcy Court, Southern District of Florida",
    "Cort; of \\ Quiebras, Río Piedras",
    *(
        f"{'x' * n}{'áé' * 60}" for n in range(4)
    ),  # two octets each: a fold must miss the middle of one, wherever it falls
)


def calendar(court: str = NAMES[0], **hours: datetime) -> str:
    named = SimpleNamespace(id=settings.COURT.id, full_name=court)
    return as_ics(SimpleNamespace(**{**NONE, **hours}), court=named, now=NOW)


@pytest.mark.parametrize("language", ["en", "es", "ht"])
@pytest.mark.parametrize("court", NAMES)
def test_a_calendar_program_reads_every_day_whatever_the_courts_name_and_the_language(court, language):
    with translation.override(language):
        events = events_of(calendar(court, **ALL).encode())
    assert [one["SUMMARY"].count(court) for one in events] == [1, 1, 1]
    assert {one["DTSTAMP"] for one in events} == {NOW}


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (ALL, [RESETS_EVENT, ("closed", CLOSES, LIVE), LIVE_EVENT]),
        ({"resets_end_at": RESETS}, [RESETS_EVENT]),
        ({"filing_closes_at": CLOSES}, [("closed", CLOSES, CLOSES + HOUR)]),
        ({"announced_at": NOW, "live_at": LIVE}, [LIVE_EVENT]),
    ],
)
def test_each_hour_that_is_set_is_an_event_and_keeps_its_identity_when_it_moves(hours, told):
    events = events_of(calendar(**hours).encode())
    assert [(one["DTSTART"], one["DTEND"]) for one in events] == [(starts, ends) for _name, starts, ends in told]
    names = [f"nextgen-{name}-{settings.COURT.id}@openecf.invalid" for name, _starts, _ends in told]
    assert [one["UID"] for one in events] == names
    later = events_of(calendar(**{name: hour + timedelta(days=7) for name, hour in hours.items()}).encode())
    assert [one["UID"] for one in later] == names, "a program that has the day moves it, and keeps no second one"


@pytest.mark.django_db
def test_there_is_no_calendar_and_no_link_to_one_while_no_day_is_set():
    services.set_up(at=NOW, live_at=None)
    assert Client().get("/nextgen/calendar.ics").status_code == 404
    services.change_profile(words={"announced_at": "2126-01-01T09:00-05:00"}, by="operator", at=NOW)
    assert "calendar.ics" not in Client().get("/nextgen").content.decode(), "a day of the court's own, to nobody else"
    services.change_profile(words={"live_at": "2126-02-01T09:00-05:00"}, by="operator", at=NOW)
    assert "calendar.ics" in Client().get("/nextgen").content.decode()
    got = Client().get("/nextgen/calendar.ics", headers={"accept-language": "es"})
    assert got.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert [one["DTSTART"].isoformat() for one in events_of(got.content)] == ["2126-02-01T14:00:00+00:00"]
