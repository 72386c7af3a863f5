"""What an event sets in motion: the effects that a dictionary can name. Each has one executor (``filing.effects``)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Record(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OpenMotion(Record):
    """The entry asks for relief and waits for the court. ``relief`` defaults to the event's title."""

    do: Literal["open_motion"]
    relief: str = ""


class DecideMotions(Record):
    """The entry ends motions: those it refers to (each with an outcome asked) or every open one (``which`` all)."""

    do: Literal["decide_motions"]
    outcomes: tuple[str, ...]
    which: Literal["related", "all"] = "related"


class StartClock(Record):
    """Something is due ``days`` after the filing, by legal days."""

    do: Literal["start_clock"]
    kind: str
    days: Annotated[int, Field(ge=1, le=3650)]


class SetDeadline(Record):
    """Something is due on a day that a question asks."""

    do: Literal["set_deadline"]
    kind: str
    answer: str


class SatisfyDeadlines(Record):
    """What was due was done."""

    do: Literal["satisfy_deadlines"]
    kinds: tuple[str, ...]


class EndDeadlines(Record):
    """Deadlines fall away; none named: all of the case."""

    do: Literal["end_deadlines"]
    kinds: tuple[str, ...] = ()


class SetHearing(Record):
    """The court will sit: questions ask the day, the time and the place."""

    do: Literal["set_hearing"]
    kind: str
    day: str = "hearing_date"
    time: str = "hearing_time"
    place: str = "hearing_place"


class EndHearings(Record):
    """Hearings were held, or fall away; none named: all of the case."""

    do: Literal["end_hearings"]
    kinds: tuple[str, ...] = ()


class AddAppearance(Record):
    """The filer becomes counsel of the parties picked."""

    do: Literal["add_appearance"]


class EndAppearance(Record):
    """The filer, or on the court's entry all counsel of the parties picked, no longer appears for them."""

    do: Literal["end_appearance"]


class CloseCase(Record):
    """The case ends; deadlines and hearings end with it."""

    do: Literal["close_case"]


class ReopenCase(Record):
    """A closed case goes on."""

    do: Literal["reopen_case"]


class SetCaseDate(Record):
    """Something was done to the whole case on the day of the filing."""

    do: Literal["set_case_date"]
    date: Literal["discharged", "dismissed", "plan_confirmed"]


class ConvertCase(Record):
    """The case goes on under another chapter from the day of the filing."""

    do: Literal["convert_case"]
    chapter: Literal["7", "9", "11", "12", "13"]


class SetFlag(Record):
    """The case carries a flag from now on."""

    do: Literal["set_flag"]
    flag: str


class ClearFlag(Record):
    """The case loses a flag."""

    do: Literal["clear_flag"]
    flag: str


class Notify(Record):
    """People of this court's groups get a message besides the notice: something waits for them."""

    do: Literal["notify"]
    groups: tuple[str, ...]


Effect = Annotated[
    OpenMotion
    | DecideMotions
    | StartClock
    | SetDeadline
    | SatisfyDeadlines
    | EndDeadlines
    | SetHearing
    | EndHearings
    | AddAppearance
    | EndAppearance
    | CloseCase
    | ReopenCase
    | SetCaseDate
    | ConvertCase
    | SetFlag
    | ClearFlag
    | Notify,
    Field(discriminator="do"),
]
EFFECTS: tuple[type[Record], ...] = (
    OpenMotion, DecideMotions, StartClock, SetDeadline, SatisfyDeadlines, EndDeadlines, SetHearing, EndHearings,
    AddAppearance, EndAppearance, CloseCase, ReopenCase, SetCaseDate, ConvertCase, SetFlag, ClearFlag, Notify,
)  # fmt: skip
