"""Files of tickets: what is taken, how it is kept, who gets it.

A PDF is inspected as a court's is and kept as it was sent; a picture is drawn anew. Both are sealed in the document
store. Nothing else is taken. A file leaves only as a download, to the ticket's owner and to the desk.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import BinaryIO, Protocol

from django.utils.translation import gettext, gettext_lazy

from openecf.central.service_center.models import Attachment, Post, Ticket
from openecf.central.service_center.queries import Staff
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.pdf.examining import BadPdf, examine
from openecf.platform.pdf.lying import path_of
from openecf.platform.pictures.redrawing import BadPicture, redraw
from openecf.platform.store import services as store
from openecf.platform.store.holding import one_at_a_time
from openecf.platform.throttle import services as throttle

AT_ONCE = 3
PER_TICKET = 12
MEGABYTES = 5
LARGEST_BODY = AT_ONCE * MEGABYTES * 1_000_000 + 500_000
"""Bytes that a request with as many files as are taken may bring."""
_HOUR = timedelta(hours=1)
_PER_HOUR = 20
_KINDS = {".pdf": "pdf", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}
ACCEPTED = ".pdf,.png,.jpg,.jpeg"
_ODD = re.compile(r"[^\w .()-]+")


class NotTaken(Refusal):
    """A file cannot be attached."""

    def __init__(self, name: str, why: object) -> None:
        super().__init__(f"{name}: {why}")


class TooManyFiles(Refusal):
    said = gettext_lazy("Attach at most three files at once, and twelve to a ticket.")
    code = "too-many-files"


class TooManyInAnHour(Refusal):
    said = gettext_lazy("That is a lot of files in an hour. Wait a while, or send the text without them.")
    code = "too-many"


class Sent(Protocol):
    """A file as a form hands it over."""

    name: str
    file: BinaryIO


@dataclass(frozen=True)
class Kept:
    """A file that was looked at and is in the store."""

    name: str
    kind: str
    sha256: str
    bytes: int


def keep(files: Sequence[Sent], *, whose: str, at: datetime) -> list[Kept]:
    """Look at files and store them. ``whose``: for whom they are counted. NotTaken, TooManyFiles, TooManyInAnHour, StoreFull.

    Before the transaction of the post that names them: what is stored for a post that is not written is nobody's.
    """
    if len(files) > AT_ONCE:
        raise TooManyFiles
    for _file in files:
        if throttle.count(key=f"ticket-files:{whose}", window=_HOUR, now=at) > _PER_HOUR:
            raise TooManyInAnHour
    return [_kept(each.file, plain_name(each.name)) for each in files]


def attach(post: Post, kept: Sequence[Kept]) -> None:
    """Write what was kept to its post. Inside the post's transaction. TooManyFiles; NotTaken if the bytes, which an old
    ticket had, too, were dropped meanwhile."""
    for one in sorted(kept, key=lambda each: each.sha256):
        one_at_a_time(one.sha256)
        if not store.has(one.sha256, sealed=True):
            raise NotTaken(one.name, gettext("The file was lost on its way. Send it once more."))
    if kept and Attachment.objects.filter(post__ticket_id=post.ticket_id).count() + len(kept) > PER_TICKET:
        raise TooManyFiles
    Attachment.objects.bulk_create(
        [Attachment(post=post, name=one.name, kind=one.kind, sha256=one.sha256, bytes=one.bytes) for one in kept]
    )


def plain_name(name: str) -> str:
    """A file's name as it may be shown and handed out: no folders, no odd characters, not endless."""
    path = PurePath(_ODD.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" ."))
    return f"{path.stem[:100].strip(' .') or 'file'}{path.suffix.lower()[:6]}"


def _kept(file: BinaryIO, name: str) -> Kept:
    kind = _KINDS.get(PurePath(name).suffix)
    if kind is None:
        raise NotTaken(name, gettext("Only PDF, PNG and JPEG files are taken."))
    try:
        return _pdf(file, name) if kind == "pdf" else _picture(file, name)
    except BadPdf as refusal:
        said = gettext("The file is larger than 5 MB.") if refusal.code == "too-large" else refusal.said
        raise NotTaken(name, said) from None
    except BadPicture as refusal:
        raise NotTaken(name, refusal.said) from None


def _pdf(file: BinaryIO, name: str) -> Kept:
    with tempfile.TemporaryFile() as copy:
        examine(file=file, copy=copy, filename=name, megabytes=MEGABYTES, forms_allowed=True, links_allowed=True)
        stored = store.put(store.pieces(copy), sealed=True)
    return Kept(name, "pdf", stored.sha256, stored.bytes)


def _picture(file: BinaryIO, name: str) -> Kept:
    with ExitStack() as stack:
        source, target = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(2))
        size = 0
        for piece in store.pieces(file):
            size += len(piece)
            if size > MEGABYTES * 1_000_000:
                raise NotTaken(name, gettext("The file is larger than 5 MB."))
            source.write(piece)
        source.flush()
        kind = redraw(path_of(source), path_of(target))
        stored = store.put(store.pieces(target), sealed=True)
    suffix = ".png" if kind == "png" else ".jpg"
    return Kept(PurePath(name).stem + suffix, kind, stored.sha256, stored.bytes)


def opened(*, ticket: Ticket, attachment: int, staff: Staff | None, at: datetime) -> tuple[Attachment, BinaryIO] | None:
    """A file of this ticket, and its bytes; None if it has none such, or if only the staff may have it.

    Who opened it at the desk is in the record.
    """
    found = Attachment.objects.filter(id=attachment, post__ticket=ticket, removed_at=None)
    row = found.first() if staff else found.filter(post__internal=False).first()
    if row is None:
        return None
    if staff:
        audit.record(act="service.ticket-file-opened", by=staff.ref, at=at, subject=f"ticket:{ticket.number}",
                     attachment=row.id, sha256=row.sha256)  # fmt: skip
    return row, store.open(row.sha256, sealed=True)
