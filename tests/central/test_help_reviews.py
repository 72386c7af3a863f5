"""The help is read again by somebody who stands for it: each text has its day and its reader, and says when it is due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from openecf.central.service_center import help_reviews, rules, services
from openecf.central.service_center.models import HelpReview
from openecf.platform.audit.models import AuditLine
from tests.central.test_service_center_tickets import NOW, desk  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
LIST = "/service-center/desk/help"


def due() -> dict[str, str]:
    return {one.key: one.why for one in help_reviews.reviews(now=NOW()) if one.why}


def mark(browser: Client, key: str, **other: str):
    return browser.post(LIST, {"key": key, "digest": help_reviews.digests().get(key, "")} | other)


@pytest.mark.parametrize(
    ("days", "same", "why"),
    [(None, False, "never"), (0, True, ""), (180, True, ""), (181, True, "old"), (1, False, "changed")],
)
def test_when_a_text_is_due(days, same, why):
    at = NOW()
    read = None if days is None else at - timedelta(days=days)
    assert rules.why_review_is_due(reviewed_at=read, is_same_text=same, now=at) == why


def test_at_first_every_question_and_guide_is_due(desk):  # noqa: F811
    everything = due()
    assert set(everything.values()) == {"never"} and set(everything) == set(help_reviews.digests())
    page = desk.get(LIST).content.decode()
    assert f"{len(everything)} texts are due." in page and f"Help ({len(everything)})" in page


@pytest.mark.parametrize(
    ("key", "public"), [("own-account", "/help/topics/account"), ("guide:upgrading", "/help/guides/upgrading")]
)
def test_who_marks_a_text_is_named_at_the_desk_and_the_day_is_shown_to_everybody(desk, key, public):  # noqa: F811
    assert "Reviewed by the Service Center" not in Client().get(public).content.decode()
    assert mark(desk, key).status_code == 302
    assert key not in due()
    assert "Ada Counsel" in desk.get(LIST).content.decode()
    page = Client().get(public).content.decode()
    assert page.count("Reviewed by the Service Center on") == 1 and "Ada Counsel" not in page
    assert AuditLine.objects.filter(act="service.help-reviewed", subject=f"help:{key}").count() == 1


def test_a_text_that_changes_or_grows_old_is_due_again_and_shows_no_day(desk, monkeypatch):  # noqa: F811
    mark(desk, "own-account")
    mark(desk, "which-type")
    HelpReview.objects.filter(key="which-type").update(at=NOW() - timedelta(days=200))
    changed = dict(help_reviews.digests()) | {"own-account": "0" * 64}
    monkeypatch.setattr(help_reviews, "digests", lambda: changed)
    assert (due()["own-account"], due()["which-type"]) == ("changed", "old")
    page = Client().get("/help/topics/account").content.decode()
    assert page.count("Reviewed by the Service Center on") == 1, "the old one still says its day"
    mark(desk, "which-type")
    assert "which-type" not in due() and HelpReview.objects.filter(key="which-type").count() == 2, "a row for each"


def test_a_text_that_is_not_the_one_that_was_read_is_not_marked(desk):  # noqa: F811
    answer = mark(desk, "own-account", digest="0" * 64)
    assert answer.status_code == 409 and "Read it again" in answer.content.decode()
    for key in ("no-such", "", "\x00", "guide:"):
        assert mark(desk, key).status_code == 404
    assert not HelpReview.objects.exists()


def test_a_digest_is_of_all_languages():
    assert len(set(help_reviews.digests().values())) == len(help_reviews.digests())
    with pytest.raises(services.NoSuchText):
        services.review_help(staff=None, key="nothing", digest="", at=NOW())
