"""What an event is: the record behind each kind of docket entry, and the checks that a dictionary must pass.

Pure: no database, no clock, no request. The data are TOML files of the benches and a court's own overlay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeVar

from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field, field_validator, model_validator

from openecf.court.events import template
from openecf.court.events.effects import (  # noqa: F401  (this room's door for what other rooms execute)
    EFFECTS,
    AddAppearance,
    ClearFlag,
    CloseCase,
    ConvertCase,
    DecideMotions,
    Effect,
    EndAppearance,
    EndDeadlines,
    EndHearings,
    Notify,
    OpenMotion,
    Record,
    ReopenCase,
    SatisfyDeadlines,
    SetCaseDate,
    SetDeadline,
    SetFlag,
    SetHearing,
    StartClock,
)
from openecf.kernel.refusal import Refusal

FILERS = ("attorney", "pro-hac-vice", "trustee", "us-trustee", "pro-se")
COURT = ("clerk", "judge", "chambers")
GROUPS = (*FILERS, "limited", "court-reporter", "auditor", *COURT)
SHORTHAND: dict[str, tuple[str, ...]] = {
    # The clerk's office dockets what people hand in on paper, so it may use every event of the filers.
    "filers": (*FILERS, "clerk"),
    "everyone": (*FILERS, "limited", "clerk"),
    "attorney": ("attorney", "pro-hac-vice"),
    "attorneys": ("attorney", "pro-hac-vice", "us-trustee", "clerk"),
    "trustees": ("trustee", "us-trustee", "clerk"),
    "court": COURT,
}

OUTCOMES: dict[str, str] = {
    "granted": "granting",
    "denied": "denying",
    "granted in part": "granting in part and denying in part",
    "moot": "denying as moot",
    "withdrawn": "withdrawing",
    "terminated": "terminating",
    "reserved": "reserving ruling on",
}
"""How a motion may end, and how the text of the order says it."""

PARTS = frozenset(
    {
        "prefix", "wording", "title", "names", "filers", "against", "related", "related_numbers", "related_brackets",
        "rulings", "free", "attachments", "attachments_plain", "signature", "initials", "judge",
        "attorney", "submitter", "tail", "filed", "due", "case", "case_ref", "hearing",
    }
)  # fmt: skip
"""What every docket-text template may name, besides the event's own questions (filing.rules fills them)."""


E = TypeVar("E", bound=Record)


class Question(Record):
    """Something the filer is asked: a day, a time, an amount, a choice, a line of text."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    label: str
    kind: Literal["date", "time", "text", "money", "number", "choice"]
    required: bool = True
    choices: tuple[str, ...] = ()
    help: str = ""

    @model_validator(mode="after")
    def _choices_belong_to_a_choice(self) -> Question:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"question {self.name}: a choice, and only a choice, lists its choices")
        return self


class Related(Record):
    """Which earlier entries the filing refers to. ``kinds`` are categories, ``open-motions``; none: any entry."""

    need: Literal["required", "optional"]
    kinds: tuple[str, ...] = ()
    label: str = gettext_noop("Refer to existing entries")


class Event(Record):
    """One kind of docket entry.

    ``text`` is a template; ``wording`` what the docket text calls the filing, if not by its title. ``filers``: whether
    parties are picked; ``restrictions``: levels a filer may choose from besides the default ``restriction``, which
    closes only the documents if ``line_open``; ``fee``: due with the filing; ``closed``: what if the case is closed.
    ``spoken_for``: roles of parties; it is filed for such a party alone, by who stands on the docket for it already.
    ``transcript``: its documents are transcripts: billed without a cap, and free to nobody.
    ``asks_admission``: by it an attorney asks to be admitted in that very case, and so files it where she is not yet.
    """

    code: Annotated[str, Field(pattern=r"^[a-z0-9]+(:[a-z0-9-]+)+$", max_length=80)]
    category: str
    title: Annotated[str, Field(max_length=200)]
    wording: str = ""
    keywords: tuple[str, ...] = ()
    help: str = ""
    filed_by: tuple[str, ...]
    chapters: tuple[str, ...] = ()
    filers: Literal["required", "optional", "none"] = "required"
    spoken_for: tuple[str, ...] = ()
    transcript: bool = False
    asks_admission: bool = False
    against: bool = False
    document: Literal["required", "optional", "none"] = "required"
    attachments: bool = True
    related: Related | None = None
    questions: tuple[Question, ...] = ()
    signed: bool = False
    prefixes: tuple[str, ...] = ()
    free: str = ""
    free_required: bool = False
    text: str
    effects: tuple[Effect, ...] = ()
    restriction: Annotated[int, Field(ge=0, le=6)] = 0
    restrictions: tuple[int, ...] = ()
    line_open: bool = False
    fee: Annotated[str, Field(max_length=200)] = ""
    numbered: bool = True
    notice: bool = True
    closed: Literal["warn", "refuse", "allow"] = "warn"

    @field_validator("filed_by", mode="before")
    @classmethod
    def _expand_groups(cls, names: Iterable[str]) -> tuple[str, ...]:
        groups = [group for name in names for group in SHORTHAND.get(name, (name,))]
        if unknown := set(groups) - set(GROUPS):
            raise ValueError(f"unknown groups {sorted(unknown)}")
        return tuple(dict.fromkeys(groups))

    @model_validator(mode="after")
    def _holds_together(self) -> Event:
        if wrong := complaints(self):
            raise ValueError("; ".join(wrong))
        return self

    @property
    def says(self) -> str:
        """What the docket text calls it."""
        return self.wording or self.title

    def effects_of(self, kind: type[E]) -> tuple[E, ...]:
        """The effects of one kind, in order."""
        return tuple(effect for effect in self.effects if isinstance(effect, kind))

    @property
    def appears(self) -> bool:
        """Whether filing it makes the filer counsel."""
        return bool(self.effects_of(AddAppearance))

    @property
    def rules_on(self) -> tuple[str, ...]:
        """Outcomes that are asked for each entry picked; empty where the event decides nothing (or all alike)."""
        return next((e.outcomes for e in self.effects_of(DecideMotions) if len(e.outcomes) > 1), ())

    def may_be_filed_by(self, group: str) -> bool:
        return group in self.filed_by

    def docket_text(self, parts: Mapping[str, str]) -> str:
        """The event's text with its parts filled in."""
        return template.fill(self.text, parts)


