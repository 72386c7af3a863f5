"""From the first question of a request to its messages to the court."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from openecf.central.registration import queries, rules
from openecf.central.registration.models import (
    ContactAsked,
    ContactSaid,
    EfileRequest,
    FilerContact,
    RequestNews,
    RequestPaper,
    Status,
)
from openecf.central.registration.services.changing import changes_follow
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import RegistrationPaper, RegistrationRequested, RegistrationWithdrawn
from openecf.platform.pdf.examining import examine
from openecf.platform.registering.answers import unanswered
from openecf.platform.registering.application import Application, Bar, UploadedPaper
from openecf.platform.registering.frequency import SUMMARY
from openecf.platform.registering.profile import RegistrationProfile, in_language
from openecf.platform.registering.roles import Kind
from openecf.platform.store import services as store
from openecf.platform.store.holding import one_at_a_time
from openecf.platform.throttle import services as throttle

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

_HOUR = timedelta(hours=1)
_SENT_PER_HOUR = 20
PAPERS_PER_HOUR = 60
PIECE = 225_000
"""Bytes of a PDF in one message: 300,000 characters in base 64, so that an envelope takes one at least."""


class CannotRegister(Refusal):
    """The request was not begun, or not sent."""

    code = "cannot-register"


class NotOffered(CannotRegister):
    """The account may not register, or the court takes no registrations of this kind here."""

    said = gettext_lazy("This court does not take this registration here.")
    code = "not-offered"


class AlreadyThere(CannotRegister):
    """The account is linked at that court, and may file: nothing to register for."""

    said = gettext_lazy("Your account is linked at this court already: you can file there now.")
    code = "already-there"


class OpenAlready(CannotRegister):
    """One request to a court at a time; ``facts["request"]`` is the open one's id."""

    said = gettext_lazy("You have a request at this court that is not decided yet. There is one at a time.")
    code = "open-already"


class NotAsked(CannotRegister):
    """The request cannot be changed: it was sent, decided or taken back."""

    said = gettext_lazy(
        "This request was sent already, or is over. It can be changed only while the court asks for more."
    )
    code = "not-asked"


class NotComplete(CannotRegister):
    """A step is missing; ``facts["step"]`` is the first."""

    said = gettext_lazy("Something is missing yet. Complete this step, then send your request.")
    code = "not-complete"


class TooOften(CannotRegister):
    """One account sends request after request; each takes a clerk's time."""

    said = gettext_lazy("You sent requests many times within an hour. Try again in an hour.")
    code = "too-often"


class TooManyPapers(CannotRegister):
    """One account uploads paper after paper; each is kept."""

    said = gettext_lazy("You uploaded many documents within an hour. Try again in an hour.")
    code = "too-many-papers"


class PaperLost(CannotRegister):
    said = gettext_lazy("The file was lost on its way. Send it once more.")
    code = "paper-lost"


def begin(*, account: Account, court: str, kind: Kind, at: datetime) -> EfileRequest:
    """A new request of the person to a court, or the one that was begun and not sent yet. CannotRegister."""
    _require_offer(account, court, kind)
    with transaction.atomic():
        found = queries.open_at(account=account.id, court=court)
        if found is None:
            try:
                with transaction.atomic():
                    found = EfileRequest.objects.create(
                        account_id=account.id, court=court, kind=kind, begun_at=at, changed_at=at
                    )
                    _record("registration.begun", account, found, at)
            except IntegrityError:  # two clicks at once: the first one's draft
                found = queries.open_at(account=account.id, court=court)
        if found is None or found.status != Status.DRAFT:
            raise OpenAlready(request=found.id if found else None)
        if found.kind != kind:
            found.kind, found.role, found.answers = kind, "", {}
            found.save(update_fields=["kind", "role", "answers"])
            found.papers.all().delete()
    return found


def save_step(*, request_id: UUID, step: rules.StepName, answers: Mapping[str, object], at: datetime) -> None:
    """Keep the cleaned answers of a step, ready for JSON. NotAsked.

    The role decides what else is asked, so a court's form that was answered for another role is asked anew.
    """
    with transaction.atomic():
        request = _editable(request_id)
        request.answers[step] = dict(answers)
        if step == "role":
            request.role = str(answers["role"])
        request.changed_at = at
        request.save(update_fields=["answers", "role", "changed_at"])


