"""The messages that travel between sites. One frozen record per kind; its ``type`` names it on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from openecf.platform.registering.profile import RegistrationProfile


class Message(BaseModel):
    """A fact that one site tells another."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    type: ClassVar[str]


class UsageRecorded(Message):
    """Court → central: a person looked at something that is billed by the page. ``cents`` is after exemption."""

    type: ClassVar[str] = "usage.recorded"
    account: UUID
    court: str
    at: datetime
    client_code: str
    description: str
    criteria: str
    pages: int
    cents: int
    exempt: bool = False


class AccountLinked(Message):
    """Court → central: a court-issued login now belongs to this account."""

    type: ClassVar[str] = "account.linked"
    account: UUID
    court: str
    role: str
    at: datetime


class SessionsRevoked(Message):
    """Central → court: sessions that must end (``sids`` are the court's own session ids)."""

    type: ClassVar[str] = "sessions.revoked"
    sids: tuple[str, ...]
    at: datetime


class CourtStatus(Message):
    """Court → central: how the court stands, for the public list of courts."""

    type: ClassVar[str] = "court.status"
    court: str
    at: datetime
    era: str
    live_on: date | None
    cases: int
    software: str
    filing_needs_mfa: date | None = None
    """From which day of the court filing asks for a second factor."""
    registration: RegistrationProfile = RegistrationProfile()
    help_email: str = ""
    help_phone: str = ""


class BannerSet(Message):
    """Central → court: what pages say above all else for a while, in three languages; or that they do no more."""

    type: ClassVar[str] = "banner.set"
    id: UUID
    severity: Literal["info", "warning", "emergency"]
    en: str
    es: str
    ht: str
    begins_at: datetime
    ends_at: datetime
    courts: tuple[str, ...]
    withdrawn_at: datetime | None
    changed_at: datetime


class AccountMerged(Message):
    """Central → court: a duplicate account was closed; what was linked to it goes on with another of the same person."""

    type: ClassVar[str] = "account.merged"
    account: UUID
    into: UUID
    number: str
    at: datetime


MESSAGES: dict[str, type[Message]] = {kind.type: kind for kind in Message.__subclasses__()}