class Category(Record):
    """A group of events in the menu. ``menus``: the only menus of the bar that show it; none: all of them."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    title: str
    order: int = 100
    menus: tuple[str, ...] = ()


def complaints(event: Event) -> list[str]:
    """What is wrong with an event on its own, in words; empty when it is sound."""
    names = {question.name for question in event.questions}
    by_name = {question.name: question for question in event.questions}
    used = template.parts(event.text)
    wrong = [f"its text names {{{part}}}, which nothing fills" for part in sorted(used - PARTS - names)]
    if len(names) != len(event.questions):
        wrong.append("two questions have one name")
    for part, needs, why in (
        ("against", event.against, "no party is picked that it is against"),
        ("free", bool(event.free), "no free text is asked"),
        ("prefix", bool(event.prefixes), "it lists no prefixes"),
        ("judge", event.signed, "no judge signs it"),
        ("rulings", bool(event.effects_of(DecideMotions)), "it decides no motions"),
    ):
        if part in template.required_parts(event.text) and not needs:
            wrong.append(f"its text names {{{part}}} but {why}")
    if event.prefixes and "prefix" not in used:
        wrong.append("it offers prefixes that its text leaves out")
    if event.free and "free" not in used:
        wrong.append("it asks for free text that its text leaves out")
    if event.free_required and not event.free:
        wrong.append("it requires a free text that it does not ask for")
    if event.spoken_for and event.filers != "required":
        wrong.append("it is for a party that somebody speaks for, but picks none")
    asked = used | {answer for effect in event.effects for answer in _answers(effect)}
    if "hearing" in used:
        asked |= {"hearing_date", "hearing_time", "hearing_place"}
    wrong += [f"the answer to {name} is used nowhere" for name in sorted(names - asked)]
    for effect in event.effects:
        wrong += [
            f"{effect.do} needs a {kind} question called {answer}"  # type: ignore[attr-defined]
            for answer, kind in _answers(effect).items()
            if answer not in by_name or by_name[answer].kind != kind
        ]
    return wrong + _effect_complaints(event)


def _answers(effect: Record) -> dict[str, str]:
    """The questions that an effect reads, and of which kind each must be."""
    if isinstance(effect, SetDeadline):
        return {effect.answer: "date"}
    if isinstance(effect, SetHearing):
        return {effect.day: "date", effect.time: "time", effect.place: "text"}
    return {}


def _effect_complaints(event: Event) -> list[str]:
    wrong = []
    for effect in event.effects_of(DecideMotions):
        if unknown := set(effect.outcomes) - set(OUTCOMES):
            wrong.append(f"unknown outcomes {sorted(unknown)}")
        if effect.which == "related" and event.related is None:
            wrong.append("it decides motions but refers to no entry")
        if effect.which == "all" and len(effect.outcomes) != 1:
            wrong.append("it decides all motions alike, so it names one outcome")
    for effect in event.effects_of(Notify):
        if unknown := set(effect.groups) - set(GROUPS):
            wrong.append(f"it notifies unknown groups {sorted(unknown)}")
    if event.filers == "none" and (event.effects_of(AddAppearance) or event.effects_of(EndAppearance)):
        wrong.append("it changes who appears but picks no party")
    return wrong


class BadDictionary(Refusal):
    """An event dictionary, or a change to one, does not hold together. Facts say which event and why."""

    said = "This event does not hold together."
    code = "bad-dictionary"


@dataclass(frozen=True)
class Dictionary:
    """Every event of a court, by code, and the menu's categories in order."""

    categories: tuple[Category, ...]
    events: Mapping[str, Event]
    hidden: frozenset[str] = field(default=frozenset())

    def event(self, code: str) -> Event:
        """The event of that code; NoSuchEvent when there is none or the court hid it."""
        try:
            return self.events[code]
        except KeyError:
            raise NoSuchEvent(event=code) from None


