"""The list of courts: map, search and data say the same."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from openecf.central.courts import queries, rules, services
from openecf.kernel import courts
from openecf.platform.bus.messages import CourtStatus

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 1, tzinfo=UTC)


def admit(court: str, era: str, *, at: datetime = AT, cases: int = 7) -> None:
    services.admit_court(court_id=court, base_url=f"http://{court}.test", hosts=[], public_key="", at=AT)
    status = CourtStatus(
        court=court,
        at=at,
        era=era,
        live_on=date(2022, 4, 4) if era == "nextgen" else None,
        cases=cases,
        software="OpenECF",
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


def test_the_data_lists_every_federal_court_with_what_it_said_of_itself():
    admit("flsb", "nextgen", cases=12)
    rows = {row["court_id"]: row for row in Client().get("/file-case/court-cmecf-lookup/data.json").json()["data"]}
    assert set(rows) == set(courts.directory())
    assert (rows["flsb"]["nextgen"], rows["flsb"]["go_live_date"], rows["flsb"]["cases"]) == (True, "2022-04-04", 12)
    assert rows["akd"]["nextgen"] is False and rows["akd"]["cases"] is None


def test_an_older_status_that_comes_late_changes_nothing():
    admit("flsb", "nextgen", cases=12)
    admit("flsb", "currentgen", at=datetime(2026, 10, 1, tzinfo=UTC), cases=3)
    assert queries.courts()[0].cases == 12
