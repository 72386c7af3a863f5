"""Who may register, as a court's profile says it: checked when it is set, told to the central site, asked of people."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from openecf.court.people import queries as people
from openecf.court.people.models import CourtUser, Group
from openecf.court.transition import queries, services
from openecf.court.transition.context import newcomers
from openecf.court.transition.rules import BadSetting, read_settings
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.registering.answers import AnswersForm, readable, unanswered
from openecf.platform.registering.demo import ANSWERS as WAITING
from openecf.platform.registering.demo import rules_of
from openecf.platform.registering.profile import in_language
from tests.court.callers import client, person
from tests.registering import ANSWERS, FULL, LF95, profile

QUESTION = {"name": "q", "type": "line", "label": "Q?"}


def form(**changes: object) -> dict:
    return {**LF95, **changes}


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("no json", "That is not JSON"),
        ({"accepts": {"judge": {}}}, "no role is called judge"),
        ({"accepts": {"e-file": {"fee_cents": -1}}}, "fee_cents"),
        ({"accept": {}}, "accept"),
        ({"papers": [{"name": "Good Standing", "label": "x"}]}, "name"),
        ({"papers": [{"name": "x", "label": "x", "roles": ["nobody"]}]}, "no role is called nobody"),
        ({"paper_megabytes": 900}, "paper_megabytes"),
        ({"links": [{"label": "x", "url": "javascript:alert(1)"}]}, "url"),
        ({"policies": [{"name": "x", "text": "x", "url": "/relative"}]}, "url"),
        ({"form": form(questions=[])}, "questions"),
        ({"form": form(questions=[QUESTION, QUESTION])}, "two questions have the same name"),
        ({"form": form(questions=[{**QUESTION, "type": "choice"}])}, "choices go with the types choice and choices"),
        ({"form": form(questions=[{**QUESTION, "choices": [{"value": "a", "label": "A"}]}])}, "choices go with"),
        ({"form": form(questions=[{**QUESTION, "type": "script"}])}, "type"),
        ({"form": form(questions=[{**QUESTION, "label": ""}])}, "label"),
        ({"form": form(roles=["nobody"])}, "no role is called nobody"),
        (
            {"form": form(questions=[{**QUESTION, "type": "choice",
                                      "choices": [{"value": "a", "label": "A"}, {"value": "a", "label": "B"}]}])},
            "two choices have the same value",
        ),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_kept_are_refused_with_the_reason(said, complaint):
    text = said if isinstance(said, str) else json.dumps(said)
    with pytest.raises(BadSetting, match=complaint):
        read_settings({"registration": text}, zone="America/New_York")


@pytest.mark.django_db
def test_a_setting_is_in_force_and_told_to_the_central_site():
    services.set_up(at=timezone.now())
    services.change_profile(words={"registration": json.dumps(FULL)}, by="operator", at=timezone.now())
    assert queries.registration(queries.profile()) == profile()
    told = OutboxMessage.objects.filter(type="court.status").latest("at").body["registration"]
    assert (told["form"]["code"], told["accepts"]["admission"]["fee_cents"]) == ("LF-95", 20000)
    services.change_profile(words={"registration": "{}"}, by="operator", at=timezone.now())
    assert not queries.registration(queries.profile()).accepts


@pytest.mark.parametrize(
    ("role", "is_new", "expected"),
    [("e-file", True, "LF-95"), ("admission", True, "LF-95"), ("e-file", False, None), ("creditor", True, None)],
)
def test_whom_the_form_is_for(role, is_new, expected):
    asked = profile().form_for(role, is_new=is_new)
    assert (asked.code if asked else None) == expected
    everybody = profile(form=form(asked_of="all", roles=[]))
    assert everybody.form_for(role, is_new=is_new).code == "LF-95"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, []),
        ({"sponsor": "x" * 61}, ["sponsor"]),
        ({"training": "2026-02-30"}, ["training"]),
        ({"training": ""}, ["training"]),
        ({"member": "perhaps"}, ["member"]),
        ({"chapters": []}, ["chapters"]),
        ({"chapters": ["seven", "eleven"]}, ["chapters"]),
        ({"oath": False}, ["oath"]),
        ({"more": "than asked"}, []),
    ],
)
def test_answers_are_checked_at_the_court_as_they_were_where_they_were_typed(changes, missing):
    found = unanswered(profile().form, ANSWERS | changes)
    assert [question.name for question in found] == missing


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("email", "a@b.example", "a at b"),
        ("phone", "(305) 555-0100 x7", "none"),
        ("number", "12", "twelve"),
        ("text", "lines\nof it", "x" * 201),
        ("line", "one", "x" * 201),
        ("date", "2026-02-03", "02/30/2026"),
    ],
)
def test_each_type_of_question(kind, good, bad):
    one = profile(form=form(questions=[{**QUESTION, "type": kind}])).form
    assert AnswersForm({"form-q": good}, form=one, initial={}).is_valid()
    assert not AnswersForm({"form-q": bad}, form=one, initial={}).is_valid()
    assert not AnswersForm({}, form=one, initial={}).is_valid()


def test_what_a_court_writes_is_text_and_never_markup():
    one = profile(form=form(questions=[{**QUESTION, "label": "<b>Q</b>", "help": "<script>alert(1)</script>"}])).form
    shown = str(AnswersForm(None, form=one, initial={}))
    assert "<script>" not in shown and "&lt;b&gt;" in shown


def test_answers_read_back_in_words():
    said = {one.label: one.said for one in readable(profile().form, ANSWERS | {"chapters": ["seven", "thirteen"]})}
    assert said["In which chapters do you practice?"] == "7, 13"
    assert said["Day of your training"] == "February 3, 2026" and said["Sponsor"] == "—"
    assert said["I read the local rules."] == "Confirmed"
    odd = {one.label: one.said for one in readable(profile().form, {"training": "some day", "chapters": ["gone"]})}
    assert (odd["Day of your training"], odd["In which chapters do you practice?"]) == ("some day", "gone")


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [
        ("plain", "ht", "plain"),
        ({"en": "one", "es": "uno"}, "es", "uno"),
        ({"en": "one", "es": "uno"}, "ht", "one"),
        ({"es": "uno"}, "ht", "uno"),
        ("", "en", ""),
    ],
)
def test_the_courts_words_in_the_readers_language(words, language, expected):
    assert in_language(words, language) == expected


@pytest.mark.parametrize("court", ["flsb", "nysb", "flsd", "ca11"])
def test_the_demonstrations_courts_keep_their_own_rules(court):
    said = rules_of(court)
    assert bool(said.accepts) == (court != "ca11")
    if court == "nysb":
        assert set(said.accepts) == {"e-file", "pro-hac-vice"}, "attorneys only"
    if court == "flsb":
        assert said.form.code == "LF-95" and not unanswered(said.form, WAITING["form"])
        assert set(WAITING["terms"]) == {policy.name.replace("-", "_") for policy in said.policies}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("live", "said", "attorney", "others"),
    [
        (True, FULL, True, True),
        (True, {"accepts": {"e-file": {}}}, True, False),
        (True, {"accepts": {"creditor": {}}}, False, True),
        (True, {}, False, False),
        (False, FULL, False, False),
    ],
)
def test_where_newcomers_are_led(live, said, attorney, others):
    services.set_up(at=timezone.now(), registration=said)
    found = newcomers(queries.profile(), live=live)
    assert (bool(found.attorney), bool(found.others)) == (attorney, others)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accepts", "says", "asked_at"),
    [
        ({"pro-se": {"note": {"en": "after the judge's order"}}}, "file online: after the judge&#x27;s order.", True),
        ({"creditor": {}, "party": {}}, "in the cases in which they are a party", True),
        ({"creditor": {}}, "takes no registrations of people without an attorney", False),
        ({}, "On paper you can always file", False),
    ],
)
def test_whoever_has_no_attorney_reads_at_the_front_page_what_is_possible(accepts, says, asked_at):
    services.set_up(at=timezone.now(), live_at=timezone.now() - timedelta(days=1), registration={"accepts": accepts})
    queries.forget()
    page = client(None).get("/").content.decode()
    part = page[page.index("Without an attorney?") :]
    assert says in part and "bring or mail your papers" in part
    assert ("Ask to file without an attorney" in part) is asked_at
    attorney = client(person(name="Nerys Halloran")).get("/").content.decode()
    assert "New to this court?" in attorney and "Without an attorney?" not in attorney


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/nextgen"])
@pytest.mark.parametrize("who", [None, person(name="Nerys Halloran")])
def test_pages_lead_new_attorneys_to_the_local_form(path, who):
    services.set_up(at=timezone.now(), live_at=timezone.now() - timedelta(days=1), registration=FULL)
    queries.forget()
    said = client(who).get(path).content.decode()
    assert "http://central.test/pscof/manage/efile/attorney/flsb" in said and "LF-95" in said


@pytest.mark.django_db
def test_a_court_that_is_not_live_says_from_when_on():
    services.set_up(at=timezone.now(), live_at=timezone.now() + timedelta(days=40), registration=FULL)
    queries.forget()
    said = client(None).get("/nextgen").content.decode()
    assert (
        "the clerk&#x27;s office registers people itself" in said
        or "the clerk's office registers people itself" in said
    )
    assert "/pscof/manage/efile" not in said


def test_groups_are_named_in_the_readers_language_and_in_the_record_in_english():
    with translation.override("es"):
        names = people.group_names()
        assert people.group_name(CourtUser(group="attorney")) == "Attorney"
        assert set(names) == set(Group.values) and all(isinstance(name, str) for name in names.values())
