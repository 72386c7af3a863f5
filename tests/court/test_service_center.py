"""What a court hears of the Service Center: a merged account's link goes on, a banner stands on the court's pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from openecf.court.people import tasks as people
from openecf.court.people.models import CourtUser, LinkOffer
from openecf.platform.audit.models import AuditLine
from openecf.platform.banners import queries as banners
from openecf.platform.banners import tasks as banner_tasks
from openecf.platform.banners.models import Banner
from openecf.platform.bus.handlers import CannotApply
from openecf.platform.bus.messages import AccountMerged, BannerSet

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 4, tzinfo=UTC)


def linked(login: str, account) -> CourtUser:
    return CourtUser.objects.create(
        login=login, group="attorney", last_name="Counsel", account=account, account_number="7200001", linked_at=AT
    )


def hear(old, new) -> None:
    told = AccountMerged(account=old, into=new, number="7200002", at=AT)
    people.merged(told, sender="central", message_id=uuid4(), at=AT)


def test_what_was_linked_to_the_closed_account_goes_on_with_the_other_and_twice_changes_nothing():
    old, new = uuid4(), uuid4()
    user = linked("acounsel", old)
    LinkOffer.objects.create(account=old, user=user, created_at=AT, expires_at=AT + timedelta(minutes=5))
    hear(old, new)
    hear(old, new)
    user.refresh_from_db()
    assert (user.account, user.account_number, user.linked_at) == (new, "7200002", AT)
    assert LinkOffer.objects.get().used_at == AT
    assert AuditLine.objects.filter(act="people.link-followed", subject=str(new)).count() == 1


def test_a_court_where_nothing_was_linked_does_nothing():
    hear(uuid4(), uuid4())
    assert not AuditLine.objects.filter(act="people.link-followed").exists()


def test_two_links_at_one_court_wait_at_the_desk_for_the_clerk():
    old, new = uuid4(), uuid4()
    linked("one", old), linked("two", new)
    with pytest.raises(CannotApply, match="linked here"):
        hear(old, new)
    assert set(CourtUser.objects.values_list("account", flat=True)) == {old, new}


def banner(**changed) -> None:
    now = timezone.now()
    facts = {"id": uuid4(), "severity": "warning", "en": "Closed on Friday", "es": "Cerrado el viernes", "ht": "",
             "begins_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1), "courts": (),
             "withdrawn_at": None, "changed_at": now}  # fmt: skip
    banner_tasks.banner_set(BannerSet(**facts | changed), sender="central", message_id=uuid4(), at=now)
    banners.forget()


@pytest.fixture(autouse=True)
def fresh():
    banners.forget()
    yield
    banners.forget()


@pytest.mark.parametrize(("language", "words"), [("en", "Closed on Friday"), ("es", "Cerrado el viernes"),
                                                 ("ht", "Closed on Friday")])  # fmt: skip
def test_a_banner_stands_on_the_courts_pages_in_the_readers_language_or_in_english(language, words):
    banner()
    page = Client(headers={"Accept-Language": language}).get("/accessibility-none").content.decode()
    assert words in page and (' lang="en"' in page.split("ecf-banner-warning")[1][:60]) is (language == "ht")


@pytest.mark.parametrize(("courts", "shown"), [((), True), (("flsb",), True), (("nysb",), False)])
def test_a_court_shows_what_is_meant_for_it(courts, shown):
    banner(courts=courts)
    assert Banner.objects.exists() is shown
