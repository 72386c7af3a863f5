"""Banners: set by the staff, on every page at once, told to the courts, gone when they are over or taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from openecf.central.service_center import services
from openecf.platform.banners import queries, tasks
from openecf.platform.banners.models import Banner
from openecf.platform.bus.handlers import CannotApply
from openecf.platform.bus.messages import BannerSet
from openecf.platform.bus.models import OutboxMessage
from tests.central.relying import account, court, other_court  # noqa: F401
from tests.central.test_service_center_staff import at_desk

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture(autouse=True)
def fresh():
    queries.forget()
    yield
    queries.forget()


@pytest.fixture
def desk():
    who = account("odile-desk")
    services.appoint(username=who.username, role="agent", by="operator", at=NOW())
    return at_desk(who)


def typed(*, begins=-1, ends=2, **changed):
    since, until = NOW() + timedelta(hours=begins), NOW() + timedelta(hours=ends)
    return {
        "severity": "warning", "begins_day": f"{since:%Y-%m-%d}", "begins_time": f"{since:%H:%M}",
        "ends_day": f"{until:%Y-%m-%d}", "ends_time": f"{until:%H:%M}", "en": "Maintenance tonight",
        "es": "Mantenimiento esta noche", "ht": "Antretyen aswè a", "only_at": [],
    } | changed  # fmt: skip


def front(language="en") -> str:
    queries.forget()
    return Client(headers={"Accept-Language": language}).get("/").content.decode()


def test_a_banner_stands_on_every_page_in_the_readers_language(desk):
    assert desk.post("/service-center/desk/banners", typed()).status_code == 302
    for language, words in (
        ("en", "Maintenance tonight"),
        ("es", "Mantenimiento esta noche"),
        ("ht", "Antretyen aswè a"),
    ):
        assert words in front(language)
    assert 'role="status"' in front()


@pytest.mark.parametrize(("begins", "ends", "seen"), [(-1, 2, True), (1, 2, False), (-2, -1, False)])
def test_it_stands_from_when_to_when_it_was_said(desk, begins, ends, seen):
    desk.post("/service-center/desk/banners", typed(begins=begins, ends=ends))
    assert ("Maintenance tonight" in front()) is seen


def test_it_is_taken_back(desk):
    desk.post("/service-center/desk/banners", typed(severity="emergency"))
    assert 'role="alert"' in front()
    row = Banner.objects.get()
    assert desk.post(f"/service-center/desk/banners/{row.id}/withdraw").status_code == 302
    assert "Maintenance tonight" not in front()
    assert desk.post(f"/service-center/desk/banners/{row.id}/withdraw").status_code == 404


def test_courts_hear_of_it_and_of_its_end_all_or_those_that_are_meant(desk, court, other_court):  # noqa: F811
    desk.post("/service-center/desk/banners", typed())
    desk.post("/service-center/desk/banners", typed(only_at=["flsd"]))
    told = [row.to for row in OutboxMessage.objects.filter(type="banner.set")]
    assert sorted(told) == ["flsb", "flsd", "flsd"]
    everywhere = next(row for row in Banner.objects.all() if not row.courts)
    desk.post(f"/service-center/desk/banners/{everywhere.id}/withdraw")
    assert OutboxMessage.objects.filter(type="banner.set").count() == 5


@pytest.mark.parametrize("changed", [
    {"ends": -3}, {"en": ""}, {"es": ""}, {"severity": "loud"}, {"begins_day": "soon"}, {"only_at": ["zz"]}, {"en": "x" * 401},
])  # fmt: skip
def test_bad_input_sets_nothing(desk, changed):
    assert desk.post("/service-center/desk/banners", typed(**changed)).status_code == 200
    assert not Banner.objects.exists()


def message(**changed) -> BannerSet:
    facts = {"id": "0ecf0000-0000-4000-8000-00000000b001", "severity": "info", "en": "A", "es": "", "ht": "",
             "begins_at": NOW(), "ends_at": NOW() + timedelta(hours=1), "courts": (), "withdrawn_at": None,
             "changed_at": NOW()}  # fmt: skip
    return BannerSet(**facts | changed)


def hear(one: BannerSet, sender="central"):
    tasks.banner_set(one, sender=sender, message_id=one.id, at=NOW())


def test_an_older_message_that_comes_late_or_twice_changes_nothing():
    first = message(changed_at=NOW() - timedelta(minutes=2))
    last = message(en="B", withdrawn_at=NOW())
    for one in (last, first, last):
        hear(one)
    assert [(row.en, row.withdrawn_at is not None) for row in Banner.objects.all()] == [("B", True)]


def test_only_the_central_site_sets_banners():
    with pytest.raises(CannotApply):
        hear(message(), sender="flsb")
    assert not Banner.objects.exists()


def test_a_page_is_shown_while_banners_cannot_be_read(monkeypatch):
    def away(*_args, **_named):
        raise DatabaseError("gone")

    monkeypatch.setattr(Banner.objects, "filter", away)
    assert Client().get("/").status_code == 200