class NoSuchEvent(Refusal):
    """No event has this code here."""

    said = gettext_lazy("This court has no such event.")
    code = "no-such-event"


def put_together(categories: Iterable[Category], events: Iterable[Event]) -> Dictionary:
    """One dictionary of the parts; BadDictionary when codes clash or an event refers to what is not there."""
    ordered = tuple(sorted(categories, key=lambda c: (c.order, c.title)))
    known = {category.code for category in ordered}
    if len(known) != len(ordered):
        raise BadDictionary("Two categories have one code.")
    by_code: dict[str, Event] = {}
    for event in events:
        if event.code in by_code:
            raise BadDictionary(f"Two events have the code {event.code}.", event=event.code)
        by_code[event.code] = event
    for event in by_code.values():
        kinds = set(event.related.kinds) if event.related else set()
        if event.category not in known:
            raise BadDictionary(f"{event.code}: there is no category {event.category}.", event=event.code)
        if missing := kinds - known - {"open-motions"}:
            raise BadDictionary(f"{event.code}: there are no categories {sorted(missing)}.", event=event.code)
    return Dictionary(ordered, by_code)


@dataclass(frozen=True)
class Change:
    """One line of a court's overlay. ``data`` holds the fields that change, or the whole of an added event."""

    code: str
    kind: Literal["hide", "reword", "add"]
    data: Mapping[str, object] = field(default_factory=dict)


REWORDABLE = {"title", "wording", "keywords", "help", "text", "prefixes", "free", "restriction", "restrictions", "fee"}


def overlaid(base: Dictionary, changes: Iterable[Change]) -> Dictionary:
    """The dictionary with a court's own changes; BadDictionary when a change does not hold together."""
    events = dict(base.events)
    hidden = set()
    for change in changes:
        if change.kind == "add":
            if change.code in base.events:
                raise BadDictionary(f"There is an event {change.code} already.", event=change.code)
            events[change.code] = read_event({**change.data, "code": change.code})
            continue
        if change.code not in base.events:
            raise BadDictionary(f"There is no event {change.code} to change.", event=change.code)
        if change.kind == "hide":
            events.pop(change.code)
            hidden.add(change.code)
            continue
        if other := set(change.data) - REWORDABLE:
            raise BadDictionary(f"{change.code}: a court cannot change {', '.join(sorted(other))}.", event=change.code)
        events[change.code] = read_event({**base.events[change.code].model_dump(), **change.data})
    together = put_together(base.categories, events.values())
    return Dictionary(together.categories, together.events, frozenset(hidden))


def read_event(data: Mapping[str, object]) -> Event:
    """An event of plain data; BadDictionary with the reasons when it is not sound."""
    try:
        return Event.model_validate(dict(data))
    except ValueError as error:
        raise BadDictionary(f"{data.get('code', '?')}: {_reasons(error)}", event=data.get("code")) from error


def _reasons(error: ValueError) -> str:
    lines = getattr(error, "errors", list)()
    said = [f"{'.'.join(str(p) for p in line['loc'])} {line['msg'].removeprefix('Value error, ')}" for line in lines]
    return "; ".join(re.sub(r"\s+", " ", text).strip() for text in said) or str(error)


@dataclass(frozen=True)
class Offered:
    """A category with the events of it that a person may choose now."""

    category: Category
    events: tuple[Event, ...]


def offered(
    dictionary: Dictionary, *, group: str, typed: str = "", category: str = "", menu: str = ""
) -> tuple[Offered, ...]:
    """The menu for a group: categories with their events, those matching every word of ``typed``.

    A word matches inside the title, a keyword, the docket wording or the category's title.
    """
    words = typed.casefold().split()
    shelves = []
    for shelf in dictionary.categories:
        if (category and shelf.code != category) or (menu and shelf.menus and menu not in shelf.menus):
            continue
        found = tuple(
            event
            for event in sorted(dictionary.events.values(), key=lambda e: e.title.casefold())
            if event.category == shelf.code and event.may_be_filed_by(group) and _matches(event, shelf, words)
        )
        if found:
            shelves.append(Offered(shelf, found))
    return tuple(shelves)


def _matches(event: Event, category: Category, words: list[str]) -> bool:
    haystack = " ".join((event.title, event.wording, category.title, *event.keywords)).casefold()
    return all(word in haystack for word in words)
