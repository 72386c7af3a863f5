"""The two courts' moves, hour by hour: what each page says, offers and refuses while the clock goes on.

The clock is moved as a demonstration's operator moves it (``openecf court clock``); everything else is the real thing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from openecf.court.currentgen.middleware import COOKIE
from openecf.court.people.models import CourtUser
from openecf.court.transition import guides, queries, rules, services
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.config import this_site
from tests.court import callers

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/New_York")
PASSWORD = "Court-issued-2022"


def hour(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


MOVES = {
    "flsb": {  # resets until nine days before
        "announced_at": hour("2022-01-10T09:00"),
        "resets_end_at": hour("2022-03-26T00:00"),
        "filing_closes_at": hour("2022-04-01T17:00"),
        "live_at": hour("2022-04-04T08:00"),
    },
    "nysb": {  # Friday 8:30 to Monday 8:30; resets as long as the old login stands
        "announced_at": hour("2018-07-02T09:00"),
        "filing_closes_at": hour("2018-10-19T08:30"),
        "live_at": hour("2018-10-22T08:30"),
    },
}


@dataclass(frozen=True)
class Stands:
    """What works at an hour: the court's own login, resets by mail, filing by it, linking; and the countdown's first tag."""

    own_login: bool
    resets: bool
    files: bool
    links: bool
    next: str = ""


BEFORE, CLOSED, LIVE = (True, True, True, False), (True, False, False, False), (False, False, False, True)
NO_RESETS = (True, False, True, False)
HOURS = [
    ("flsb", "2022-01-09T12:00", Stands(*BEFORE, next="in 21 hours")),
    ("flsb", "2022-03-01T12:00", Stands(*BEFORE, next="in 24 days")),
    ("flsb", "2022-03-25T23:59", Stands(*BEFORE, next="in 1 hour")),
    ("flsb", "2022-03-26T00:00", Stands(*NO_RESETS, next="in 6 days")),
    ("flsb", "2022-04-01T16:59", Stands(*NO_RESETS, next="in 1 hour")),
    ("flsb", "2022-04-01T17:00", Stands(*CLOSED, next="in 2 days")),
    ("flsb", "2022-04-03T23:00", Stands(*CLOSED, next="in 9 hours")),
    ("flsb", "2022-04-04T07:59", Stands(*CLOSED, next="in 1 hour")),
    ("flsb", "2022-04-04T08:00", Stands(*LIVE)),
    ("flsb", "2022-09-01T12:00", Stands(*LIVE)),
    ("nysb", "2018-10-18T23:59", Stands(*BEFORE, next="in 9 hours")),
    ("nysb", "2018-10-19T08:29", Stands(*BEFORE, next="in 1 hour")),
    ("nysb", "2018-10-19T08:30", Stands(*CLOSED, next="in 2 days")),
    ("nysb", "2018-10-20T12:00", Stands(*CLOSED, next="in 45 hours")),
    ("nysb", "2018-10-22T08:29", Stands(*CLOSED, next="in 1 hour")),
    ("nysb", "2018-10-22T08:30", Stands(*LIVE)),
]


def court_at(move: str, moment: str) -> None:
    services.set_up(
        at=datetime.now(UTC), help_phone="555-0100", emergency_email="emergency@court.example", **MOVES[move]
    )
    services.rehearse(hour=hour(moment), by="operator", at=datetime.now(UTC))
    queries.forget()


def words(response) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("&#x27;", "'").replace("&quot;", '"').split())


def own_session() -> Client:
    CourtUser.objects.filter(login="aquill").delete()
    callers.court_user("attorney", login="aquill", password=make_password(PASSWORD), email="aquill@counsel.example")
    browser = Client()
    browser.post("/login/court", {"login": "aquill", "password": PASSWORD})
    return browser


@pytest.mark.parametrize(("move", "moment", "stands"), HOURS, ids=[f"{m} {h}" for m, h, _s in HOURS])
def test_every_page_follows_the_hour(move, moment, stands):
    court_at(move, moment)
    browser = own_session()
    assert (COOKIE in browser.cookies) is stands.own_login

    filing = browser.get("/filing/")
    assert (filing.status_code == 200 and 'name="q"' in filing.content.decode()) is stands.files
    if not stands.files and not stands.links:
        said = words(filing)
        assert filing.status_code == 503 and "emergency@court.example" in said and "received" in said

    reset = words(Client().post("/login/court/reset", {"login": "aquill"}))
    assert ("a link is on its way" in reset) is stands.resets
    assert ("Ask the clerk's office" in reset) is (stands.own_login and not stands.resets)

    for bookmark in ("/login/court", "/cgi-bin/ShowLogin"):
        assert ("You now log in with PACER" in words(Client().get(bookmark))) is stands.links

    person = callers.client(callers.person())
    link = words(person.get("/utilities/link"))
    assert ("CM/ECF login" in link) is stands.links
    assert ("is not live on NextGen yet" in link) is not stands.links

    front, page = words(Client().get("/")), words(Client().get("/nextgen"))
    assert ("has been live on NextGen" in front and "has been live on NextGen" in page) is stands.links
    assert ("Log in to file (court login)" in front) is stands.own_login
    tags = re.findall(r"in \d+ (?:days?|hours?)", page)
    assert (tags[0] if tags else "") == stands.next
    assert ("Filing is closed for the move" in page) is (stands.own_login and not stands.files)


@pytest.mark.parametrize(("move", "moment", "stands"), HOURS, ids=[f"{m} {h}" for m, h, _s in HOURS])
def test_the_list_of_courts_hears_on_which_side_a_court_is(move, moment, stands):
    court_at(move, moment)
    OutboxMessage.objects.all().delete()
    services.tell_status(at=datetime.now(UTC))
    assert (OutboxMessage.objects.get().body["era"] == "nextgen") is stands.links


def test_a_session_of_the_own_login_ends_with_the_hour_of_going_live():
    court_at("nysb", "2018-10-19T08:00")
    browser = own_session()
    assert browser.get("/filing/").status_code == 200
    services.rehearse(hour=hour("2018-10-19T09:00"), by="operator", at=datetime.now(UTC))
    queries.forget()
    assert browser.get("/filing/").status_code == 503
    services.rehearse(hour=hour("2018-10-22T08:30"), by="operator", at=datetime.now(UTC))
    queries.forget()
    assert "csologin" in browser.get("/filing/").content.decode()


def test_a_real_court_goes_by_the_real_clock(monkeypatch):
    services.set_up(at=datetime.now(UTC))
    monkeypatch.setattr(type(this_site().config), "demonstration", property(lambda self: False), raising=False)
    with pytest.raises(services.NoRehearsal):
        services.rehearse(hour=hour("2018-10-22T08:30"), by="operator", at=datetime.now(UTC))


def test_the_rehearsal_says_that_it_is_one_and_ends():
    court_at("nysb", "2018-10-20T12:00")
    assert "Rehearsal: this demonstration shows its move as on" in words(Client().get("/nextgen"))
    services.rehearse(hour=None, by="operator", at=datetime.now(UTC))
    queries.forget()
    assert "Rehearsal" not in words(Client().get("/nextgen"))
    assert rules.as_if(queries.profile(), hour("2030-01-01T00:00")) == hour("2030-01-01T00:00")


@pytest.mark.parametrize("guide", guides.GUIDES, ids=lambda one: one.key)
def test_a_guide_shows_each_step_and_its_pictures(guide):
    court_at("nysb", "2018-10-20T12:00")
    page = Client().get(f"/nextgen/guides/{guide.key}").content.decode()
    assert page.count('<ol class="ecf-guide">') == 1
    assert f'href="/nextgen/guides/{guide.key}"' in Client().get("/nextgen").content.decode()
    for step in guide.steps:
        assert not step.picture or f"guides/{step.picture}." in page and step.shows
    assert Client().get("/nextgen/guides/none").status_code == 404


def test_questions_are_answered_on_the_page():
    court_at("nysb", "2018-10-20T12:00")
    page = words(Client().get("/nextgen"))
    for question in guides.QUESTIONS:
        assert str(question.asked) in page and str(question.answer) in page
    assert "emergency@court.example" in page and "555-0100" in page
