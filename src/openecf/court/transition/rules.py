"""Decisions about a court's move to NextGen, and what its settings may be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Protocol
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from openecf.kernel.days import legal_day
from openecf.kernel.names import looks_like_address
from openecf.kernel.refusal import Refusal


class GoesLive(Protocol):
    """What a profile tells about the move."""

    live_at: datetime | None


def is_live(profile: GoesLive, now: datetime) -> bool:
    """Whether the court runs NextGen: people sign on with PACER and link their court-issued accounts."""
    return profile.live_at is not None and profile.live_at <= now


def live_on(profile: GoesLive, zone: str) -> date | None:
    """The court's day of going live; None while none is set."""
    return legal_day(profile.live_at, zone) if profile.live_at else None


class NoSuchSetting(Refusal):
    """A court has no such setting."""

    code = "no-such-setting"


class BadSetting(Refusal):
    """A setting cannot have this value."""

    code = "bad-setting"


class Settings(BaseModel):
    """What a court may change, as it is checked. A time without a zone is the court's own time."""

    model_config = ConfigDict(extra="forbid")

    live_at: datetime | None = None
    offices: dict[str, str] = {}
    help_email: str = ""
    help_phone: Annotated[str, Field(max_length=40)] = ""
    pdf_megabytes: Annotated[int, Field(ge=1, le=500)] = 35
    pdf_external_links: bool = True
    pdf_forms: bool = False
    free_look_days: Annotated[int, Field(ge=1, le=365)] = 15
    from_address: str = ""
    pool_address: str = ""
    closed_days: list[date] = []


_ADDRESSES = frozenset({"help_email", "from_address", "pool_address"})
_AS_JSON = frozenset({"offices", "closed_days"})


def read_settings(words: Mapping[str, str], *, zone: str) -> dict[str, Any]:
    """Settings as they are typed (``live_at=2027-04-05T08:30``, ``closed_days=["2027-04-02"]``), as they are kept.

    Empty words for ``live_at`` mean that no day is set. NoSuchSetting, BadSetting.
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
    if found.live_at and found.live_at.tzinfo is None:
        found.live_at = found.live_at.replace(tzinfo=ZoneInfo(zone))
    return {name: getattr(found, name) for name in words}


def _plain(name: str, text: str) -> Any:
    if name in _AS_JSON:
        return json.loads(text)
    return None if name == "live_at" and not text else text


def _said(wrong: ValueError) -> str:
    if isinstance(wrong, ValidationError):
        return "; ".join(f"{'.'.join(map(str, line['loc']))}: {line['msg']}" for line in wrong.errors())
    return f"That is not JSON: {wrong}"