def keep_paper(*, request_id: UUID, name: str, file: BinaryIO, filename: str, megabytes: int, at: datetime) -> None:
    """Check an uploaded PDF and keep it under a paper's name, in place of the one before. NotAsked, BadPdf, StoreFull,
    TooManyPapers, PaperLost."""
    owner = EfileRequest.objects.filter(id=request_id).values_list("account_id", flat=True).first()
    if throttle.count(key=f"registration-papers:{owner}", window=_HOUR, now=at) > PAPERS_PER_HOUR:
        raise TooManyPapers
    with tempfile.TemporaryFile() as copy:
        found, _size = examine(
            file=file, copy=copy, filename=filename, megabytes=megabytes, forms_allowed=False, links_allowed=True
        )
        stored = store.put(store.pieces(copy), sealed=True)
    facts = {"filename": filename[-200:], "sha256": stored.sha256, "bytes": stored.bytes, "pages": found.pages}
    with transaction.atomic():
        one_at_a_time(stored.sha256)
        if not store.has(stored.sha256, sealed=True):
            raise PaperLost  # an old ticket had the same file, whose bytes were dropped at this moment
        request = _editable(request_id)
        RequestPaper.objects.update_or_create(request=request, name=name, defaults=facts | {"sent": False})
        EfileRequest.objects.filter(id=request_id).update(changed_at=at)


def drop_paper(*, request_id: UUID, name: str) -> None:
    """Take an uploaded paper away again. NotAsked."""
    with transaction.atomic():
        _editable(request_id).papers.filter(name=name).delete()


def submit(*, account: Account, request_id: UUID, language: str, at: datetime) -> EfileRequest:
    """Send the request, or the answer to the court's question. NotAsked, NotComplete, NotOffered, AlreadyThere.

    TooOften. The papers go first, each in pieces; the court takes them in any order.
    """
    if throttle.count(key=f"registration:{account.id}", window=_HOUR, now=at) > _SENT_PER_HOUR:
        raise TooOften
    with transaction.atomic():
        request = _editable(request_id)
        _require_offer(account, request.court, request.kind)
        profile = queries.profile_for(request)
        if request.role not in profile.accepts:
            raise NotComplete(step="role")
        form = profile.form_for(request.role, is_new=queries.is_new_there(request))
        if step := queries.missing_step(request, profile):
            raise NotComplete(step=step)
        if form and unanswered(form, request.answers["form"]):
            raise NotComplete(step="form")
        papers = list(request.papers.filter(name__in=[paper.name for paper in profile.papers_for(request.role)]))
        request.status, request.version, request.language = Status.SUBMITTED, request.version + 1, language
        request.sent_at = request.changed_at = at
        request.save()
        RequestNews.objects.create(request=request, version=request.version, at=at, what=Status.SUBMITTED)
        for paper in papers:
            if not paper.sent:
                _send_paper(request, paper, at)
        request.papers.filter(id__in=[paper.id for paper in papers]).update(sent=True)
        _send(account, request, profile, papers, at)
    return request


def _send(
    account: Account, request: EfileRequest, profile: RegistrationProfile, papers: list[RequestPaper], at: datetime
) -> None:
    message = RegistrationRequested(
        request=request.id,
        version=request.version,
        at=at,
        account=account.id,
        number=account.number,
        username=account.username,
        language=request.language,
        application=_application(account, request, profile, papers),
    )
    bus.put(to=request.court, message=message, at=at)
    _record("registration.sent", account, request, at, version=request.version)


def bring_in(
    *, account: Account, request_id: UUID, court: str, kind: Kind, answers: Mapping[str, dict[str, object]],
    profile: RegistrationProfile, at: datetime,
) -> None:  # fmt: skip
    """A request that is sent whole, without its steps (the demonstration). Once: a second call changes nothing."""
    with transaction.atomic():
        request, made = EfileRequest.objects.get_or_create(
            id=request_id,
            defaults={
                "account_id": account.id,
                "court": court,
                "kind": kind,
                "role": answers["role"]["role"],
                "status": Status.SUBMITTED,
                "version": 1,
                "answers": dict(answers),
                "begun_at": at,
                "changed_at": at,
                "sent_at": at,
            },
        )
        if made:
            RequestNews.objects.create(request=request, version=1, at=at, what=Status.SUBMITTED)
            _send(account, request, profile, [], at)


def withdraw(*, account: Account, request_id: UUID, at: datetime) -> bool:
    """Take a request back; one that was never sent is forgotten. NotAsked when it is decided.

    Whether there still is a request to look at.
    """
    with transaction.atomic():
        request = EfileRequest.objects.select_for_update().filter(id=request_id, account_id=account.id).first()
        if request is None or request.status not in rules.OPEN:
            raise NotAsked
        _record("registration.withdrawn", account, request, at)
        return _take_back(request, at)


