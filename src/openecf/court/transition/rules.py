"""Decisions about a court's move to NextGen, and what its settings may be."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any, Protocol
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from openecf.court.fees.rules import FilingFees
from openecf.kernel.days import legal_day
from openecf.kernel.names import looks_like_address
from openecf.kernel.networks import network
from openecf.kernel.refusal import Refusal
from openecf.platform.registering.profile import Link, RegistrationProfile


class Era(StrEnum):
    """Where a court stands on its way to NextGen. Dates decide; nobody has to press anything at the hour."""

    CURRENTGEN = "currentgen"
    """The court's own logins; nothing is announced."""
    ANNOUNCED = "announced"
    """As before, with a day that is announced."""
    RESETS_OVER = "resets-over"
    """The last day for resetting a court password by mail is over."""
    FILING_CLOSED = "filing-closed"
    """The weekend of the move: nothing can be filed."""
    NEXTGEN = "nextgen"
    """People sign on with PACER and link their court-issued accounts."""


HOURS = ("announced_at", "resets_end_at", "filing_closes_at", "live_at")
"""The hours of the move, in the order in which they come."""


class Timetable(Protocol):
    """The hours of the move, each unset or aware."""

    announced_at: datetime | None
    resets_end_at: datetime | None
    filing_closes_at: datetime | None
    live_at: datetime | None


NO_TIME = timedelta()


def as_if(timetable: Timetable, now: datetime) -> datetime:
    """The moment that the move goes by: now, unless a demonstration rehearses another hour (``clock_ahead``)."""
    return now + getattr(timetable, "clock_ahead", NO_TIME)


def era(timetable: Timetable, now: datetime) -> Era:
    """Where the court stands at that moment: the last of its hours that has come."""
    now = as_if(timetable, now)
    hours = (
        (Era.NEXTGEN, timetable.live_at),
        (Era.FILING_CLOSED, timetable.filing_closes_at),
        (Era.RESETS_OVER, timetable.resets_end_at),
        (Era.ANNOUNCED, timetable.announced_at),
    )
    return next((stands for stands, hour in hours if hour is not None and hour <= now), Era.CURRENTGEN)


def is_live(timetable: Timetable, now: datetime) -> bool:
    """Whether the court runs NextGen."""
    return era(timetable, now) is Era.NEXTGEN


def missed_days(timetable: Timetable, zone: str) -> frozenset[date]:
    """The court's days on which the clerk's office is inaccessible because of the move, weekends among them.

    A day counts from the hour at which filing closes; the day of going live does not, because filing opens on it
    (Fed. R. Civ. P. 6(a)(3), Fed. R. Bankr. P. 9006(a)(3), Fed. R. App. P. 26(a)(3)). Empty while no weekend is set.
    """
    if timetable.filing_closes_at is None or timetable.live_at is None:
        return frozenset()
    first, live = legal_day(timetable.filing_closes_at, zone), legal_day(timetable.live_at, zone)
    return frozenset(first + timedelta(days=n) for n in range((live - first).days))


def live_on(profile: Timetable, zone: str) -> date | None:
    """The court's day of going live; None while none is set."""
    return legal_day(profile.live_at, zone) if profile.live_at else None


