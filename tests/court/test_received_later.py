"""What came by emergency e-mail while filing was closed is docketed later and counts from when it was received."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from openecf.court.calendar.models import Deadline
from openecf.court.docket.models import Entry
from openecf.court.transition import queries as transition
from openecf.court.transition.models import CourtProfile
from openecf.kernel.days import legal_day
from openecf.platform.audit.models import AuditLine
from openecf.platform.config import this_site
from tests.court import world as invented
from tests.court.test_filing_pages import Person, debtor, upload

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(this_site().id != "flsb", reason="walks the bankruptcy court's events"),
]
MOTION = "motion:relief-from-stay"
HOW = "by emergency e-mail, electronic filing being closed"


@pytest.fixture
def world():
    """A court that went live this week, after a weekend without filing. Friday's hours count."""
    laid = invented.make()
    CourtProfile.objects.update(
        filing_closes_at=datetime(2024, 1, 5, 13, 30, tzinfo=UTC), live_at=datetime(2024, 1, 8, 13, 30, tzinfo=UTC)
    )
    transition.forget()
    return laid


def at_details(world: invented.World) -> Person:
    clerk = Person(world.clerk)
    clerk.begin(MOTION, world.case.id)
    clerk.answer("parties", filers=[debtor(world)])
    clerk.answer("documents", main=upload(), go="on")
    assert clerk.where == "details"
    return clerk


def today() -> str:
    """The court's day."""
    return legal_day(timezone.now(), settings.COURT.zone).isoformat()


def test_it_counts_from_when_it_was_received_and_the_docket_says_so(world):
    clerk = at_details(world)
    clerk.answer(
        "details", filed=today(), received_on="2024-01-05", received_at="23:40", received_how=HOW, restriction=0
    )
    clerk.answer("text", free="Vehicle")
    assert f"(Received on 1/5/2024 at 11:40 PM {HOW}.)" in clerk.said
    assert clerk.answer("final") == "done"
    entry = Entry.objects.get()
    assert entry.filed == entry.first_date == date(2024, 1, 5), "Friday of the court, though Saturday in Greenwich"
    assert entry.entered.date() >= date(2024, 6, 1), "entered now"
    assert entry.text.endswith(f"(Received on 1/5/2024 at 11:40 PM {HOW}.)")
    due = Deadline.objects.get(set_by=entry).due
    assert date(2024, 1, 15) <= due <= date(2024, 2, 5), "the deadline runs from the day on which it was received"
    assert AuditLine.objects.get(act="filing.submitted").facts["received"] == "2024-01-05T23:40:00-05:00"


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"received_on": "2024-01-05"}, "Day, hour and reason belong together"),
        ({"received_on": "2024-01-05", "received_at": "09:00"}, "Day, hour and reason belong together"),
        ({"received_at": "09:00", "received_how": HOW}, "Day, hour and reason belong together"),
        ({"received_on": "2999-01-05", "received_at": "09:00", "received_how": HOW}, "received in the future"),
        (
            {"received_on": "2024-01-05", "received_at": "09:00", "received_how": HOW, "filed": "2024-01-04"},
            "counts from the day on which it was received",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_on_the_page(world, said, refusal):
    clerk = at_details(world)
    clerk.answer("details", **({"filed": today(), "restriction": 0} | said))
    assert clerk.where == "details" and refusal in clerk.said


def test_nobody_else_says_when_the_court_received_it(world):
    counsel = Person(world.counsel)
    counsel.begin(MOTION, world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    counsel.answer("documents", main=upload(), go="on")
    counsel.answer("details", received_on="2024-01-05", received_at="09:00", received_how=HOW)
    counsel.answer("text", free="Vehicle")
    counsel.answer("final")
    entry = Entry.objects.get()
    assert "Received" not in entry.text and entry.filed > date.today() - timedelta(days=2)
