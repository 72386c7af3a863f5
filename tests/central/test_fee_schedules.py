"""Prices have days: those that this version knows, and those that the installation announces after them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from pydantic import ValidationError

from openecf.central.billing import rules
from openecf.kernel import billing
from openecf.kernel.money import Money
from openecf.platform import fees
from openecf.platform.config import FeeScheduleConfig, this_site

TOLD = {"since": "2024-01-01", "per_page": "0.12", "page_cap": 30, "audio_file": "2.60", "quarterly_waiver": "40.00",
        "returned_payment": "60.00"}  # fmt: skip


def told(**facts: object) -> FeeScheduleConfig:
    return FeeScheduleConfig.model_validate(TOLD | facts)


@pytest.fixture
def announced(monkeypatch) -> Iterator[None]:
    """The site's configuration announces prices."""
    config = this_site().config.model_copy(
        update={"fee_schedules": (told(since="2030-01-01", per_page="0.15"), told())}
    )
    monkeypatch.setattr(this_site(), "config", config)
    fees.announce()
    yield
    billing.announce(())


@pytest.mark.parametrize(("day", "page", "cap", "waiver"), [
    (date(2010, 1, 1), "0.10", "3.00", "15.00"), (date(2012, 4, 1), "0.10", "3.00", "15.00"),
    (date(2019, 12, 31), "0.10", "3.00", "15.00"), (date(2020, 1, 1), "0.10", "3.00", "30.00"),
    (date(2023, 12, 31), "0.10", "3.00", "30.00"), (date(2024, 1, 1), "0.12", "3.60", "40.00"),
    (date(2030, 1, 1), "0.15", "4.50", "40.00"),
])  # fmt: skip
def test_each_day_has_its_prices(announced, day, page, cap, waiver):
    schedule = billing.schedule_on(day)
    assert [str(each) for each in (schedule.per_page, schedule.cap, schedule.quarterly_waiver)] == [page, cap, waiver]
    assert schedule.charge(31, capped=True) == (30, Money.of(cap)) and rules.waiver_on(day) == Money.of(waiver)


def test_a_quarter_has_the_waiver_of_its_last_day(announced):
    assert [str(rules.waiver_on(day)) for day in (date(2023, 10, 1), date(2024, 1, 1))] == ["30.00", "40.00"]


@pytest.mark.parametrize("days", [["2020-01-01"], ["2019-06-01"], ["2024-01-01", "2024-01-01"]])
def test_days_that_have_prices_get_no_others(days):
    with pytest.raises(billing.OldSchedule):
        billing.announce(fees._schedule(told(since=day)) for day in days)
    assert billing.schedule_on(date(2031, 1, 1)).quarterly_waiver == Money.of("30.00"), "nothing of it counts"


@pytest.mark.parametrize(
    "wrong", [{"per_page": "0.125"}, {"per_page": "-0.10"}, {"page_cap": 0}, {"since": "soon"}, {"cap": 1}]
)
def test_what_is_no_schedule(wrong):
    with pytest.raises(ValidationError):
        told(**wrong)


@pytest.mark.django_db
def test_pages_say_todays_prices(announced):
    for page in ("/", "/help/topics/search", "/help?q=cost"):
        assert "$0.12 a page and at most $3.60" in (
            html := Client().get(page).content.decode().replace(", at", " and at")
        ), page
        assert "$0.10" not in html and "{page}" not in html
