"""The list of courts: map, search and data say the same."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from openecf.central.courts import queries, rules, services
from openecf.kernel import courts
from openecf.platform.bus.messages import CourtStatus
from openecf.platform.registering.profile import RegistrationProfile

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 1, tzinfo=UTC)


def admit(court: str, era: str, *, at: datetime = AT, cases: int = 7, **said: object) -> None:
    services.admit_court(court_id=court, base_url=f"http://{court}.test", hosts=[], public_key="", at=AT)
    status = CourtStatus(
        court=court,
        at=at,
        era=era,
        live_on=date(2022, 4, 4) if era == "nextgen" else None,
        cases=cases,
        software="OpenECF",
        **said,
    )
    services.note_status(status=status, sender=court, at=at)


def test_every_trial_court_has_a_tile_and_every_tile_a_court():
    states = {court.state for court in courts.directory().values()} - {""}
    assert states == {place.state for place in rules.places()}
    corners = [(place.x, place.y) for place in rules.places()]
    assert len(set(corners)) == len(corners)


@pytest.mark.parametrize(
    ("here", "share"),
    [
        ({}, "none"),
        ({"flsb": "currentgen"}, "none"),
        ({"flsb": "nextgen"}, "some"),
        (dict.fromkeys(("flsb", "flmb", "flnb", "flsd", "flmd", "flnd"), "nextgen"), "all"),
    ],
)
def test_a_state_is_shaded_by_how_many_of_its_courts_are_live(here, share):
    for court, era in here.items():
        admit(court, era)
    assert next(tile for tile in queries.tiles() if tile.place.state == "FL").share == share


@pytest.mark.parametrize(
    ("asked", "found", "missing"),
    [
        ("?state=FL", "Southern District of Florida", "Alaska"),
        ("?q=florida+bankruptcy", "U.S. Bankruptcy Court, Middle District of Florida", "U.S. District Court"),
        ("?q=flsb", "Southern District of Florida", "Northern District of Florida"),
        ("?q=atlantis", "No court has all these words", "Alaska"),
    ],
)
def test_the_list_is_searched_by_state_and_by_words(asked, found, missing):
    page = Client().get(f"/courts{asked}").content.decode()
    assert found in page and missing not in page


def test_the_whole_list_is_short_at_first_and_what_was_searched_for_lies_open():
    admit("flsb", "nextgen")
    whole, found = (Client().get(path).content.decode() for path in ("/courts", "/courts?q=alaska"))
    assert whole.index("On this network") < whole.index('href="/courts/flsb"') < whole.index("Not on this network")
    assert whole.count("<details") == 3 and "<details open" not in re.sub(r' class="[^"]*"', "", whole)
    for court in courts.directory():
        admit(court, "nextgen")
    many = Client().get("/courts").content.decode()
    assert many.count("<details") == 3 and "Not on this network" not in many, "also where all courts are"
    assert found.count("<details") == 2 == re.sub(r' class="[^"]*"', "", found).count("<details open")


def test_the_data_lists_every_federal_court_with_what_it_said_of_itself():
    admit("flsb", "nextgen", cases=12)
    rows = {row["court_id"]: row for row in court_data()}
    assert set(rows) == set(courts.listed()) and len(rows) == 210
    assert (rows["flsb"]["nextgen"], rows["flsb"]["go_live_date"], rows["flsb"]["cases"]) == (True, "2022-04-04", 12)
    assert rows["akd"]["nextgen"] is None and rows["akd"]["cases"] is None


def test_a_panel_is_where_its_court_of_appeals_is():
    assert "not on this network" in Client().get("/courts/bap9").content.decode()
    admit("ca9", "nextgen", cases=12)
    rows = {row["court_id"]: row for row in court_data()}
    panel, court = rows["bap9"], rows["ca9"]
    assert (panel["within"], panel["cso_id"], panel["nextgen"], panel["cases"]) == ("ca9", "09BAP", True, 12)
    assert panel["web_url"] == court["web_url"] and court["within"] is None
    page = Client().get("/courts/bap9").content.decode()
    assert 'href="/courts/ca9"' in page and 'href="http://ca9.test"' in page
    assert "U.S. Bankruptcy Appellate Panel of the Ninth Circuit" in Client().get("/courts?q=09bap").content.decode()


def test_an_older_status_that_comes_late_changes_nothing():
    admit("flsb", "nextgen", cases=12)
    admit("flsb", "currentgen", at=datetime(2026, 10, 1, tzinfo=UTC), cases=3)
    assert queries.courts()[0].cases == 12


LIVE = datetime(2026, 11, 2, 13, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("told", "now", "era", "because"),
    [
        (AT, LIVE - HOUR, "currentgen", "the hour has not come"),
        (AT, LIVE, "nextgen", "the court tells once an hour, its people ask at once"),
        (
            LIVE + HOUR,
            LIVE + 2 * HOUR,
            "currentgen",
            "what it says after the hour counts: a rehearsal goes by another clock",
        ),
    ],
)
def test_a_court_is_live_from_its_announced_hour_on(told, now, era, because):
    admit("nysb", "currentgen", at=told, live_at=LIVE)
    services.go_live(at=now)
    assert queries.court_row("nysb").site.era == era, because
    assert services.go_live(at=now) == [], "once"


ASKS = RegistrationProfile.model_validate(
    {
        "accepts": {"e-file": {}, "filing-agent": {}},
        "form": {
            "code": "LF-95",
            "title": {"en": "Registration", "es": "Inscripción"},
            "asked_of": "new",
            "questions": [{"name": "bar", "type": "line", "label": "Bar"}],
        },
    }
)


def test_a_courts_page_and_data_say_what_it_said_of_itself():
    said = {"help_email": "help@nysb.example", "help_phone": "555-0199", "registration": ASKS}
    admit(
        "nysb", "currentgen", live_at=LIVE, filing_closes_at=LIVE - 72 * HOUR, resets_end_at=LIVE - 240 * HOUR, **said
    )
    page = Client().get("/courts/nysb").content.decode()
    for words in ("go on with the login", "November 2, 2026, 8:30 AM", "October 30, 2026, 9:30 AM", "555-0199"):
        assert words in page
    assert "LF-95" not in page, "until it is live the clerk's office registers people itself"
    admit("nysb", "nextgen", at=AT + HOUR, **said)
    page = Client().get("/courts/nysb", headers={"accept-language": "es"}).content.decode()
    assert "LF-95 (Inscripción)" in page and "/pscof/manage/efile/non-attorney/nysb" in page
    data = next(row for row in court_data() if row["court_id"] == "nysb")
    assert (data["registers"], data["local_form"], data["state"]) == (["e-file", "filing-agent"], "LF-95", "NY")
    assert (data["help_phone"], data["live_at"]) == ("555-0199", None)


def court_data() -> list[dict]:
    return Client().get("/file-case/court-cmecf-lookup/data.json").json()["data"]


def test_every_court_of_the_directory_has_a_page_and_no_other():
    assert "not on this network" in Client().get("/courts/akd").content.decode()
    assert Client().get("/courts/atlantis").status_code == 404
    assert 'href="/courts/akd"' in Client().get("/courts").content.decode()