def _take_back(request: EfileRequest, at: datetime) -> bool:
    if not request.version:
        request.delete()
        return False
    request.status, request.changed_at = Status.WITHDRAWN, at
    request.save(update_fields=["status", "changed_at"])
    RequestNews.objects.create(request=request, version=request.version, at=at, what=Status.WITHDRAWN)
    bus.put(to=request.court, message=RegistrationWithdrawn(request=request.id, at=at), at=at)
    return True


def follow(*, account: UUID, into: UUID, by: str, at: datetime) -> None:
    """A duplicate account was closed: its requests go on as those of the other. Inside the caller's transaction.

    Where both wait at one court, the one of the closed account is taken back; courts hear of the merger themselves.
    """
    both = EfileRequest.objects.filter(account_id=into, status__in=rules.OPEN).values_list("court", flat=True)
    for request in EfileRequest.objects.select_for_update().filter(
        account_id=account, status__in=rules.OPEN, court__in=list(both)
    ):
        _take_back(request, at)
    moved = EfileRequest.objects.filter(account_id=account).update(account_id=into)
    changes_follow(account=account, into=into)
    ContactAsked.objects.filter(account_id=account).delete()
    if not FilerContact.objects.filter(account_id=into).exists():
        FilerContact.objects.filter(account_id=account).update(account_id=into)
        ContactSaid.objects.filter(account_id=account).update(account_id=into)
    if moved:
        audit.record(act="registration.followed", by=by, at=at, subject=str(into), closed=str(account), requests=moved)


def _editable(request_id: UUID) -> EfileRequest:
    request = EfileRequest.objects.select_for_update().filter(id=request_id, status__in=rules.EDITABLE).first()
    if request is None:
        raise NotAsked
    return request


def _require_offer(account: Account, court: str, kind: Kind) -> queries.CourtOffer:
    welcome = rules.standing(
        upgraded=account.is_upgraded, is_administrative=account.is_administrative, shared=account.is_shared
    )
    found = queries.offer_of(court, kind=kind)
    if welcome is not rules.Standing.WELCOME or found is None or not found.is_open:
        raise NotOffered
    if queries.linked_at(account=account.id, court=court) and not queries.again(
        account=account.id, court=court, kind=kind
    ):
        raise AlreadyThere
    return found


def _send_paper(request: EfileRequest, paper: RequestPaper, at: datetime) -> None:
    parts = -(-paper.bytes // PIECE)
    with store.open(paper.sha256, sealed=True) as file:
        for part in range(parts):
            message = RegistrationPaper(
                request=request.id,
                sha256=paper.sha256,
                part=part,
                parts=parts,
                data=base64.b64encode(file.read(PIECE)).decode(),
            )
            bus.put(to=request.court, message=message, at=at, soon=False)


def _application(
    account: Account, request: EfileRequest, profile: RegistrationProfile, papers: list[RequestPaper]
) -> Application:
    said = request.answers
    filer, notices = said["filer"], said["notices"]
    labels = {paper.name: in_language(paper.label, "en") for paper in profile.papers}
    form = profile.form_for(request.role, is_new=queries.is_new_there(request))
    asked_bars = request.kind == "attorney" and profile.bars != "none"
    return Application(
        role=request.role,
        files_here_already=not queries.is_new_there(request),
        prefix=account.prefix,
        first_name=account.first_name,
        middle_name=account.middle_name,
        last_name=account.last_name,
        generation=account.generation,
        other_names=filer.get("other_names", ""),
        firm=filer.get("firm", ""),
        address_lines=[line.strip() for line in filer["address"].splitlines() if line.strip()],
        phone=filer["phone"],
        fax=filer.get("fax", ""),
        case_number=said["role"].get("case_number", ""),
        email=notices["email"],
        email_proved=queries.proved(account, email=notices["email"]),
        extra_emails=notices.get("extra_emails", []),
        wants_text=notices["form"] == "text",
        summary=notices.get("often") == SUMMARY,
        tells_silence=notices.get("often") == SUMMARY and bool(notices.get("silence")),
        bars=[Bar.model_validate(bar) for bar in said["bars"]["bars"]] if asked_bars else [],
        papers=[
            UploadedPaper(
                name=paper.name,
                label=labels[paper.name][:200],
                filename=paper.filename,
                sha256=paper.sha256,
                bytes=paper.bytes,
                pages=paper.pages,
            )
            for paper in papers
        ],
        acknowledged=[policy.name for policy in profile.policies_for(request.role)],
        form=form,
        answers=said["form"] if form else {},
    )


def _record(act: str, account: Account, request: EfileRequest, at: datetime, **facts: object) -> None:
    audit.record(act=act, by=str(account.id), at=at, subject=f"request:{request.id}", court=request.court, **facts)
