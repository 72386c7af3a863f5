"""Pure decisions of the filing room: which page comes next, what docket text says, which entries may be referred to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from openecf.court.events.rules import OUTCOMES, Event, Question

ASSOCIATING_GROUPS = frozenset({"attorney", "pro-hac-vice", "us-trustee"})
"""Whose filing for a party makes them its counsel, when they are not yet."""
LEAD, NOTICED = "LEAD ATTORNEY", "ATTORNEY TO BE NOTICED"


@dataclass(frozen=True)
class Progress:
    """How far a draft is: what the steps look at."""

    event: Event
    case: bool = False
    answered: frozenset[str] = field(default=frozenset())
    must_associate: bool = False
    by_court: bool = False
    main_document: bool = False

    def has(self, key: str) -> bool:
        """Whether a step has its answer."""
        if key == "case":
            return self.case
        if key == "documents" and self.event.document == "required":
            return self.main_document and key in self.answered
        return key in self.answered


@dataclass(frozen=True)
class Step:
    """One page of a filing.

    ``wanted``: whether this filing has the page at all; ``needs``: steps that come before; ``undone_by``: earlier steps
    whose new answer makes this one's void.
    """

    key: str
    title: str
    wanted: Callable[[Progress], bool]
    needs: tuple[str, ...] = ()
    undone_by: tuple[str, ...] = ()


def _asks_details(progress: Progress) -> bool:
    event = progress.event
    return bool(event.questions or event.signed or event.restrictions or progress.by_court)


STEPS: tuple[Step, ...] = (
    Step("case", _("Case"), lambda p: True),
    Step("parties", _("Parties"), lambda p: p.event.filers != "none" or p.event.against, ("case",), ("case",)),
    Step("association", _("Appearance"), lambda p: p.must_associate, ("case", "parties"), ("case", "parties")),
    Step("documents", _("Documents"), lambda p: p.event.document != "none", ("case",)),
    Step("related", _("Related entries"), lambda p: p.event.related is not None, ("case",), ("case",)),
    Step("details", _("Details"), _asks_details, ("case",)),
    Step("text", _("Docket text"), lambda p: bool(p.event.prefixes or p.event.free), ("case",)),
    Step("final", _("Final text"), lambda p: True, ("case",)),
)
BY_KEY = {step.key: step for step in STEPS}


def flow(progress: Progress) -> tuple[Step, ...]:
    """The pages of this filing, in order."""
    return tuple(step for step in STEPS if step.wanted(progress))


def first_open(progress: Progress) -> Step:
    """The first page that still needs an answer; the final text when none does."""
    return next(step for step in flow(progress) if step.key == "final" or not progress.has(step.key))


def may_be_here(key: str, progress: Progress) -> bool:
    """Whether a page may be opened: it is part of this filing and what it needs is answered."""
    wanted = {step.key for step in flow(progress)}
    if key not in wanted:
        return False
    needs = wanted - {"final"} if key == "final" else wanted & set(BY_KEY[key].needs)
    return all(progress.has(each) for each in needs)


def after(key: str, progress: Progress) -> Step:
    """The page that follows."""
    steps = flow(progress)
    place = next((n for n, step in enumerate(STEPS) if step.key == key), 0)
    later = [step for step in steps if STEPS.index(step) > place]
    return later[0] if later else steps[-1]


def before(key: str, progress: Progress) -> Step | None:
    """The page that comes before; None on the first one."""
    earlier = [step for step in flow(progress) if STEPS.index(step) < STEPS.index(BY_KEY[key])]
    return earlier[-1] if earlier else None


def undone(key: str) -> frozenset[str]:
    """The answers that a new answer at ``key`` makes void."""
    return frozenset(step.key for step in STEPS if key in step.undone_by)


@dataclass(frozen=True)
class NamedParty:
    """A party as docket text calls it."""

    name: str
    role: str

    @property
    def with_role(self) -> str:
        return f"{self.role} {self.name}".strip()


@dataclass(frozen=True)
class RelatedEntry:
    """An entry that the filing refers to, and what an order does with it."""

    number: str
    short: str
    outcome: str = ""

    @property
    def named(self) -> str:
        return f"{self.number} {self.short}".strip()


@dataclass(frozen=True)
class TextFacts:
    """Everything that docket text may say."""

    event: Event
    case_number: str
    filers: Sequence[NamedParty] = ()
    against: Sequence[NamedParty] = ()
    related: Sequence[RelatedEntry] = ()
    attachments: Sequence[str] = ()
    prefix: str = ""
    free: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    judge: str = ""
    submitter: str = ""
    signature: str = ""
    initials: str = ""
    filed: date | None = None
    due: date | None = None
    received: datetime | None = None
    received_how: str = ""


def docket_text(facts: TextFacts) -> str:
    """The words that go on the docket, without the Entered suffix."""
    text = facts.event.docket_text(_parts(facts))
    return f"{text} {received_text(facts)}" if facts.received else text


def received_text(facts: TextFacts) -> str:
    """``(Received on 4/2/2027 at 4:15 PM by emergency e-mail.)``; the hour is in the court's time."""
    hour = f"{facts.received:%I:%M %p}".lstrip("0")
    return f"(Received on {us_day(facts.received.date())} at {hour} {facts.received_how.strip().rstrip('.')}.)"


