"""What makes an event dictionary hold together, and how a court changes its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import openecf.court
from openecf.court.events import dictionary, queries, services, template
from openecf.court.events.models import EventChange
from openecf.court.events.rules import (
    EFFECTS,
    BadDictionary,
    Event,
    NoSuchEvent,
    Question,
    Related,
    offered,
    read_event,
)
from openecf.court.filing.effects import EXECUTORS
from openecf.platform.audit.models import AuditLine
from tests.court.world import AT

ROOMS = Path(openecf.court.__file__).parent
SOUND = {
    "code": "motion:test", "category": "motions", "title": "Motion to Test", "filed_by": ["filers"],
    "text": "[{prefix} ]{wording}[ {free}] by {names}.", "prefixes": ["First"], "free": "Why",
}  # fmt: skip


def test_a_sound_event_is_taken():
    assert read_event(SOUND).may_be_filed_by("attorney")


@pytest.mark.parametrize(("change", "complaint"), [
    ({"text": "{wording} by {nobody}."}, "nothing fills"),
    ({"text": "{wording} {"}, "stands alone"),
    ({"text": "{wording} [no part]"}, "names no part"),
    ({"text": "{wording} by {names}."}, "prefixes that its text leaves out"),
    ({"text": "[{prefix} ]{wording}[ {free}] against {against}."}, "no party is picked"),
    ({"text": "[{prefix} ]{wording}[ {free}] {judge}."}, "no judge signs it"),
    ({"text": "[{prefix} ]{wording}[ {free}] {rulings}."}, "decides no motions"),
    ({"filed_by": ["plumbers"]}, "unknown groups"),
    ({"code": "No Code"}, "String should match"),
    ({"restriction": 9}, "less than or equal to 6"),
    ({"colour": "red"}, "Extra inputs"),
    ({"effects": [{"do": "dance"}]}, "dance"),
    ({"effects": [{"do": "set_deadline", "kind": "X", "answer": "when"}]}, "needs a date question called when"),
    ({"effects": [{"do": "set_hearing", "kind": "X"}]}, "needs a time question called hearing_time"),
    ({"effects": [{"do": "decide_motions", "outcomes": ["granted"]}]}, "refers to no entry"),
    ({"effects": [{"do": "decide_motions", "outcomes": ["lost"], "which": "all"}]}, "unknown outcomes"),
    ({"effects": [{"do": "decide_motions", "outcomes": ["granted", "denied"], "which": "all"}]}, "names one outcome"),
    ({"effects": [{"do": "notify", "groups": ["press"]}]}, "unknown groups"),
    ({"effects": [{"do": "add_appearance"}], "filers": "none"}, "picks no party"),
    ({"questions": [{"name": "x", "label": "X", "kind": "date"}]}, "is used nowhere"),
    ({"questions": [{"name": "x", "label": "X", "kind": "choice"}]}, "lists its choices"),
    ({"free_required": True, "free": "", "text": "[{prefix} ]{wording}."}, "does not ask for"),
])  # fmt: skip
def test_an_unsound_event_is_refused_with_the_reason(change, complaint):
    with pytest.raises(BadDictionary) as refusal:
        read_event({**SOUND, **change})
    assert complaint in str(refusal.value.said)


@pytest.mark.parametrize(("text", "values", "says"), [
    ("{a} and {b}", {"a": "x", "b": "y"}, "x and y"),
    ("{a}[ by {b}].", {"a": "x", "b": ""}, "x."),
    ("{a}[ by {b}].", {"a": "x", "b": "y"}, "x by y."),
    ("[{a} ]x  y", {}, "x y"),
    ("{a}.[ {b}.]", {"a": "x.", "b": "done."}, "x. done."),
    ("{a}", {"a": "[see {b}]", "b": "no"}, "[see {b}]"),
])  # fmt: skip
def test_templates(text, values, says):
    assert template.fill(text, values) == says


def test_every_effect_has_an_executor_and_nothing_else_has():
    assert set(EXECUTORS) == set(EFFECTS)


@pytest.mark.parametrize("record", [Event, Question, Related, *EFFECTS])
def test_every_field_has_a_reader(record):
    """A field of the dictionary that no code reads promises something that does not happen."""
    code = "\n".join(
        path.read_text("utf-8")
        for room in ("filing", "events", "calendar") for path in sorted((ROOMS / room).rglob("*"))
        if path.suffix in (".py", ".html")
    )  # fmt: skip
    unread = [name for name in record.model_fields if name != "do" and not re.search(rf"\.{name}\b", code)]
    assert not unread


def test_the_courts_dictionary_is_its_benchs():
    assert dictionary.base().events


@pytest.mark.django_db
class TestACourtsOwnChanges:
    def code(self) -> str:
        return next(code for code in dictionary.base().events if code.startswith("motion:"))

    def test_a_hidden_event_is_gone(self):
        services.hide_event(code=self.code(), by="user:1", at=AT)
        with pytest.raises(NoSuchEvent):
            queries.event(self.code())
        services.restore_event(code=self.code(), by="user:1", at=AT)
        assert queries.event(self.code())

    def test_a_reworded_event_says_the_courts_words(self):
        services.reword_event(code=self.code(), words={"title": "Prayer"}, by="user:1", at=AT)
        assert queries.event(self.code()).title == "Prayer"
        assert any(
            e.title == "Prayer" for shelf in queries.menu(group="attorney", typed="prayer") for e in shelf.events
        )

    def test_an_added_event_is_offered(self):
        services.add_event(code="motion:own", data={**SOUND, "title": "Motion of Our Own"}, by="user:1", at=AT)
        assert queries.event("motion:own").title == "Motion of Our Own"

    @pytest.mark.parametrize(("act", "facts"), [
        (services.reword_event, {"code": "motion:none", "words": {"title": "X"}}),
        (services.hide_event, {"code": "motion:none"}),
        (services.add_event, {"code": "motion:own", "data": {**SOUND, "text": "{hole}"}}),
        (services.add_event, {"code": "motion:own", "data": {**SOUND, "category": "nowhere"}}),
    ])  # fmt: skip
    def test_what_does_not_hold_together_is_refused_and_leaves_nothing(self, act, facts):
        with pytest.raises(BadDictionary):
            act(**facts, by="user:1", at=AT)
        assert not EventChange.objects.exists()

    def test_a_court_cannot_change_what_an_event_does(self):
        with pytest.raises(BadDictionary, match="cannot change effects"):
            services.reword_event(code=self.code(), words={"effects": []}, by="user:1", at=AT)

    def test_each_change_is_on_record(self):
        services.hide_event(code=self.code(), by="user:1", at=AT)
        assert [(line.act, line.by) for line in AuditLine.objects.filter(act__startswith="events.")] == [
            ("events.hide", "user:1")
        ]


@pytest.mark.parametrize(("typed", "finds"), [
    ("dismiss", True), ("DISMISS motion", True), ("dismiss nonsense", False), ("", True),
])  # fmt: skip
def test_every_word_typed_must_fit(typed, finds):
    found = [e.title for shelf in offered(dictionary.base(), group="attorney", typed=typed) for e in shelf.events]
    assert any("Dismiss" in title for title in found) is finds
