"""Pure decisions of the notices room: what a notice says, to whom, and what a bench says differently."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from openecf.kernel.notice_parts import CLOSED_SINCE
from openecf.kernel.stamp_lines import StampLine


@dataclass(frozen=True)
class NoticeDocument:
    """A document of the transaction. ``description`` is what the notice calls it."""

    description: str
    filename: str
    stamp: StampLine | None


@dataclass(frozen=True)
class Addressee:
    """Someone on the service list: with addresses, the notice is mailed; without, they are served otherwise."""

    name: str
    on_behalf: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    postal_lines: tuple[str, ...] = ()
    user: int | None = None
    wants_text: bool = False
    role: str = ""
    tells_agents: bool = False
    """Filing agents of theirs may get copies."""
    by_interest: bool = False
    """Asked to hear of the case without being in it."""

    @property
    def reached_at(self) -> str:
        """The addresses as notices print them."""
        return ", ".join(self.addresses)

    @property
    def for_whom(self) -> str:
        """`` on behalf of Plaintiff A and Plaintiff B``, or nothing."""
        return f" on behalf of {' and '.join(self.on_behalf)}" if self.on_behalf else ""

    @property
    def with_role(self) -> str:
        """``, Attorney``, or nothing."""
        return f", {self.role}" if self.role else ""

    @property
    def by_mail(self) -> bool:
        return not self.addresses


@dataclass(frozen=True)
class NoticeFacts:
    """Everything that a notice says. ``document_url`` is empty when nothing was attached."""

    court: str
    district: str
    entered_by: str
    entered: datetime
    filed: str
    case_name: str
    case_number: str
    case_id: int
    case_url: str
    chapter: str
    closed: str
    filers: tuple[str, ...]
    document_number: str
    document_url: str
    docket_text: str
    title: str
    documents: tuple[NoticeDocument, ...]
    text_stamp: StampLine | None
    mailed: tuple[Addressee, ...]
    otherwise: tuple[Addressee, ...]
    demonstration: bool = False

    @property
    def entered_at(self) -> str:
        """``1/2/2024 at 2:03 PM EST``."""
        return in_words(self.entered)


@dataclass(frozen=True)
class SummaryEntry:
    """A filing in a summary. ``document_url`` is empty when nothing was attached; ``free`` when it opens once for free."""

    at: str
    number: str
    title: str
    text: str
    document_url: str
    free: bool
    notice_url: str


@dataclass(frozen=True)
class SummaryCase:
    """A case in a summary, with its filings in the order of the day."""

    number: str
    name: str
    url: str
    entries: tuple[SummaryEntry, ...]


@dataclass(frozen=True)
class SummaryFacts:
    """Everything that the summary of a day says. Without cases it says that nothing was filed."""

    court: str
    day: str
    notices: str
    cases: tuple[SummaryCase, ...]
    looks_until: str
    change_url: str
    demonstration: bool = False

    @property
    def filings(self) -> int:
        return sum(len(case.entries) for case in self.cases)


MOST_DAYS_BACK = 31


def day_ends(day: date, zone: str) -> datetime:
    """The court's midnight after a day: what was entered before it belongs to the day."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))


def summary_days(*, now: datetime, hour: time, zone: str, last: date | None) -> list[date]:
    """The court's days whose summaries are due, oldest first. ``hour``: when a day's are, in the court's time, on the day
    after; ``last``: the newest day that was done. After a long stand-still what is older goes with the first of a month."""
    here = now.astimezone(ZoneInfo(zone))
    newest = here.date() - timedelta(days=1 if here.time() >= hour else 2)
    if last is None:
        return [newest]
    first = max(last + timedelta(days=1), newest - timedelta(days=MOST_DAYS_BACK))
    return [first + timedelta(days=n) for n in range((newest - first).days + 1)]


class NoticeLayout(Protocol):
    """What the benches print differently in a notice."""

    folder: str
    """Templates ``notices/<folder>/notice.html`` and ``notice.txt``."""
    stamp_kind: str
    """``dc``, ``bk`` or ``ac``: the opening of the stamp's id."""
    title: str
    """``Notice of Electronic Filing`` or ``Notice of Docket Activity``."""

    def district(self, name: str) -> str:
        """The court's name as the notice's second heading."""

    def subject(self, facts: NoticeFacts) -> str:
        """The subject line of the mail."""

    def case_path(self, *, case_id: int, case_number: str) -> str:
        """Where the notice's link to the docket leads."""


