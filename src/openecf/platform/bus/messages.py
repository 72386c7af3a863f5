"""The messages that travel between sites. One frozen record per kind; its ``type`` names it on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from openecf.platform.registering.application import Application
from openecf.platform.registering.particulars import ChangeKind, SaidAddress, SaidEnd, SaidName, Why
from openecf.platform.registering.profile import RegistrationProfile


class Message(BaseModel):
    """A fact that one site tells another."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    type: ClassVar[str]


class UsageRecorded(Message):
    """Court → central: a person looked at something that is billed by the page. ``cents`` is after exemption;
    ``exempt_for`` is the purpose, if it was exempt."""

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
    exempt_for: str = ""


class ExemptionChanged(Message):
    """Central → court: somebody may read here without paying for a purpose, or may not any more (``ended``).

    ``case`` is the one case that it is bound to, or "". The latest ``at`` counts, in whatever order they come.
    """

    type: ClassVar[str] = "exemption.changed"
    exemption: UUID
    account: UUID
    purpose: str
    case: str
    since: date
    until: date | None
    ended: bool
    at: datetime


class AccountLinked(Message):
    """Court → central: a court-issued login now belongs to this account."""

    type: ClassVar[str] = "account.linked"
    account: UUID
    court: str
    role: str
    at: datetime


class AccountStanding(Message):
    """Court → central: how a linked account stands there: suspended from filing or let in again, or linked no more.

    The latest ``at`` counts, in whatever order they come, also beside AccountLinked. ``said``: the court's reason.
    """

    type: ClassVar[str] = "account.standing"
    account: UUID
    court: str
    at: datetime
    linked: bool
    suspended: bool
    said: str = ""


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
    filing_closes_at: datetime | None = None
    live_at: datetime | None = None
    """The weekend of the move: between the two nothing can be filed."""
    resets_end_at: datetime | None = None
    """Until when the court's own passwords are reset by mail."""


class RegistrationRequested(Message):
    """Central → court: a person asks to file there. ``version`` counts what was sent: the answer to a question is 2."""

    type: ClassVar[str] = "registration.requested"
    request: UUID
    version: int
    at: datetime
    account: UUID
    number: str
    username: str
    language: str
    application: Application


class RegistrationPaper(Message):
    """Central → court: one piece, in base 64, of a PDF that came with a request; ``part`` from 0 up, of ``parts``."""

    type: ClassVar[str] = "registration.paper"
    request: UUID
    sha256: str
    part: int
    parts: int
    data: str


class RegistrationWithdrawn(Message):
    """Central → court: the applicant takes the request back."""

    type: ClassVar[str] = "registration.withdrawn"
    request: UUID
    at: datetime


class RegistrationAnswered(Message):
    """Court → central: what became of a request. ``step`` counts what the court did with it, so that order shows."""

    type: ClassVar[str] = "registration.answered"
    request: UUID
    version: int
    step: int
    at: datetime
    court: str
    status: Literal["received", "more", "fee-due", "approved", "rejected", "fee-paid", "fee-waived", "fee-refunded"]
    """``fee-due``: approved, with access as soon as the fee is paid or waived."""
    said: str = ""
    login: str = ""
    group: str = ""
    fee_cents: int = 0
    fee_paid: bool = False
    fee_waived: bool = False
    fee_page: str = ""
    """Where the applicant pays the fee on line; "" where the court takes no payments on line."""


class FilerContactChanged(Message):
    """Central → court: where the person wants notices to go, in what form and how often, and what the person reads.

    ``summary``: once a day instead of for each filing; ``tells_silence``: also on a day without any.
    """

    type: ClassVar[str] = "filer.contact"
    account: UUID
    at: datetime
    email: str
    wants_text: bool
    summary: bool = False
    tells_silence: bool = False
    language: str = ""


class ChangeRequested(Message):
    """Central → court: a person who files there asks it to change what it holds: ``said`` is as ``kind`` has it.

    A later one of the same person and kind (by ``at``) replaces an earlier one that waits, in whatever order they come.
    """

    type: ClassVar[str] = "change.requested"
    request: UUID
    at: datetime
    account: UUID
    number: str
    kind: ChangeKind
    said: SaidName | SaidAddress | SaidEnd


class ChangeAnswered(Message):
    """Court → central: what became of a change that a person asked for. ``said``: the clerk's words; ``why``: the reason
    of a court whose software refused it (``refused``)."""

    type: ClassVar[str] = "change.answered"
    request: UUID
    court: str
    at: datetime
    status: Literal["received", "accepted", "rejected", "refused"]
    said: str = ""
    why: Why = ""


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