def _parts(facts: TextFacts) -> dict[str, str]:
    event = facts.event
    numbered = [f"# ({n}) {name}" for n, name in enumerate(facts.attachments, 1)]
    plain = [f"# {n} {name}" for n, name in enumerate(facts.attachments, 1)]
    attachments = f"(Attachments: {', '.join(numbered)})" if numbered else ""
    signature = f"({facts.signature})" if facts.signature else ""
    parts = {
        "title": event.title,
        "wording": event.says,
        "prefix": facts.prefix,
        "free": facts.free.strip().rstrip("."),
        "names": ", ".join(party.name for party in facts.filers),
        "filers": ", ".join(party.with_role for party in facts.filers),
        "against": ", ".join(party.name for party in facts.against),
        "related": ", ".join(entry.named for entry in facts.related),
        "related_numbers": ", ".join(entry.number for entry in facts.related if entry.number),
        "related_brackets": ", ".join(f"[{entry.number or entry.short}]" for entry in facts.related),
        "rulings": "; ".join(f"{OUTCOMES[e.outcome]} {e.named}" for e in facts.related if e.outcome),
        "attachments": attachments,
        "attachments_plain": f"(Attachments: {' '.join(plain)})" if plain else "",
        "signature": signature,
        "tail": attachments + signature,
        "initials": f"({facts.initials})" if facts.initials else "",
        "attorney": facts.submitter,
        "submitter": facts.submitter,
        "judge": facts.judge,
        "filed": us_day(facts.filed),
        "due": us_day(facts.due),
        "case": facts.case_number,
        "case_ref": f"[{facts.case_number}]",
    }
    answers = {question.name: shown(question, facts.answers.get(question.name, "")) for question in event.questions}
    if answers.get("hearing_date"):
        when = f"{answers['hearing_date']} at {answers.get('hearing_time', '')}"
        parts["hearing"] = f"{when} in {answers['hearing_place']}" if answers.get("hearing_place") else when
    return parts | answers


def us_day(day: date | None) -> str:
    """``6/10/2021``, as docket text prints days."""
    return f"{day.month}/{day.day}/{day.year}" if day else ""


def shown(question: Question, answer: str) -> str:
    """An answer as docket text prints it."""
    if not answer:
        return ""
    if question.kind == "date":
        return us_day(date.fromisoformat(answer))
    if question.kind == "time":
        return f"{time.fromisoformat(answer):%I:%M %p}".lstrip("0")
    if question.kind == "money":
        return f"{float(answer):,.2f}"
    return answer.strip()


def instant(*, day: str, at: str, zone: str) -> datetime:
    """A day and a time of day at the court, as an instant."""
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(at), ZoneInfo(zone))


def short_text(*, title: str, text: str) -> str:
    """How another entry's text calls this entry: its own words up to who filed it, or its title."""
    words = re.split(r"\s+(?:by|filed by)\s|[.:;(\[]", text, maxsplit=1, flags=re.IGNORECASE)[0].strip()
    return words if 0 < len(words) <= 80 else title or f"{words[:77]}…"


@dataclass(frozen=True)
class Candidate:
    """An entry that might be referred to."""

    id: int
    number: str
    day: date | None
    title: str
    text: str
    event: str
    open_motion: bool
    restriction: int = 0


SEALED_REFERENCE = "Restricted Entry"


def short_reference(entry: Candidate, *, told_at: int) -> str:
    """How a text of level ``told_at`` calls an entry: of one that is closed to some of its readers, no word."""
    return SEALED_REFERENCE if entry.restriction > told_at else short_text(title=entry.title, text=entry.text)


def may_relate(candidate: Candidate, *, kinds: Sequence[str], categories: Mapping[str, str]) -> bool:
    """Whether an event that refers to ``kinds`` may refer to this entry. ``categories``: category of each event code.

    An entry of no known event (it came from an older system) is judged by its words.
    """
    if not kinds:
        return True
    if candidate.open_motion and ("open-motions" in kinds or "motions" in kinds):
        return True
    category = categories.get(candidate.event)
    if category:
        return category in kinds
    words = f"{candidate.title} {candidate.text}".casefold()
    return any(kind.rstrip("s") in words for kind in kinds if kind != "open-motions")


def filtered(candidates: Iterable[Candidate], typed: str) -> list[Candidate]:
    """The candidates whose number, title or words hold every word typed."""
    words = typed.casefold().split()
    return [c for c in candidates if all(w in f"{c.number} {c.title} {c.text}".casefold() for w in words)]
