"""What a filing sets in motion: one executor for each effect that the event dictionary can name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from openecf.court.bench import bench
from openecf.court.calendar import services as calendar
from openecf.court.cases import queries as case_queries
from openecf.court.cases import services as cases
from openecf.court.docket import services as docket
from openecf.court.events import rules as events
from openecf.court.events.rules import Event, Record
from openecf.court.filing import rules
from openecf.court.people import queries as people
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail


@dataclass(frozen=True)
class Act:
    """A filing as its effects see it: the entry just made, and everything that was answered."""

    entry: Any
    event: Event
    user: Any
    by: str
    by_court: bool
    filed: date
    at: datetime
    filers: Sequence[int] = ()
    roles: Sequence[str] = ()
    related: Sequence[int] = ()
    outcomes: Mapping[int, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def case_id(self) -> int:
        return self.entry.case_id


def appear(act: Act, party_ids: Sequence[int]) -> None:
    """The filer becomes counsel of these parties, with the roles ticked."""
    roles = list(act.roles) or [rules.NOTICED]
    cases.appear(case=act.entry.case, user=act.user, party_ids=party_ids, roles=roles, at=act.at, by=act.by)


def _open_motion(act: Act, effect: events.OpenMotion) -> None:
    docket.open_motion(entry_id=act.entry.id, relief=effect.relief or act.event.title)


def _decide_motions(act: Act, effect: events.DecideMotions) -> None:
    if effect.which == "all":
        docket.decide_motions(case_id=act.case_id, outcome=effect.outcomes[0], by_entry=act.entry.id)
        return
    for entry_id in act.related:
        outcome = act.outcomes.get(entry_id) or effect.outcomes[0]
        if outcome == "reserved":
            continue
        docket.decide_motions(case_id=act.case_id, outcome=outcome, by_entry=act.entry.id, entry_ids=[entry_id])


def _start_clock(act: Act, effect: events.StartClock) -> None:
    calendar.start_clock(
        case_id=act.case_id, entry_id=act.entry.id, kind=effect.kind, trigger=act.filed, days=effect.days
    )


def _set_deadline(act: Act, effect: events.SetDeadline) -> None:
    if due := act.answers.get(effect.answer):
        calendar.set_deadline(case_id=act.case_id, entry_id=act.entry.id, kind=effect.kind, due=date.fromisoformat(due))


def _satisfy_deadlines(act: Act, effect: events.SatisfyDeadlines) -> None:
    calendar.satisfy_deadlines(case_id=act.case_id, entry_id=act.entry.id, kinds=effect.kinds, under=act.related)


def _end_deadlines(act: Act, effect: events.EndDeadlines) -> None:
    calendar.end_deadlines(case_id=act.case_id, entry_id=act.entry.id, kinds=effect.kinds, under=act.related)


def _set_hearing(act: Act, effect: events.SetHearing) -> None:
    day, at = act.answers.get(effect.day), act.answers.get(effect.time)
    if day and at:
        calendar.set_hearing(
            case_id=act.case_id,
            entry_id=act.entry.id,
            kind=effect.kind,
            at=rules.instant(day=day, at=at, zone=settings.COURT.zone),
            place=act.answers.get(effect.place, ""),
        )


def _end_hearings(act: Act, effect: events.EndHearings) -> None:
    calendar.end_hearings(case_id=act.case_id, entry_id=act.entry.id, kinds=effect.kinds)


def _add_appearance(act: Act, effect: events.AddAppearance) -> None:
    appear(act, act.filers)


def _end_appearance(act: Act, effect: events.EndAppearance) -> None:
    whose = None if act.by_court else act.user.id
    for each in case_queries.appearances(party_ids=act.filers, user_id=whose):
        cases.withdraw(representation_id=each, on=act.filed, at=act.at, by=act.by)


def _close_case(act: Act, effect: events.CloseCase) -> None:
    cases.close_case(case_id=act.case_id, on=act.filed, at=act.at, by=act.by)


def _reopen_case(act: Act, effect: events.ReopenCase) -> None:
    cases.reopen_case(case_id=act.case_id, on=act.filed, at=act.at, by=act.by)


def _set_case_date(act: Act, effect: events.SetCaseDate) -> None:
    cases.set_date(case_id=act.case_id, what=effect.date, on=act.filed, at=act.at, by=act.by)


def _convert_case(act: Act, effect: events.ConvertCase) -> None:
    cases.convert_case(case_id=act.case_id, chapter=effect.chapter, on=act.filed, at=act.at, by=act.by)


def _set_flag(act: Act, effect: events.SetFlag) -> None:
    cases.set_flag(case_id=act.case_id, flag=effect.flag, at=act.at, by=act.by)


def _clear_flag(act: Act, effect: events.ClearFlag) -> None:
    cases.clear_flag(case_id=act.case_id, flag=effect.flag, at=act.at, by=act.by)


def _notify(act: Act, effect: events.Notify) -> None:
    # A sealed filing waits for people who may not read it: they learn nothing of it by mail.
    if act.entry.restriction or act.entry.case.restriction:
        return
    number, court = act.entry.case.number, settings.COURT.full_name
    path = bench().notice.case_path(case_id=act.case_id, case_number=number)
    for language, addresses in people.addresses_of_groups(effect.groups, but=act.user.id).items():
        with translation.override(language):
            words = gettext("A filing in case {number} waits for you:\n\n{text}\n\nThe docket: {link}\n")
            subject = gettext("Waits for you: {number} {title} ({court})")
        mail.send(
            to=[],
            bcc=addresses,
            subject=subject.format(number=number, title=act.event.title, court=court),
            text=words.format(number=number, text=act.entry.text, link=this_site().config.base_url + path),
            at=act.at,
            reference=f"entry:{act.entry.id}",
        )


EXECUTORS: dict[type[Record], Callable[[Act, Any], None]] = {
    events.OpenMotion: _open_motion,
    events.DecideMotions: _decide_motions,
    events.StartClock: _start_clock,
    events.SetDeadline: _set_deadline,
    events.SatisfyDeadlines: _satisfy_deadlines,
    events.EndDeadlines: _end_deadlines,
    events.SetHearing: _set_hearing,
    events.EndHearings: _end_hearings,
    events.AddAppearance: _add_appearance,
    events.EndAppearance: _end_appearance,
    events.CloseCase: _close_case,
    events.ReopenCase: _reopen_case,
    events.SetCaseDate: _set_case_date,
    events.ConvertCase: _convert_case,
    events.SetFlag: _set_flag,
    events.ClearFlag: _clear_flag,
    events.Notify: _notify,
}
"""Every effect of the dictionary, and who does it."""


CHANGE_THE_CASE = (
    events.CloseCase,
    events.ReopenCase,
    events.SetCaseDate,
    events.ConvertCase,
    events.SetFlag,
    events.ClearFlag,
)
"""Effects after which the case says something else than when it was locked."""


def changes_the_case(event: Event) -> bool:
    """Whether a notice has to read the case again after the event's effects."""
    return any(isinstance(effect, CHANGE_THE_CASE) for effect in event.effects)


def run(act: Act) -> None:
    """Run the event's effects, in the order in which the dictionary names them."""
    for effect in act.event.effects:
        EXECUTORS[type(effect)](act, effect)
