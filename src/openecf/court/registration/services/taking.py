"""What comes over the bus: requests, their papers in pieces, withdrawals, and where people want their notices.

Every message may come many times and in any order; each function leaves the same behind however that was.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import tempfile
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from openecf.court.people import services as people
from openecf.court.registration import queries
from openecf.court.registration.models import (
    FilingRequest,
    PaperPiece,
    ReceivedPaper,
    RequestAct,
    RequestVersion,
    SaidContact,
    Status,
)
from openecf.court.registration.rules import OPEN, REJECTABLE
from openecf.court.registration.services.answering import answer
from openecf.court.transition import queries as transition
from openecf.kernel.names import PersonName, looks_like_address
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.bus.handlers import CannotApply
from openecf.platform.bus.messages import (
    FilerContactChanged,
    RegistrationPaper,
    RegistrationRequested,
    RegistrationWithdrawn,
)
from openecf.platform.pdf.examining import BadPdf, examine
from openecf.platform.store import services as store

CENTRAL = "central"
MOST_PARTS = 100
LARGEST_PIECE = 400_000
"""Characters of a piece in base 64; with MOST_PARTS thirty megabytes, more than any profile allows."""


class NotYet(Refusal):
    """Another message has to come first; the sender brings this one again."""

    said = "The request has not arrived yet."


def take(*, message: RegistrationRequested, sender: str, at: datetime) -> None:
    """A request, or what its applicant changed. An older version that comes late is kept and changes nothing else."""
    _from_central(sender)
    if not looks_like_address(message.application.email):
        raise CannotApply("The request names no e-mail address.")
    said = message.application.model_dump(mode="json")
    with transaction.atomic():
        row, made = FilingRequest.objects.select_for_update().get_or_create(
            id=message.request, defaults=_facts(message, said) | {"account": message.account, "received_at": at}
        )
        if row.account != message.account:
            # Two accounts of one person became one, and this court has not heard of it yet: the sender tries again.
            raise NotYet("The request belongs to another account.")
        _version, fresh = RequestVersion.objects.get_or_create(
            request=row, version=message.version, defaults={"application": said, "sent_at": message.at}
        )
        if not fresh or (not made and message.version <= row.version) or row.status not in OPEN:
            return
        if not made:
            for name, value in _facts(message, said).items():
                setattr(row, name, value)
            row.status = Status.PENDING
        RequestAct.objects.create(request=row, at=message.at, by=f"account:{row.account}", what="sent")
        answer(row, "received", at=at)
        record(act="registration.received", by=sender, at=at, subject=f"request:{row.id}", version=row.version)


def _facts(message: RegistrationRequested, said: dict) -> dict[str, object]:
    """The columns that a newer version replaces."""
    one = message.application
    profile = transition.registration(transition.profile())
    if queries.suspended_among([message.account]):
        profile = profile.for_reinstatement()
    offer = profile.accepts.get(one.role)
    name = PersonName(last=one.last_name, first=one.first_name, generation=one.generation).inverted
    return {
        "account_number": message.number,
        "username": message.username,
        "language": message.language,
        "role": one.role,
        "name": name[:200],
        "email": one.email,
        "version": message.version,
        "application": said,
        "sent_at": message.at,
        "changed_at": message.at,
        "fee_cents": offer.fee_cents if offer else 0,
    }


def take_withdrawal(*, message: RegistrationWithdrawn, sender: str, at: datetime) -> None:
    """The applicant takes the request back. A decision that came before stands. NotYet."""
    _from_central(sender)
    with transaction.atomic():
        row = FilingRequest.objects.select_for_update().filter(id=message.request).first()
        if row is None:
            raise NotYet
        if row.status not in REJECTABLE:
            return
        # A payment that is on its way still, or came for a request that went back to the desk, is given back.
        row.refund_due = row.refund_due or row.fee_paid_at is not None
        row.status, row.changed_at = Status.WITHDRAWN, at
        row.save(update_fields=["status", "changed_at", "refund_due"])
        RequestAct.objects.create(request=row, at=message.at, by=f"account:{row.account}", what="withdrawn")
        record(act="registration.withdrawn", by=sender, at=at, subject=f"request:{row.id}")


def take_paper(*, message: RegistrationPaper, sender: str, at: datetime) -> None:
    """A piece of a PDF. With the last one the whole is checked, hash and content, and goes into the store.

    A piece waits for the pieces that are handled at the same moment, so that one of them sees all.
    """
    _from_central(sender)
    if not (0 <= message.part < message.parts <= MOST_PARTS) or len(message.data) > LARGEST_PIECE:
        raise CannotApply("The piece is larger than pieces are, or none of its document.")
    try:
        data = base64.b64decode(message.data, validate=True)
    except binascii.Error:
        raise CannotApply("The piece is not in base 64.") from None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"registration-paper:{message.sha256}"])
        if ReceivedPaper.objects.filter(sha256=message.sha256).exists():
            return
        PaperPiece.objects.get_or_create(sha256=message.sha256, part=message.part, defaults={"data": data})
        pieces = PaperPiece.objects.filter(sha256=message.sha256)
        if pieces.count() == message.parts:
            _assemble(message.sha256, at)


def _assemble(sha256: str, at: datetime) -> None:
    pieces = PaperPiece.objects.filter(sha256=sha256).order_by("part")
    whole = io.BytesIO(b"".join(bytes(piece.data) for piece in pieces))
    # Before the store sees them: equal bytes are kept once, and what is put there only to be dropped may be a document's.
    if hashlib.sha256(whole.getbuffer()).hexdigest() != sha256:
        raise CannotApply("The pieces make another document than was announced.")
    size, wrong = whole.getbuffer().nbytes, ""
    with tempfile.TemporaryFile() as copy:
        try:
            examine(
                file=whole,
                copy=copy,
                filename="paper.pdf",
                megabytes=MOST_PARTS,
                forms_allowed=True,
                links_allowed=True,
            )
        except BadPdf as bad:
            wrong = bad.code
            copy.seek(0)
        whole.seek(0)
        stored = store.put(store.pieces(whole), sealed=True)
    ReceivedPaper.objects.create(sha256=stored.sha256, bytes=size, wrong=wrong, received_at=at)
    pieces.delete()
    record(act="registration.paper-received", by=CENTRAL, at=at, subject=f"paper:{sha256[:16]}", wrong=wrong)


def take_contact(*, message: FilerContactChanged, sender: str, at: datetime) -> None:
    """Where a person wants notices. The newest word counts, whichever comes last."""
    _from_central(sender)
    if not looks_like_address(message.email):
        raise CannotApply("That is no e-mail address.")
    with transaction.atomic():
        said, made = SaidContact.objects.select_for_update().get_or_create(
            account=message.account, defaults={"at": message.at}
        )
        if not made and said.at >= message.at:
            return
        SaidContact.objects.filter(account=message.account).update(at=message.at)
        people.set_contact(
            account=message.account, email=message.email, wants_text=message.wants_text, summary=message.summary,
            tells_silence=message.tells_silence, language=message.language, at=at,
        )  # fmt: skip


def follow_merger(*, account: UUID, into: UUID, number: str, at: datetime) -> None:
    """A duplicate account was closed: its requests here are those of the other. Twice changes nothing."""
    with transaction.atomic():
        moved = FilingRequest.objects.filter(account=account).update(account=into, account_number=number)
        SaidContact.objects.filter(account=account).delete()
        if moved:
            record(act="registration.followed", by=CENTRAL, at=at, subject=str(into), closed=str(account))


def _from_central(sender: str) -> None:
    if sender != CENTRAL:
        raise CannotApply(f"{sender} sends no registrations.")
