"""Hearings are told in the court's own time, in summer and in winter, wherever they are listed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from openecf.court.calendar import services
from tests.court import callers
from tests.court import world as invented

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return invented.make()


def sits(world, hour: datetime) -> None:
    entry = world.entry()
    services.set_hearing(case_id=world.case.id, entry_id=entry.id, kind="Motion hearing", at=hour, place="Courtroom 2")


@pytest.mark.parametrize("day", ["2031-01-15", "2031-07-15"])
def test_a_cases_schedule_tells_the_hour_at_which_the_court_sits(world, day):
    sits(world, datetime.fromisoformat(f"{day}T09:30").replace(tzinfo=ZoneInfo(settings.COURT.zone)))
    page = callers.client(callers.person(account=world.clerk.account)).get(f"/cgi-bin/SchedQry.pl?{world.case.id}")
    assert f"{day[5:7]}/15/2031 9:30 AM" in page.content.decode()


def test_the_courts_calendar_tells_it_too(world):
    today = timezone.now().astimezone(ZoneInfo(settings.COURT.zone))
    hour = (today + timedelta(days=10)).replace(hour=9, minute=30)
    sits(world, hour)
    page = callers.client(None).get("/calendar/").content.decode()
    assert f"{hour:%m/%d/%Y} 9:30 AM" in page and "Courtroom 2" in page
