"""The help: the same in three languages, found by words, linked to pages that exist; and the status page."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.courts import services as courts
from openecf.central.courts.models import CourtSite
from openecf.central.service_center import help_texts, rules
from openecf.central.service_center.help_search import search
from openecf.platform.bus.messages import CourtStatus
from tests.central.relying import court, other_court  # noqa: F401

pytestmark = pytest.mark.django_db
LANGUAGES = help_texts.LANGUAGES
EVERY = {language: help_texts.in_language(language) for language in LANGUAGES}
NOW = timezone.now


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_same_topics_questions_guides_and_steps(language):
    ours, english = EVERY[language], EVERY["en"]
    assert list(ours.topics) == list(english.topics)
    assert [(one.key, one.topic) for one in ours.questions] == [(one.key, one.topic) for one in english.questions]
    assert {k: len(g.steps) for k, g in ours.guides.items()} == {k: len(g.steps) for k, g in english.guides.items()}
    assert len(ours.glossary) == len(english.glossary)
    assert {one.topic for one in ours.questions} == set(ours.topics), "no topic without a question"


def links(text: str) -> list[str]:
    return sorted(re.findall(r"\]\(([a-z:-]+)\)", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_links_to_the_same_places(language):
    for mine, english in zip(EVERY[language].questions, EVERY["en"].questions, strict=True):
        assert links(mine.answer) == links(english.answer), mine.key
    for key, guide in EVERY[language].guides.items():
        assert [links(s.text) for s in guide.steps] == [links(s.text) for s in EVERY["en"].guides[key].steps], key


PICTURES = Path(help_texts.__file__).parent / "static" / "service_center" / "guides"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_shows_the_same_pictures_and_says_what_they_show(language):
    for key, guide in EVERY[language].guides.items():
        assert [step.picture for step in guide.steps] == [step.picture for step in EVERY["en"].guides[key].steps], key
        assert all(bool(step.shows) == bool(step.picture) for step in guide.steps), key


def test_every_picture_is_there_small_and_used():
    used = {step.picture for guide in EVERY["en"].guides.values() for step in guide.steps if step.picture}
    assert {file.stem for file in PICTURES.iterdir()} == used
    assert max(file.stat().st_size for file in PICTURES.iterdir()) < 40_000
    page = Client().get("/help/guides/getting-started").content.decode()
    assert page.count("<img") == 5 and 'alt="The page Register for a PACER account' in page


def test_every_link_of_the_help_opens():
    everything = "".join(one.answer for one in EVERY["en"].questions)
    everything += "".join(step.text for guide in EVERY["en"].guides.values() for step in guide.steps)
    for place in set(links(everything)):
        url = re.search(r'href="([^"]+)"', help_texts.shown(f"[x]({place})"))[1]
        assert Client().get(url).status_code in (200, 302), place


@pytest.mark.parametrize(("text", "html"), [
    ("a <script>x</script> & b", "<p>a &lt;script&gt;x&lt;/script&gt; &amp; b</p>"),
    ("one\ntwo\n\n- **p**\n- q", '<p>one two</p>\n<ul class="usa-list"><li><strong>p</strong></li><li>q</li></ul>'),
    ("[words](manage)", '<p><a href="/pscof/manage">words</a></p>'),
    ("[words](guide:firms)", '<p><a href="/help/guides/firms">words</a></p>'),
    ("[words](https://evil.example)", "<p>[words](https://evil.example)</p>"),
])  # fmt: skip
def test_text_becomes_html_and_nothing_else_does(text, html):
    assert help_texts.shown(text) == html


def test_a_link_to_nowhere_is_a_mistake():
    with pytest.raises(help_texts.BadHelp):
        help_texts.shown("[words](nowhere)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_help_opens_in_every_language(language):
    browser = Client(headers={"Accept-Language": language})
    pages = ["/help", "/help/glossary", "/status"]
    pages += [f"/help/topics/{key}" for key in EVERY[language].topics]
    pages += [f"/help/guides/{key}" for key in EVERY[language].guides]
    for page in pages:
        answer = browser.get(page)
        assert answer.status_code == 200 and f'lang="{language}"' in answer.content.decode(), page


@pytest.mark.parametrize(("language", "typed", "first"), [
    ("en", "lost phone", "I lost the telephone with my authenticator app."),
    ("en", "upgrading", "Upgrading your PACER account"),
    ("en", "sharing logins", "My assistant files for me. May we share my login?"),
    ("en", "NEF", "NEF"),
    ("es", "perdi el telefono", "Perdí el teléfono con mi aplicación de autenticación."),
    ("es", "vincular quiebras", "Vincular en un tribunal de quiebras"),
    ("ht", "telefon", "Mwen pèdi telefòn ki gen aplikasyon otantifikasyon mwen an."),
    ("ht", "tribinal apel", "Lye kont nan yon tribinal apèl"),
])  # fmt: skip
def test_the_search_finds_by_words_their_forms_and_without_accents(language, typed, first):
    assert first in [hit.title for hit in search(typed, within=EVERY[language])][:3]


@pytest.mark.parametrize(
    "typed", ["", "   ", "' OR 1=1 --", '"unclosed', "& | ! ( ) :*", "zzzzqq", "a" * 400, "\0", "%", "ünïcode"]
)
def test_nothing_that_is_typed_breaks_the_search(typed):
    assert Client().get("/help", {"q": typed}).status_code == 200


@pytest.mark.parametrize("path", ["/help/topics/nothing", "/help/guides/nothing", "/help/guides/..", "/help/topics/é"])
def test_what_is_not_there_is_no_page(path):
    assert Client().get(path).status_code == 404


# Status.


@pytest.mark.parametrize(("silent", "stands"), [
    (None, "unknown"), (0, "up"), (2.9, "up"), (3, "late"), (14.9, "late"), (15, "down"), (9999, "down"),
])  # fmt: skip
def test_a_court_that_is_silent_is_late_and_then_down(silent, stands):
    now = NOW()
    heard = None if silent is None else now - timedelta(minutes=silent)
    assert rules.stands(heard_at=heard, now=now) == stands


def test_a_court_that_asks_what_ended_is_up(court, other_court):  # noqa: F811
    answer = Client().post("/oauth2/revocations", court.proof() | {"after": "0"})
    assert answer.status_code == 200
    told = {row["court_id"]: row["status"] for row in Client().get("/status.json").json()["courts"]}
    assert told == {"flsb": "up", "flsd": "unknown"}
    assert "Not everything" in Client().get("/status").content.decode()
    CourtSite.objects.filter(id="flsb").update(heard_at=NOW() - timedelta(hours=1))
    assert Client().get("/status.json").json()["courts"][0]["status"] == "down"


def test_the_weekend_of_a_courts_move_is_announced_until_it_is_over(court):  # noqa: F811
    now = NOW()
    told = CourtStatus(
        court="flsb", at=now, era="announced", live_on=(now + timedelta(days=9)).date(), cases=1, software="x",
        filing_closes_at=now + timedelta(days=6), live_at=now + timedelta(days=9),
    )  # fmt: skip
    courts.note_status(status=told, sender="flsb", at=now)
    assert "moves to NextGen" in Client().get("/status").content.decode()
    assert Client().get("/status.json").json()["courts"][0]["filing_opens_at"] is not None
    CourtSite.objects.update(live_at=now)
    assert "moves to NextGen" not in Client().get("/status").content.decode()


def test_being_heard_of_is_written_once_a_minute(court, django_assert_num_queries):  # noqa: F811
    courts._heard.clear()
    now = NOW()
    with django_assert_num_queries(2):
        for second in range(0, 90, 2):
            courts.note_heard(court="flsb", at=now + timedelta(seconds=second))