def in_words(at: datetime) -> str:
    """``1/2/2024 at 2:03 PM EST``."""
    return f"{short_day(at)} at {at.strftime('%I').lstrip('0')}:{at:%M %p %Z}"


def entered_at(at: datetime, zone: str) -> str:
    """An instant as a summary writes it, in the court's time: ``01/02/2024 02:03 PM EST``."""
    return f"{at.astimezone(ZoneInfo(zone)):%m/%d/%Y %I:%M %p %Z}"


def short_day(day: datetime) -> str:
    """``1/2/2024``."""
    return f"{day.month}/{day.day}/{day.year}"


def service_list(people: Iterable[Addressee]) -> list[Addressee]:
    """One line for each person, however many parties they appear for; addresses once, in the order given."""
    lines: dict[tuple[int | None, str, tuple[str, ...]], Addressee] = {}
    for person in people:
        key = (person.user, "", ()) if person.user else (None, person.name.casefold(), person.addresses)
        seen = lines.get(key)
        lines[key] = (
            person
            if seen is None
            else replace(
                seen,
                on_behalf=_once([*seen.on_behalf, *person.on_behalf]),
                addresses=_once([*seen.addresses, *person.addresses]),
                role=seen.role or person.role,
            )
        )
    return list(lines.values())


_ENDS = re.compile(r"\b[A-Z]{2}\.?,? +\d{5}(-\d{4})?$")
"""The last line of an address in the United States: state and ZIP code."""
_COUNTY = re.compile(r"[A-Z .'-]+-[A-Z]{2}$")
_NUMBER = re.compile(r"(ssn|itin|tax ?id|ein)\b|\D*\d{2,3}-\d{2}-\d{4}\b|.*\bx{2,}-?x+-?\d{4}", re.IGNORECASE)
_REACHED = re.compile(
    r"(phone|tel|telephone|fax|e-?mail|bar (id|no|number))\W*[:.#]|.*@|[\d() .+-]{7,}$", re.IGNORECASE
)
_OTHER_NAME = re.compile(
    r"(aka|a/k/a|fka|f/k/a|dba|d/b/a|fdba|also known as|formerly known as|doing business as)\b\W*(?P<name>.*)",
    re.IGNORECASE,
)
_STANDING = re.compile(r"(terminated|represented by)\b", re.IGNORECASE)
LONGEST_LINE = 120


def postal_lines(lines: str) -> tuple[str, ...]:
    """Of all that a docket prints under a name only where letters go: a person's tax number belongs on no envelope.

    An address ends with state and ZIP code. Where no line has them, as abroad, it is what is not known to be something else.
    """
    said = [line.strip()[:LONGEST_LINE] for line in lines.splitlines() if line.strip()]
    end = next((place for place, line in enumerate(said, 1) if _ENDS.search(line)), len(said))
    address, name_follows = [], False
    for line in said[:end]:
        other_name = _OTHER_NAME.match(line)
        if not (
            name_follows or other_name or any(each.match(line) for each in (_COUNTY, _NUMBER, _REACHED, _STANDING))
        ):
            address.append(line)
        name_follows = other_name is not None and not other_name["name"]
    return tuple(address)


def _once(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


_BLOCK = r"(?P<begins>^Document description:|<p><strong>Document description:[^<]*</strong>)"
_END = r"\]\]"


def without(said: str, documents: Iterable[tuple[str, int]]) -> str:
    """A notice, as text or as HTML, with nothing of these documents (serial, part) but that they are there: neither their
    descriptions, nor the names of their files, nor their stamps."""
    for serial, part in documents:
        own = re.escape(names_document(serial, part))
        block = rf"{_BLOCK}(?:(?!{_BLOCK.replace('?P<begins>', '?:')}).)*?{own}.*?{_END}"
        said = re.sub(block, rf"\g<begins> {CLOSED_SINCE}", said, flags=re.DOTALL | re.MULTILINE | re.IGNORECASE)
    return said


def names_document(serial: str, part: int) -> str:
    """By which a notice's text is known to tell of a document."""
    return f"[FileNumber={serial}-{part}]"


def shown(html: str) -> str:
    """The inside of a stored notice, for a page that frames it. The notice was made by this room, escaped already."""
    start, end = html.find("<body>"), html.rfind("</body>")
    return html[start + len("<body>") : end if end > 0 else len(html)] if start >= 0 else html
