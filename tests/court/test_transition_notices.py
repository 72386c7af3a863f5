"""The court's numbered notices, in the languages that the court wrote them in, and its own guides."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from openecf.court.transition import queries, rules, services
from openecf.court.transition.models import CourtNotice
from openecf.platform.audit.models import AuditLine
from tests.court import callers

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 1, 15, tzinfo=UTC)
ENGLISH = {"title": "NextGen is live", "text": "Link your account.\n\nOnce."}
SPANISH = {"title_es": "NextGen está en marcha", "text_es": "Vincule su cuenta."}


@pytest.fixture
def clerk() -> Client:
    services.set_up(at=AT, live_at=AT)
    return callers.client(callers.linked("clerk"))


def read(address: str, language: str) -> str:
    return Client().get(address, headers={"accept-language": language}).content.decode()


def test_a_notice_is_read_in_the_languages_that_the_court_wrote_it_in(clerk):
    sent = clerk.post("/nextgen/notices/new", ENGLISH | SPANISH)
    assert sent.headers["Location"] == "/nextgen/notices/1"
    assert "NextGen está en marcha" in read("/nextgen/notices/1", "es")
    assert "1: NextGen está en marcha" in read("/nextgen", "es")
    creole = read("/nextgen/notices/1", "ht")
    assert '<h1 lang="en">NextGen is live</h1>' in creole and "usa-hint" in creole
    assert "English only" not in read("/nextgen/notices/1", "en")
    assert AuditLine.objects.get(act="court.notice-published").facts["languages"] == ["en", "es"]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"title_es": "NextGen está en marcha"}, "text_es"),
        ({"text_ht": "Lye kont ou."}, "title_ht"),
        ({"title_es": "x" * 201, "text_es": "y"}, "title_es"),
    ],
)
def test_a_translation_is_whole_or_there_is_none(clerk, typed, wrong):
    page = clerk.post("/nextgen/notices/new", ENGLISH | typed)
    assert page.status_code == 200 and wrong in page.context["form"].errors
    assert not CourtNotice.objects.exists()


def test_notices_are_numbered_as_they_are_published(clerk):
    for _ in range(2):
        clerk.post("/nextgen/notices/new", ENGLISH)
    assert [one.number for one in queries.notices(language="es")] == [2, 1]
    assert queries.notice(3, language="en") is None and Client().get("/nextgen/notices/3").status_code == 404


GUIDE = '[{"label": {"en": "Filing in three districts", "es": "Presentar en tres distritos"}, "url": "https://court.example/guide"}]'


def test_the_courts_own_guides_stand_on_its_page(clerk):
    services.change_profile(words={"nextgen_links": GUIDE}, by="operator", at=AT)
    assert '<a href="https://court.example/guide" rel="noopener">Presentar en tres distritos</a>' in read(
        "/nextgen", "es"
    )
    services.change_profile(words={"nextgen_links": "[]"}, by="operator", at=AT)
    assert "court.example/guide" not in read("/nextgen", "es")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "guide.pdf", "https://court.example/\"onclick='x'"])
def test_a_guide_leads_to_a_web_address_only(url):
    with pytest.raises(rules.BadSetting):
        rules.read_settings({"nextgen_links": f'[{{"label": "Guide", "url": {url!r}}}]'.replace("'", '"')}, zone="UTC")
