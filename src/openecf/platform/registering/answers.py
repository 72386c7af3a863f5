"""Showing a court's form, taking its answers, and checking them: the same at the central site and at the court."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from openecf.platform.registering.application import Answer
from openecf.platform.registering.profile import LocalForm, Question, in_language
from openecf.platform.shell.forms import DateInput

_MISSING = _("This has to be filled in.")
_CHOOSE = _("Choose one of these.")


class AnswersForm(forms.Form):
    """A court's form as a form: a field for each question, in its order, under its sections."""

    def __init__(self, data: Mapping | None = None, *, form: LocalForm, initial: Mapping[str, Answer]) -> None:
        super().__init__(data, initial={_key(name): answer for name, answer in initial.items()}, prefix="form")
        self._local = form
        language = get_language() or "en"
        for question in form.questions:
            self.fields[_key(question.name)] = _field(question, language)

    def groups(self) -> Iterable[tuple[str, list[forms.BoundField]]]:
        """Heading and fields of each section, in the form's order. A question without a heading goes on with the last."""
        language = get_language() or "en"
        title, fields = "", []
        for question in self._local.questions:
            section = in_language(question.section, language)
            if section and section != title:
                if fields:
                    yield title, fields
                title, fields = section, []
            fields.append(self[_key(question.name)])
        if fields:
            yield title, fields

    def answers(self) -> dict[str, Answer]:
        """What was answered, by question, as it is kept and sent."""
        return {question.name: _kept(self.cleaned_data[_key(question.name)]) for question in self._local.questions}


def _key(name: str) -> str:
    return name.replace("-", "_")


def _kept(value: Any) -> Answer:
    if isinstance(value, date):
        return value.isoformat()
    if value is None:
        return ""
    return value if isinstance(value, bool | list) else str(value)


def _field(question: Question, language: str) -> forms.Field:
    """The form field of a question. The court's help may hold signs that HTML would take for its own."""
    facts: dict[str, Any] = {
        "label": in_language(question.label, language),
        "help_text": escape(in_language(question.help, language)),
        "required": question.required,
        "error_messages": {"required": _MISSING, "invalid_choice": _CHOOSE},
    }
    choices = [(choice.value, in_language(choice.label, language)) for choice in question.choices]
    match question.type:
        case "text":
            return forms.CharField(max_length=question.longest, widget=forms.Textarea(attrs={"rows": 4}), **facts)
        case "email":
            return forms.EmailField(max_length=254, **facts)
        case "phone":
            pattern = r"^[0-9 ().+x-]{7,30}$"
            facts["error_messages"]["invalid"] = _("Type a telephone number, digits with spaces or - between them.")
            return forms.RegexField(regex=pattern, widget=forms.TextInput(attrs={"inputmode": "tel"}), **facts)
        case "date":
            facts["error_messages"]["invalid"] = _("Type the day as 1980-12-31.")
            return forms.DateField(widget=DateInput(attrs={"class": "usa-input--md"}), **facts)
        case "number":
            facts["error_messages"]["invalid"] = _("Type a whole number.")
            return forms.IntegerField(min_value=0, max_value=10**9, **facts)
        case "yes-no":
            yes_no = [("yes", _("Yes")), ("no", _("No"))]
            return forms.ChoiceField(choices=yes_no, widget=forms.RadioSelect, **facts)
        case "choice":
            widget = forms.RadioSelect if len(choices) <= 5 else forms.Select
            return forms.ChoiceField(
                choices=choices if len(choices) <= 5 else [("", "—"), *choices], widget=widget, **facts
            )
        case "choices":
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **facts)
        case "confirm":
            facts["error_messages"]["required"] = _("Confirm this to go on.")
            return forms.BooleanField(**facts)
    return forms.CharField(max_length=question.longest, **facts)


def unanswered(form: LocalForm, answers: Mapping[str, Answer]) -> list[Question]:
    """The questions whose answers are missing or not of their kind: while there is one, the form is not complete."""
    told = {f"form-{_key(name)}": answer for name, answer in answers.items() if answer is not False}
    filled = AnswersForm(_Given(told), form=form, initial={})
    filled.is_valid()
    return [question for question in form.questions if _key(question.name) in filled.errors]


class _Given(dict):
    """Answers as a browser would send them: a list under one name for questions with several."""

    def getlist(self, key: str) -> list:
        value = self.get(key, [])
        return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Answered:
    """A question with its answer, to be read by people."""

    section: str
    label: str
    said: str


def readable(form: LocalForm | None, answers: Mapping[str, Answer]) -> list[Answered]:
    """Each question of the form with what was answered, in the reader's language."""
    if form is None:
        return []
    language = get_language() or "en"
    found, section = [], ""
    for question in form.questions:
        section = in_language(question.section, language) or section
        said = _said(question, answers.get(question.name, ""), language)
        found.append(Answered(section, in_language(question.label, language), said))
    return found


def _said(question: Question, answer: Answer, language: str) -> str:
    labels = {choice.value: in_language(choice.label, language) for choice in question.choices}
    if isinstance(answer, bool):
        return gettext("Confirmed") if answer else gettext("Not confirmed")
    if isinstance(answer, list):
        return ", ".join(labels.get(value, value) for value in answer) or "—"
    if question.type == "yes-no" and answer:
        return gettext("Yes") if answer == "yes" else gettext("No")
    if question.type == "date" and (day := _day(answer)):
        return date_format(day, "DATE_FORMAT")
    return labels.get(answer, answer) or "—"


def _day(answer: str) -> date | None:
    """The day that an answer names; None if it names none."""
    try:
        return date.fromisoformat(answer)
    except ValueError:
        return None