def hours_to_come(timetable: Timetable, now: datetime) -> list[tuple[str, datetime, int, int]]:
    """The hours of the move that lie ahead: name of the setting, hour, whole days until then, and hours (begun)."""
    now = as_if(timetable, now)
    hours = [(name, hour) for name in HOURS if (hour := getattr(timetable, name)) is not None and hour > now]
    return [(name, hour, (hour - now).days, -((now - hour) // timedelta(hours=1))) for name, hour in hours]


NOTICE_LANGUAGE = "en"
"""In which every notice of the court is written; other languages are added to it."""


@dataclass(frozen=True)
class NoticeShown:
    """A numbered notice as somebody reads it. ``language``: the one that its words are in."""

    number: int
    published_at: datetime
    title: str
    text: str
    language: str


def notice_in(
    language: str, *, number: int, published_at: datetime, title: str, text: str,
    translations: Mapping[str, Mapping[str, str]],
) -> NoticeShown:  # fmt: skip
    """The notice in that language, in English where the court did not write it in that one."""
    if words := translations.get(language):
        return NoticeShown(number, published_at, words["title"], words["text"], language)
    return NoticeShown(number, published_at, title, text, NOTICE_LANGUAGE)


class SecondFactor(StrEnum):
    """What the court asks of those who file, besides the password."""

    NOT_ASKED = "not-asked"
    ANNOUNCED = "announced"
    """From a day to come; until then people are told, and file as before."""
    ASKED = "asked"


def second_factor(needs_from: date | None, *, today: date) -> SecondFactor:
    """Whether filing asks for a second factor on that day of the court; ``needs_from`` is the court's setting."""
    if needs_from is None:
        return SecondFactor.NOT_ASKED
    return SecondFactor.ASKED if needs_from <= today else SecondFactor.ANNOUNCED


class NoSuchSetting(Refusal):
    """A court has no such setting."""

    code = "no-such-setting"


class BadSetting(Refusal):
    """A setting cannot have this value."""

    code = "bad-setting"


class Settings(BaseModel):
    """What a court may change, as it is checked. A time without a zone is the court's own time."""

    model_config = ConfigDict(extra="forbid")

    announced_at: datetime | None = None
    resets_end_at: datetime | None = None
    filing_closes_at: datetime | None = None
    live_at: datetime | None = None
    emergency_email: str = ""
    offices: dict[str, str] = {}
    help_email: str = ""
    help_phone: Annotated[str, Field(max_length=40)] = ""
    pdf_megabytes: Annotated[int, Field(ge=1, le=500)] = 35
    pdf_external_links: bool = True
    pdf_forms: bool = False
    free_look_days: Annotated[int, Field(ge=1, le=365)] = 15
    summaries_at: time = time(0, 30)
    from_address: str = ""
    pool_address: str = ""
    filing_needs_mfa: date | None = None
    closed_days: list[date] = []
    registration: RegistrationProfile = RegistrationProfile()
    filing_fees: FilingFees = FilingFees()
    nextgen_links: Annotated[list[Link], Field(max_length=20)] = []
    terminal_networks: list[Annotated[str, AfterValidator(network)]] = []


_ADDRESSES = frozenset({"help_email", "from_address", "pool_address", "emergency_email"})
_MAY_BE_UNSET = frozenset({*HOURS, "filing_needs_mfa"})
_AS_JSON = frozenset({"offices", "closed_days", "registration", "filing_fees", "terminal_networks", "nextgen_links"})


def read_settings(words: Mapping[str, str], *, zone: str) -> dict[str, Any]:
    """Settings as they are typed (``live_at=2027-04-05T08:30``, ``closed_days=["2027-04-02"]``), as they are kept.

    Empty words for an hour or a day mean that it is not set. NoSuchSetting, BadSetting.
    """
    if unknown := sorted(set(words) - set(Settings.model_fields)):
        raise NoSuchSetting(
            f"There is no setting {', '.join(unknown)}. Settings are {', '.join(sorted(Settings.model_fields))}."
        )
    try:
        typed = {name: _plain(name, text) for name, text in words.items()}
        found = Settings.model_validate(typed)
    except (ValidationError, ValueError) as wrong:
        raise BadSetting(_said(wrong)) from None
    for name in _ADDRESSES & set(words):
        address = getattr(found, name)
        if address and not looks_like_address(address) or (name == "from_address" and not address):
            raise BadSetting(f"{name}: {address!r} is not an e-mail address.")
    for name in HOURS:
        hour = getattr(found, name)
        if hour is not None and hour.tzinfo is None:
            setattr(found, name, hour.replace(tzinfo=ZoneInfo(zone)))
    kept = {name: getattr(found, name) for name in words}
    if "filing_fees" in kept:
        kept["filing_fees"] = found.filing_fees.model_dump(mode="json", exclude_defaults=True)
    if "registration" in kept:
        kept["registration"] = found.registration.model_dump(mode="json", exclude_defaults=True)
    if "nextgen_links" in kept:
        kept["nextgen_links"] = [link.model_dump(mode="json") for link in found.nextgen_links]
    return kept


def require_events(fees: Mapping[str, Any], *, known: Collection[str]) -> None:
    """Filing fees name events that there are: a code that is mistyped would charge nobody, and nobody would see it. BadSetting."""
    unknown = sorted(set(fees.get("amounts", {})) - set(known))
    if not unknown:
        return
    near = [one for code in unknown for one in get_close_matches(code, known, n=1)]
    said = f"filing_fees: this court has no event {', '.join(unknown)}. Nothing was changed."
    raise BadSetting(f"{said} Is it {', '.join(near)}?" if near else said)


def as_typed(value: object, *, zone: str) -> str:
    """A setting as it is kept, in words with which it could be typed again; hours are the court's own."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime():
            here = value.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            return here.isoformat() if here.second or here.microsecond else here.isoformat(timespec="minutes")
        case time():
            return value.isoformat(timespec="minutes")
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def require_order(timetable: Timetable) -> None:
    """The hours of the move come one after another. BadSetting."""
    hours = [(name, hour) for name in HOURS if (hour := getattr(timetable, name)) is not None]
    for (before, earlier), (after, later) in zip(hours, hours[1:], strict=False):
        if earlier > later:
            raise BadSetting(f"{before} must not be later than {after}.")
    if timetable.filing_closes_at and not timetable.live_at:
        raise BadSetting("filing_closes_at needs live_at: filing must open again at some hour.")


def _plain(name: str, text: str) -> Any:
    if name in _AS_JSON:
        return json.loads(text)
    return None if name in _MAY_BE_UNSET and not text else text


def _said(wrong: ValueError) -> str:
    if isinstance(wrong, ValidationError):
        return "; ".join(f"{'.'.join(map(str, line['loc']))}: {line['msg']}" for line in wrong.errors())
    return f"That is not JSON: {wrong}"
